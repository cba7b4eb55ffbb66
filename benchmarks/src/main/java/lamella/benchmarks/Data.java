package lamella.benchmarks;

import java.util.Arrays;
import java.util.Random;

/**
 * The numbers that are computed with: normal, from seed 1, the same for Lamella and for its peers.
 *
 * <p>No zeros and no constants, which a library may treat apart; inputs, weights and rates such
 * that thousands of steps on one batch neither diverge nor shrink to denormal numbers, which are
 * slow.
 */
public final class Data {
  /** The learning rate of every training step. */
  public static final float LEARNING_RATE = 1e-3f;

  /** The strength of the penalty ½ λ ‖W‖². */
  public static final float L2 = 1e-4f;

  /** AdamW's share of the last mean gradient. */
  public static final float BETA1 = 0.9f;

  /** AdamW's share of the last mean squared gradient. */
  public static final float BETA2 = 0.999f;

  /** What AdamW adds to the root of the mean squared gradient. */
  public static final float EPSILON = 1e-8f;

  /** What AdamW takes off the weights, times the learning rate. */
  public static final float WEIGHT_DECAY = 0.01f;

  private Data() {}

  /** {@code size} draws, mean 0. */
  public static float[] normal(int size, double standardDeviation, long seed) {
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (standardDeviation * random.nextGaussian());
    }
    return values;
  }

  /** Inputs [rows, columns], standard normal. */
  public static float[] inputs(int rows, int columns) {
    return normal(rows * columns, 1, 1);
  }

  /** A layer's weights [inputs, outputs], with variance 2 / inputs. */
  public static float[] weights(int inputs, int outputs) {
    return normal(inputs * outputs, Math.sqrt(2.0 / inputs), 2);
  }

  /** A layer's biases, which a network has that predicts; those in training begin with zeros. */
  public static float[] biases(int outputs) {
    return normal(outputs, 0.1, 4);
  }

  /** One label of each row. */
  public static int[] labels(int rows, int classes) {
    Random random = new Random(3);
    int[] labels = new int[rows];
    Arrays.setAll(labels, row -> random.nextInt(classes));
    return labels;
  }

  /** The labels as rows of zeros and a one, for the peers that want them so. */
  public static float[] oneHot(int rows, int classes) {
    float[] rowsOfOne = new float[rows * classes];
    int[] labels = labels(rows, classes);
    for (int row = 0; row < rows; row++) {
      rowsOfOne[row * classes + labels[row]] = 1;
    }
    return rowsOfOne;
  }
}
