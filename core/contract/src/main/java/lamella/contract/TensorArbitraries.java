package lamella.contract;

import java.util.List;
import lamella.core.DoubleTensor;
import lamella.core.Shape;
import lamella.core.Tensor;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** What properties about tensors are generated from; all shrink to few, short numbers. */
public final class TensorArbitraries {
  private static final int LARGEST_BATCH = 5;

  private TensorArbitraries() {}

  /**
   * {@return shapes of one to three dimensions, none larger than {@code largest}, never two the
   * same}
   *
   * @param largest the largest dimension
   */
  public static Arbitrary<Shape> shapes(int largest) {
    return Arbitraries.integers()
        .between(1, largest)
        .list()
        .ofMinSize(1)
        .ofMaxSize(3)
        .uniqueElements()
        .map(dimensions -> Shape.of(dimensions.stream().mapToInt(Integer::intValue).toArray()));
  }

  /** {@return powers of ten of values: mostly 0} */
  public static Arbitrary<Integer> exponents() {
    return Arbitraries.frequency(
        Tuple.of(7, 0),
        Tuple.of(2, 1),
        Tuple.of(1, -1),
        Tuple.of(1, 2),
        Tuple.of(1, -2),
        Tuple.of(1, 3),
        Tuple.of(1, -3),
        Tuple.of(1, 4));
  }

  /**
   * {@return values of either sign about 10 to this power that keep off the places where kinks
   * usually are}
   *
   * @param exponent the power of ten
   */
  public static Arbitrary<Double> offKinkValues(int exponent) {
    return Arbitraries.integers().between(-100, 99).map(k -> Example.offKink(k, exponent));
  }

  /** {@return values of many sizes off the kinks} */
  public static Arbitrary<Double> offKinkValues() {
    return exponents().flatMap(TensorArbitraries::offKinkValues);
  }

  /**
   * {@return float64 tensors of a shape; values that are equal are made to differ a little}
   *
   * @param shape the shape of the tensors
   * @param values of the elements
   */
  public static Arbitrary<Tensor> tensors(Shape shape, Arbitrary<Double> values) {
    return values
        .list()
        .ofSize(shape.size())
        .map(list -> {
          Tensor tensor = DoubleTensor.zeros(shape);
          for (int i = 0; i < tensor.size(); i++) {
            tensor.set(i, Example.distinct(list.get(i), i));
          }
          return tensor;
        });
  }

  /**
   * {@return batches of 1 to 5 examples of a shape, all values of one size or each of its own}
   *
   * @param example a case
   */
  public static Arbitrary<Tensor> batches(Shape example) {
    Arbitrary<Integer> rows = Arbitraries.integers().between(1, LARGEST_BATCH);
    Arbitrary<Boolean> mixed = Arbitraries.frequency(Tuple.of(2, false), Tuple.of(1, true));
    return Combinators.combine(rows, exponents(), mixed)
        .flatAs((n, exponent, isMixed) ->
            tensors(example.batch(n), isMixed ? offKinkValues() : offKinkValues(exponent)));
  }

  /**
   * {@return cases for layers and losses that take one of these shapes}
   *
   * @param shapes the shapes of one example
   */
  public static Arbitrary<Example> examples(List<Shape> shapes) {
    Arbitrary<Tensor> inputs = Arbitraries.of(shapes).flatMap(TensorArbitraries::batches);
    Arbitrary<Long> seeds = Arbitraries.longs().between(0, 1_000_000);
    return Combinators.combine(inputs, seeds).as(Example::new);
  }
}
