package lamella.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PackedTest {
  @Provide
  Arbitrary<double[]> numbers() {
    Arbitrary<Double> edges =
        Arbitraries.of(
            0.0,
            -0.0,
            Double.NaN,
            127.0,
            -127.0,
            -128.0,
            128.0,
            32767.0,
            -32768.0,
            -32769.0,
            2147483647.0,
            -2147483648.0,
            2147483648.0,
            16777217.0,
            0.5,
            0.1,
            1e300,
            4.9e-324);
    Arbitrary<Double> whole = Arbitraries.integers().between(-40_000, 40_000).map(i -> (double) i);
    Arbitrary<Double> small = Arbitraries.integers().between(-100, 100).map(i -> i / 4.0);
    return Arbitraries.of(
            edges,
            whole,
            small,
            Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(20, whole), net.jqwik.api.Tuple.of(1, edges)))
        .flatMap(kind -> kind.array(double[].class).ofMaxSize(100));
  }

  @Property
  void numbersAreKeptBitForBit(@ForAll("numbers") double[] numbers) {
    Packed packed = Packed.of(numbers);
    assertEquals(numbers.length, packed.size());
    int[] backwards = new int[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      assertEquals(Double.doubleToLongBits(numbers[i]), Double.doubleToLongBits(packed.get(i)));
      backwards[i] = numbers.length - 1 - i;
    }
    Packed turned = packed.at(backwards);
    for (int i = 0; i < numbers.length; i++) {
      assertEquals(
          Double.doubleToLongBits(numbers[i]), Double.doubleToLongBits(turned.get(backwards[i])));
    }
  }

  @Test
  void theSmallestArrayIsTaken() {
    assertEquals(1, Packed.of(1, -127, 127, Double.NaN).width());
    assertEquals(2, Packed.of(1, -128).width());
    assertEquals(2, Packed.of(1, 128, Double.NaN, 32767).width());
    assertEquals(4, Packed.of(1, 32768).width());
    assertEquals(4, Packed.of(1, 0.5, Double.NaN).width());
    assertEquals(8, Packed.of(1, 0.1).width());
    assertEquals(8, Packed.of(0.5, 16777217).width());
    assertEquals(8, Packed.of(2147483647, 0.5).width());
    assertEquals(4, Packed.of(1, -0.0).width());
  }
}
