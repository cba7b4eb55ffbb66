package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.layers.LeakyReLU;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class EvaluationTest {
  private static final int CLASSES = 3;

  /** Example i has the label i mod 3, and the network gives it the class i mod 7 mod 3. */
  private record Numbers(int size) implements Dataset<int[]> {
    private static final class Inputs implements Batch<int[]> {
      private final Tensor inputs;
      private final int[] targets;

      private Inputs(int n, DType dtype) {
        this.inputs = Tensor.zeros(dtype, Shape.of(n, CLASSES));
        this.targets = new int[n];
      }

      @Override
      public int size() {
        return targets.length;
      }

      @Override
      public Tensor inputs() {
        return inputs;
      }

      @Override
      public int[] targets() {
        return targets;
      }
    }

    @Override
    public Shape exampleShape() {
      return Shape.of(CLASSES);
    }

    @Override
    public Batch<int[]> newBatch(int n, DType dtype) {
      return new Inputs(n, dtype);
    }

    @Override
    public void read(int[] indices, Batch<int[]> batch) {
      batch.inputs().fill(0);
      for (int i = 0; i < indices.length; i++) {
        batch.targets()[i] = indices[i] % CLASSES;
        batch.inputs().set(i * CLASSES + indices[i] % 7 % CLASSES, 1);
      }
    }
  }

  @Property(tries = 30)
  void countsEveryExampleOnce(@ForAll @IntRange(min = 1, max = 1700) int size) {
    Network network = Network.of(Shape.of(CLASSES), new LeakyReLU());
    Evaluation evaluation = Evaluation.of(network, DType.FLOAT32, new Numbers(size));
    int[][] expected = new int[CLASSES][CLASSES];
    int correct = 0;
    for (int i = 0; i < size; i++) {
      expected[i % CLASSES][i % 7 % CLASSES]++;
      correct += i % CLASSES == i % 7 % CLASSES ? 1 : 0;
    }
    int sum = 0;
    for (int actual = 0; actual < CLASSES; actual++) {
      int row = 0;
      for (int predicted = 0; predicted < CLASSES; predicted++) {
        assertEquals(expected[actual][predicted], evaluation.count(actual, predicted));
        row += expected[actual][predicted];
      }
      assertEquals(row, evaluation.count(actual));
      sum += row;
    }
    assertEquals(size, sum);
    assertEquals(size, evaluation.total());
    assertEquals(correct, evaluation.correct());
    assertEquals((double) correct / size, evaluation.accuracy());
  }
}
