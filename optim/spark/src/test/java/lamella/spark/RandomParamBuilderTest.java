package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.apache.spark.ml.param.ParamMap;
import org.junit.jupiter.api.Test;

class RandomParamBuilderTest {
  private final NetworkClassifier classifier = new NetworkClassifier();

  private RandomParamBuilder builder(long seed) {
    return new RandomParamBuilder(seed)
        .addLogUniform(classifier.stepSize(), 1e-4, 1e-1)
        .addUniform(classifier.dropout(), 0.1, 0.4)
        .addUniform(classifier.maxIter(), 5, 7)
        .addChoice(classifier.activation(), "relu", "mish");
  }

  @Test
  void valuesLieInTheirRangesAndReachAllOfThem() {
    Set<Integer> epochs = new HashSet<>();
    Set<String> activations = new HashSet<>();
    int small = 0;
    for (ParamMap map : builder(1).build(300)) {
      double rate = (Double) map.get(classifier.stepSize()).get();
      double dropout = (Double) map.get(classifier.dropout()).get();
      assertTrue(rate >= 1e-4 && rate < 1e-1, "rate " + rate);
      assertTrue(dropout >= 0.1 && dropout < 0.4, "dropout " + dropout);
      epochs.add((Integer) map.get(classifier.maxIter()).get());
      activations.add(map.get(classifier.activation()).get());
      small += rate < 1e-3 ? 1 : 0;
    }
    assertEquals(Set.of(5, 6, 7), epochs);
    assertEquals(Set.of("relu", "mish"), activations);
    // A third of the range's logarithm; 300 coins are within 40 of it but once in 100,000 times.
    assertTrue(Math.abs(small - 100) < 40, small + " of 300 below 1e-3");
  }

  @Test
  void theFirstOfManyAreAllOfFew() {
    String[] few = texts(builder(7).build(4));
    String[] many = texts(builder(7).build(9));
    assertArrayEquals(few, java.util.Arrays.copyOf(many, 4));
    assertNotEquals(few[0], texts(builder(8).build(1))[0]);
  }

  private static String[] texts(ParamMap[] maps) {
    return java.util.Arrays.stream(maps).map(ParamMap::toString).toArray(String[]::new);
  }

  @Test
  void mistakesNameTheParameter() {
    RandomParamBuilder builder = new RandomParamBuilder(0);
    assertMistake(() -> builder.addUniform(classifier.dropout(), 0.5, 0.5), "dropout");
    assertMistake(() -> builder.addLogUniform(classifier.stepSize(), 0, 1), "stepSize");
    assertMistake(() -> builder.addUniform(classifier.maxIter(), 2, 1), "maxIter");
    assertMistake(() -> builder.addChoice(classifier.activation()), "activation");
    builder.addUniform(classifier.maxIter(), 1, 2);
    assertMistake(
        () -> builder.addUniform(classifier.maxIter(), 1, 2), "maxIter has a range already");
    assertMistake(() -> builder.build(0), "at least 1 trial");
  }

  private static void assertMistake(Runnable code, String part) {
    IllegalArgumentException mistake = assertThrows(IllegalArgumentException.class, code::run);
    assertTrue(mistake.getMessage().contains(part), mistake.getMessage());
  }
}
