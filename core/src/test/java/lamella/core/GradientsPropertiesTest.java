package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import lamella.core.Parameter.Role;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** Sums, multiples and flat copies of gradients, for parameters and numbers of all kinds. */
class GradientsPropertiesTest {
  private static final double[] SPECIAL = {0.0, -0.0, 0x1p-149, -0x1p-126, 1, 0x1p120, -0x1p120};

  /** One to five parameters of up to two dimensions. */
  private static List<Parameter> parameters(DType type, SplittableRandom random) {
    List<Parameter> parameters = new ArrayList<>();
    int count = random.nextInt(1, 6);
    for (int i = 0; i < count; i++) {
      Shape shape =
          random.nextBoolean()
              ? Shape.of(random.nextInt(1, 40))
              : Shape.of(random.nextInt(1, 9), random.nextInt(1, 9));
      parameters.add(new Parameter("p" + i, Role.WEIGHT, Tensor.zeros(type, shape)));
    }
    return parameters;
  }

  /** Some of them have a gradient. */
  private static Gradients some(List<Parameter> parameters, SplittableRandom random) {
    Gradients gradients = Gradients.of(parameters);
    for (Parameter parameter : parameters) {
      if (random.nextInt(4) > 0) {
        Tensor values = Tensor.zeros(parameter.value().dtype(), parameter.shape());
        for (int i = 0; i < values.size(); i++) {
          values.set(
              i,
              random.nextInt(5) == 0
                  ? SPECIAL[random.nextInt(SPECIAL.length)]
                  : random.nextDouble(-1, 1));
        }
        gradients.set(parameter, values);
      }
    }
    return gradients;
  }

  private static Gradients sum(Gradients a, Gradients b) {
    Gradients sum = a.copy();
    sum.add(b);
    return sum;
  }

  private static double[] numbers(Gradients gradients, DType type) {
    if (type == DType.FLOAT64) {
      double[] flat = new double[gradients.size()];
      gradients.copyTo(flat, 0);
      return flat;
    }
    float[] floats = new float[gradients.size()];
    gradients.copyTo(floats, 0);
    double[] flat = new double[floats.length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = floats[i];
    }
    return flat;
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void aSumIsRoundedOnceAndHasNoOrder(@ForAll @LongRange(max = 100_000) long seed) {
    for (DType type : DType.values()) {
      SplittableRandom random = new SplittableRandom(seed);
      List<Parameter> parameters = parameters(type, random);
      Gradients a = some(parameters, random);
      Gradients b = some(parameters, random);
      double[] left = numbers(a, type);
      double[] right = numbers(b, type);
      double[] both = numbers(sum(a, b), type);
      for (int i = 0; i < both.length; i++) {
        double expected = left[i] + right[i];
        // Of a zero that is missing and one that is negative the sum is the one that is there.
        assertEquals(
            (type == DType.FLOAT32 ? (float) expected : expected) + 0.0, both[i] + 0.0, "" + i);
      }
      assertArrayEquals(both, numbers(sum(b, a), type));
      // What was added is as it was.
      assertArrayEquals(right, numbers(b, type));
    }
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void oneThatIsMissingLeavesTheOtherBitForBit(@ForAll @LongRange(max = 100_000) long seed) {
    for (DType type : DType.values()) {
      SplittableRandom random = new SplittableRandom(seed);
      List<Parameter> parameters = parameters(type, random);
      Gradients a = some(parameters, random);
      double[] expected = numbers(a, type); // assertArrayEquals tells 0 from -0
      assertArrayEquals(expected, numbers(sum(a, Gradients.of(parameters)), type));
      assertArrayEquals(expected, numbers(sum(Gradients.of(parameters), a), type));
    }
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void aMultipleIsRoundedOnce(@ForAll @LongRange(max = 100_000) long seed) {
    for (DType type : DType.values()) {
      SplittableRandom random = new SplittableRandom(seed);
      List<Parameter> parameters = parameters(type, random);
      Gradients a = some(parameters, random);
      double[] before = numbers(a, type);
      double factor = random.nextDouble(-2, 2);
      a.scale(factor);
      double[] after = numbers(a, type);
      for (int i = 0; i < after.length; i++) {
        double expected =
            type == DType.FLOAT32 ? (float) before[i] * (float) factor : before[i] * factor;
        assertEquals(expected + 0.0, after[i] + 0.0);
      }
    }
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void aFlatArrayGivesAllBack(@ForAll @LongRange(max = 100_000) long seed) {
    for (DType type : DType.values()) {
      SplittableRandom random = new SplittableRandom(seed);
      List<Parameter> parameters = parameters(type, random);
      double[] expected = numbers(some(parameters, random), type);
      int from = random.nextInt(4);
      Gradients back = some(parameters, random); // which is replaced
      if (type == DType.FLOAT32) {
        float[] flat = new float[from + expected.length + random.nextInt(3)];
        for (int i = 0; i < expected.length; i++) {
          flat[from + i] = (float) expected[i];
        }
        back.setFrom(flat, from);
      } else {
        double[] flat = new double[from + expected.length + random.nextInt(3)];
        System.arraycopy(expected, 0, flat, from, expected.length);
        back.setFrom(flat, from);
      }
      assertArrayEquals(expected, numbers(back, type));
      assertEquals(parameters, back.parameters());
    }
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void aFlatArrayGivesValuesBackTo(@ForAll @LongRange(max = 100_000) long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Parameter> parameters = parameters(DType.FLOAT32, random);
    parameters.add(
        new Parameter("mean", Role.STATISTIC, FloatTensor.zeros(Shape.of(random.nextInt(1, 5)))));
    float[] flat = new float[FlatParameters.size(parameters) + 2];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = random.nextFloat();
    }
    FlatParameters.setFrom(parameters, flat, 1);
    int at = 1;
    for (Parameter parameter : parameters) {
      for (int i = 0; i < parameter.value().size(); i++) {
        assertEquals(flat[at++], parameter.value().get(i));
      }
    }
    assertEquals(flat.length - 1, at);
    float[] back = flat.clone();
    FlatParameters.copyTo(parameters, back, 1);
    assertArrayEquals(flat, back);
  }
}
