package lamella.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SummaryTest {

  @Test
  void hasALineForEachLayerAndTotals() {
    Network network =
        Network.of(Shape.of(3072), new Dense(3072, 500), new Square(), new Dense(500, 10));
    assertEquals(
        """
        Network [3072] -> [10]
           layer               output  parameters  multiply-adds
        0  Dense(3072 -> 500)  [500]    1,536,500      1,536,000
        1  Square              [500]            0              0
        2  Dense(500 -> 10)    [10]         5,010          5,000
           total                        1,541,510      1,541,000\
        """,
        network.summary());
    assertEquals(1_541_000, network.multiplyAdds(Shape.of(3072)));
  }

  @Test
  void saysWhatIsFrozenAndHowManyNumbersAreTrained() {
    Dense first = new Dense(8, 5);
    Dense second = new Dense(5, 3);
    Network network = Network.of(Shape.of(8), first, new Square(), second);
    Layers.freeze(first);
    second.bias.freeze();
    assertEquals(
        """
        Network [8] -> [3]
           layer                       output  parameters  multiply-adds
        0  Dense(8 -> 5), frozen       [5]             45             40
        1  Square                      [5]              0              0
        2  Dense(5 -> 3), frozen bias  [3]             18             15
           total                                       63             55
           trained                                     15
           not trained                                 48\
        """,
        network.summary());
  }

  @Test
  void layersOfNestedNetworksFollowIndented() {
    Network inner = Network.of(Shape.of(4), new Square(), new Dense(4, 3));
    Network network =
        Network.of(
            Shape.of(5),
            new Dense(5, 4),
            Network.of(Shape.of(4), inner, new Square()),
            new Square());
    assertEquals(
        """
        Network [5] -> [3]
               layer              output  parameters  multiply-adds
        0      Dense(5 -> 4)      [4]             24             20
        1      Network            [3]
        1.0      Network          [3]
        1.0.0      Square         [4]              0              0
        1.0.1      Dense(4 -> 3)  [3]             15             12
        1.1      Square           [3]              0              0
        2      Square             [3]              0              0
               total                              39             32\
        """,
        network.summary());
  }

  @Test
  void parametersOfALayerThatAppearsTwiceCountOnceItsMultiplyAddsTwice() {
    Dense shared = new Dense(4, 4);
    Square square = new Square();
    Network inner = Network.of(Shape.of(4), square, shared);
    Network network = Network.of(Shape.of(4), shared, square, shared, inner, inner);
    assertEquals(
        """
        Network [4] -> [4]
             layer                       output  parameters  multiply-adds
        0    Dense(4 -> 4)               [4]             20             16
        1    Square                      [4]              0              0
        2    Dense(4 -> 4), same as 0    [4]              0             16
        3    Network                     [4]
        3.0    Square                    [4]              0              0
        3.1    Dense(4 -> 4), same as 0  [4]              0             16
        4    Network, same as 3          [4]              0             16
             total                                       20             64\
        """,
        network.summary());
    assertEquals(64, network.multiplyAdds(Shape.of(4)));
  }

  @Test
  void aLayerCanSayHowOftenItMultiplies() {
    Layer convolution =
        new Layer() {
          private final Dense perPosition = new Dense(3, 2);

          @Override
          public Shape outputShape(Shape input) {
            return input.withLast(2);
          }

          @Override
          public List<Parameter> parameters() {
            return perPosition.parameters();
          }

          @Override
          public long multiplyAdds(Shape example) {
            return 6L * example.size() / 3;
          }

          @Override
          public Tensor forward(Tensor input, Pass pass) {
            throw new UnsupportedOperationException();
          }

          @Override
          public Tensor backward(Tensor outputGradient, Pass pass) {
            throw new UnsupportedOperationException();
          }

          @Override
          public String toString() {
            return "PerPosition(3 -> 2)";
          }
        };
    assertEquals(
        """
        Network [10, 3] -> [10, 2]
           layer                output   parameters  multiply-adds
        0  PerPosition(3 -> 2)  [10, 2]           8             60
           total                                  8             60\
        """,
        Network.of(Shape.of(10, 3), convolution).summary());
  }

  /** A layer whose author gave it no {@code toString}. */
  private static final class Nameless extends Elementwise {
    @Override
    protected double value(double x) {
      return x;
    }

    @Override
    protected double slope(double x, double y) {
      return 1;
    }

    @Override
    public String toString() {
      return getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(this));
    }
  }

  @Test
  void aLayerWithoutANameIsNamedByItsClassAlone() {
    assertEquals(
        """
        Network [3] -> [3]
           layer                              output  parameters  multiply-adds
        0  lamella.core.SummaryTest$Nameless  [3]              0              0
           total                                               0              0\
        """,
        Network.of(Shape.of(3), new Nameless()).summary());
  }

  /** Two branches that get one input, and a matrix that mixes what they give. */
  private record Mixed(Layer left, Layer right, Parameter mix) implements Layer {
    @Override
    public List<Layer> layers() {
      return List.of(left, right);
    }

    @Override
    public List<Parameter> parameters() {
      return Stream.of(left.parameters(), right.parameters(), List.of(mix))
          .flatMap(List::stream)
          .toList();
    }

    @Override
    public Shape outputShape(Shape input) {
      right.outputShape(input);
      return left.outputShape(input);
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
      Tensor y = pass.output(this, input);
      Tensor a = pass.forward(this, 0, left, input);
      Tensor b = pass.forward(this, 1, right, input);
      for (int i = 0; i < y.size(); i++) {
        y.set(i, a.get(i) + mix.value().get(0) * b.get(i));
      }
      return y;
    }

    @Override
    public Tensor backward(Tensor outputGradient, Pass pass) {
      throw new UnsupportedOperationException();
    }
  }

  private static Parameter mix() {
    return new Parameter("mix", Parameter.Role.WEIGHT, FloatTensor.zeros(Shape.of(2, 2)));
  }

  @Test
  void layersInsideAnyContainerFollowIndentedWithTheShapesThatTheyHave() {
    Dense shared = new Dense(4, 4);
    Network network =
        Network.of(
            Shape.of(5),
            new Dense(5, 4),
            new Residual(Network.of(Shape.of(4), shared, new Square())),
            new Mixed(new Dense(4, 3), Network.of(Shape.of(4), new Dense(4, 3)), mix()),
            new Square());
    assertEquals(
        """
        Network [5] -> [3]
               layer              output  parameters  multiply-adds
        0      Dense(5 -> 4)      [4]             24             20
        1      Residual           [4]
        1.0      Network          [4]
        1.0.0      Dense(4 -> 4)  [4]             20             16
        1.0.1      Square         [4]              0              0
        2      Mixed              [3]              4              4
        2.0      Dense(4 -> 3)    [3]             15             12
        2.1      Network          [3]
        2.1.0      Dense(4 -> 3)  [3]             15             12
        3      Square             [3]              0              0
               total                              78             64\
        """,
        network.summary());
    assertEquals(network.summary(), network.summary());
  }

  /** Refuses zeros. */
  private static final class Reciprocal extends Elementwise {
    @Override
    protected double value(double x) {
      if (x == 0) {
        throw new IllegalArgumentException("Reciprocal: 0");
      }
      return 1 / x;
    }

    @Override
    protected double slope(double x, double y) {
      return -y * y;
    }
  }

  @Test
  void whatAContainerGivesItsLayersIsLeftOutWhereItCannotBeTried() {
    Network network =
        Network.of(Shape.of(4), new Reciprocal(), new Residual(new Dense(4, 4)), new Square());
    assertEquals(
        """
        Network [4] -> [4]
             layer            output  parameters  multiply-adds
        0    Reciprocal       [4]              0              0
        1    Residual         [4]              0             16
        1.0    Dense(4 -> 4)                  20
        2    Square           [4]              0              0
             total                            20             16\
        """,
        network.summary());
  }
}
