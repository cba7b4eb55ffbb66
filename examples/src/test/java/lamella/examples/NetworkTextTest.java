package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.Fingerprint;
import lamella.core.Initializer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.random.NumPyRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NetworkTextTest {
  private static final String KNOWN = "; an item is " + NetworkText.ITEMS;

  private static Network network(String text, int inputs) {
    return NetworkText.of(text, inputs)
        .network(
            10,
            Initializer.normal(0.01),
            Initializer.normal(0.01),
            DType.FLOAT32,
            new NumPyRandom(1));
  }

  @Test
  void inputsMayBeSaidLater() {
    NetworkText text = NetworkText.of("residual(7 gelu 6) 5");
    assertEquals(NetworkText.of("residual(7 gelu 6) 5", 6), text.withInputs(6));
    assertEquals(
        "'residual' at position 1 adds its input, of width 5, to what its items give, of width 6;"
            + " end it with 5",
        assertThrows(IllegalArgumentException.class, () -> text.withInputs(5)).getMessage());
  }

  @Test
  void everyItemIsItsLayerAndTheClassesComeLast() {
    assertEquals(
        "Network([7] -> LayerNorm(7) -> Linear(7 -> 5) -> ReLU -> LeakyReLU(0.2) -> Swish -> SELU ->"
            + " GELU -> GELU(tanh) -> Tanh -> Sigmoid -> ELU(1.0) -> Softplus -> Mish -> HardSwish ->"
            + " BatchNorm(5) -> Dropout(0.1) -> GaussianNoise(0.2) -> Scale(5) -> Residual(Linear(5 -> 3) -> GELU -> Linear(3 -> 5))"
            + " -> Linear(5 -> 10))",
        network(
                "layer-norm 5 relu leaky-relu(0.2) swish selu gelu gelu(tanh) tanh sigmoid elu softplus mish"
                    + " hard-swish batch-norm dropout(0.1) noise(0.2) scale residual(3 gelu 5)",
                7)
            .toString());
  }

  @Test
  void weightsAreDrawnLayerByLayerInResidualBlocksTooAndNothingElseIs() {
    NumPyRandom random = new NumPyRandom(3);
    Network network =
        NetworkText.of("4 layer-norm residual(3 gelu 4) dropout(0.5) scale", 6)
            .network(2, Initializer.normal(0.5), Initializer.normal(0.5), DType.FLOAT64, random);
    NumPyRandom numbers = new NumPyRandom(3);
    int matrices = 0;
    for (Parameter parameter : network.parameters()) {
      double[] values = parameter.value().toDoubleArray();
      boolean gain = parameter.name().equals("gain");
      for (double value : values) {
        boolean matrix = parameter.shape().rank() == 2;
        assertEquals(matrix ? 0.5 * numbers.nextGaussian() : gain ? 1 : 0, value);
      }
      matrices += parameter.shape().rank() == 2 ? 1 : 0;
    }
    assertEquals(4, matrices);
    // The batches are drawn from the same stream, right behind the weights.
    assertEquals(numbers.nextGaussian(), random.nextGaussian());
  }

  /** So that a residual block is the identity at first, and all classes are equally likely. */
  @Test
  void layersThatBeginAsZeroDrawNoNumbers() {
    NumPyRandom random = new NumPyRandom(3);
    Network network =
        NetworkText.of("4 residual(3 gelu zero(4)) zero(5)", 6)
            .network(2, Initializer.normal(0.5), Initializer.zeros(), DType.FLOAT64, random);
    NumPyRandom numbers = new NumPyRandom(3);
    List<Parameter> matrices =
        network.parameters().stream().filter(p -> p.shape().rank() == 2).toList();
    assertEquals(5, matrices.size());
    for (int i = 0; i < matrices.size(); i++) {
      for (double value : matrices.get(i).value().toDoubleArray()) {
        assertEquals(i < 2 ? 0.5 * numbers.nextGaussian() : 0.0, value);
      }
    }
    assertEquals(numbers.nextGaussian(), random.nextGaussian());
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void theReportsNetworkIsASpecialCase(Activation activation) {
    NetworkText text = NetworkText.of("64 " + activation, 3072);
    assertEquals(activation, text.reportsActivation());
    assertEquals(
        Fingerprint.of(
            TwoLayerNetwork.of(3072, 64, 10, activation, 0.01, DType.FLOAT32, new NumPyRandom(1))
                .parameters()),
        Fingerprint.of(network(text.toString(), 3072).parameters()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          '  256   ReLU '                | 256 relu
          256 LeakyReLU                  | 256 leaky-relu(0.01)
          leaky-relu( -2 ) 1             | leaky-relu(-2.0) 1
          dropout (1e-2)                 | dropout(0.01)
          noise(1) residual(8,gelu ,3072) | noise(1.0) residual(8 gelu 3072)
          Residual( 3072 GELU(Tanh) )    | residual(3072 gelu(tanh))
          batchnorm hard_swish 007       | batch-norm hard-swish 7
          ZERO( 08 ) Zero(8)             | zero(8) zero(8)
          """)
  void aTextHasOneForm(String typed, String canonical) {
    assertEquals(canonical, NetworkText.of(typed, 3072).toString());
    assertEquals(NetworkText.of(canonical, 3072), NetworkText.of(typed, 3072));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          256 gleu                 | 'gleu' at position 5 is unknown, did you mean 'gelu'; an item is
          256 layernrm             | 'layernrm' at position 5 is unknown, did you mean 'layer-norm'; an item is
          256 conv                 | 'conv' at position 5 is unknown; an item is
          256, relu                | '256,' at position 1 is no width, which is a whole number such as 256
          2.5                      | '2.5' at position 1 is no width, which is a whole number such as 256
          1e3                      | '1e3' at position 1 is no width, which is a whole number such as 256
          -3                       | '-3' at position 1 is no width, which is a whole number such as 256
          0                        | '0' at position 1 must lie in [1, 699050] after a width of 3072
          16 700000000             | '700000000' at position 4 must lie in [1, 134217727] after a width of 16
          99999999999999999999999  | '99999999999999999999999' at position 1 must lie in [1, 699050] after a width of 3072
          256 residual(128 gelu)   | 'residual' at position 5 adds its input, of width 256, to what its items give, of width 128; end it with 256
          residual(8)              | 'residual' at position 1 adds its input, of width 3072, to what its items give, of width 8; end it with 3072
          8 residual()             | 'residual' at position 3 needs items, as in residual(8 gelu 8)
          8 residual               | 'residual' at position 3 needs items, as in residual(8 gelu 8)
          8 residual(4 relu 8      | '(' at position 11 after 'residual' is never closed
          8 relu) 4                | ')' at position 7 closes nothing
          8 (relu)                 | '8' at position 1 takes nothing in parentheses
          (relu)                   | '(' at position 1 opens after no name
          8 relu()                 | 'relu' at position 3 takes nothing in parentheses
          8 dropout                | 'dropout' at position 3 needs a rate, as in dropout(0.1)
          8 dropout()              | 'dropout' at position 3 needs a rate, as in dropout(0.1)
          8 dropout(0.1 0.2)       | 'dropout' at position 3 needs a rate, as in dropout(0.1)
          8 dropout(x)             | 'x' at position 11 is no number
          8 dropout(NaN)           | 'NaN' at position 11 is no number
          8 dropout(1)             | '1' at position 11 is no rate for dropout, which must lie in [0, 1)
          8 noise                  | 'noise' at position 3 needs a standard deviation, as in noise(0.1)
          8 noise(0.1, 0.2)        | 'noise' at position 3 needs a standard deviation, as in noise(0.1)
          8 noise(-0.1)            | '-0.1' at position 9 is no deviation of noise, which must lie in [0, 1.0E30]
          8 dropout(-0.1)          | '-0.1' at position 11 is no rate for dropout, which must lie in [0, 1)
          8 zero                   | 'zero' at position 3 needs a width, as in zero(256)
          8 zero(x)                | 'x' at position 8 is no width, which is a whole number such as 256
          16 zero(700000000)       | '700000000' at position 9 must lie in [1, 134217727] after a width of 16
          8 residual(zero(4))      | 'residual' at position 3 adds its input, of width 8, to what its items give, of width 4; end it with 8
          8 leaky-relu(a)          | 'a' at position 14 is no number
          8 leaky-relu()           | 'leaky-relu' at position 3 needs a slope, as in leaky-relu(0.01)
          8 gelu(erf)              | 'erf' at position 8 is unknown; expected gelu or gelu(tanh)
          8 gelu()                 | 'gelu' at position 3 needs no parentheses or gelu(tanh)
          '  '                     | expected items, got none; an item is
          """)
  void aWrongItemIsNamedWithItsPlaceAndWhatIsAllowed(String text, String expected) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> NetworkText.of(text, 3072)).getMessage();
    assertEquals(
        expected.endsWith("; an item is") ? expected.replace("; an item is", KNOWN) : expected,
        message);
  }

  @Test
  void parenthesesInParenthesesEndSomewhere() {
    String deep = "residual(".repeat(100_000) + "8" + ")".repeat(100_000);
    assertEquals(
        "'residual' at position 901 stands in more than 100 parentheses",
        assertThrows(IllegalArgumentException.class, () -> NetworkText.of(deep, 8)).getMessage());
    assertEquals(
        "residual(".repeat(100) + "8" + ")".repeat(100),
        NetworkText.of("residual(".repeat(100) + "8" + ")".repeat(100), 8).toString());
  }

  @Test
  void onlyDeepNetworksWithoutNormalisationNeedLargerWeights() {
    assertFalse(NetworkText.of("64 relu", 8).needsLargerWeights());
    assertTrue(NetworkText.of("64 relu 32 relu", 8).needsLargerWeights());
    assertTrue(NetworkText.of("64 residual(64 gelu)", 8).needsLargerWeights());
    assertFalse(NetworkText.of("64 layer-norm relu 32 relu", 8).needsLargerWeights());
    assertFalse(NetworkText.of("64 residual(batch-norm 64)", 8).needsLargerWeights());
  }

  // Any text.

  private static final List<String> NAMES =
      List.of(
          "relu",
          "leaky-relu(0.3)",
          "swish",
          "selu",
          "gelu",
          "gelu(tanh)",
          "tanh",
          "sigmoid",
          "elu",
          "softplus",
          "mish",
          "hard-swish",
          "layer-norm",
          "batch-norm",
          "dropout(0.25)",
          "noise(0.5)",
          "scale");

  /** A right text; the width behind it is given where it must be. */
  private static String random(SplittableRandom random, int depth, int width) {
    StringBuilder text = new StringBuilder();
    int items = 1 + random.nextInt(4);
    for (int i = 0; i < items; i++) {
      int kind = random.nextInt(depth > 2 ? 2 : 3);
      text.append(kind == 0 ? Integer.toString(1 + random.nextInt(9)) : "");
      text.append(kind == 1 ? NAMES.get(random.nextInt(NAMES.size())) : "");
      if (kind == 2) {
        int inner = 1 + random.nextInt(9);
        text.append(inner)
            .append(" residual(")
            .append(random(random, depth + 1, inner))
            .append(")");
      }
      text.append(' ');
    }
    return text.append(width).toString();
  }

  @Property(tries = 80)
  void aTextOfATextIsTheSameText(@ForAll long seed) {
    String text = random(new SplittableRandom(seed), 0, 6);
    NetworkText read = NetworkText.of(text, 5);
    assertEquals(text, read.toString());
    assertEquals(read, NetworkText.of(read.toString(), 5));
    assertEquals(10, network(text, 5).outputShape().last());
  }

  @Property(tries = 80)
  void everyPrefixAndEveryChangeIsANetworkOrOneLine(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    String text = random(random, 0, 6);
    String letters = "() 0123456789.-erlux\t\n\u00e4\ud83d%$";
    for (int end = 0; end <= text.length(); end++) {
      requireOneLine(text.substring(0, end));
      int at = random.nextInt(text.length());
      char other = letters.charAt(random.nextInt(letters.length()));
      requireOneLine(text.substring(0, at) + other + text.substring(at));
      requireOneLine(text.substring(0, at) + other + text.substring(at + 1));
      requireOneLine(text.substring(0, at) + text.substring(at + 1));
    }
  }

  private static void requireOneLine(String text) {
    try {
      NetworkText read = NetworkText.of(text, 5);
      assertEquals(read, NetworkText.of(read.toString(), 5));
    } catch (IllegalArgumentException e) {
      assertEquals(IllegalArgumentException.class, e.getClass());
      assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      assertTrue(
          e.getMessage().contains(" at position ") || e.getMessage().startsWith("expected items"),
          e.getMessage());
    }
  }

  @Test
  void theWidthOfTheInputMayBeSaidLater() {
    NetworkText text = NetworkText.of("residual(5 784) 30 relu");
    assertEquals(NetworkText.of("residual(5 784) 30 relu", 784), text.withInputs(784));
    assertEquals(
        "'residual' at position 1 adds its input, of width 3072, to what its items give, of width"
            + " 784; end it with 3072",
        assertThrows(IllegalArgumentException.class, () -> text.withInputs(3072)).getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> NetworkText.of("100000000").withInputs(3072));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            text.network(
                2, Initializer.zeros(), Initializer.zeros(), DType.FLOAT32, new NumPyRandom(1)));
  }
}
