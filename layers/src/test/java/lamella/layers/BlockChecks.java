package lamella.layers;

import java.util.Arrays;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.Tensor;

/**
 * What a dropout, an embedding, an ensemble and a smooth activation must be beside what the
 * contract asks of every layer. Each check throws an AssertionError that names the fault.
 */
final class BlockChecks {
  private static final int ROWS = 100;
  private static final int COLUMNS = 80;

  private BlockChecks() {}

  private static Tensor ones() {
    Tensor x = DoubleTensor.zeros(Shape.of(ROWS, COLUMNS));
    x.fill(1);
    return x;
  }

  /**
   * In inference the identity, and one pass's; in training each element is dropped with this
   * probability, and divided by 1 - rate otherwise; backward has the mask of forward.
   */
  static void isDropout(Layer dropout, double rate) {
    Tensor x = ones();
    for (double y : dropout.forward(x).toDoubleArray()) {
      if (y != 1) {
        throw new AssertionError(
            dropout + ": gives " + y + " for 1 in inference, where dropout does nothing");
      }
    }
    Pass pass = Pass.forGradients(11);
    double[] y = dropout.forward(x, pass).toDoubleArray();
    int dropped = 0;
    for (double value : y) {
      if (value == 0) {
        dropped++;
      } else if (Math.abs(value - 1 / (1 - rate)) > 1e-14) {
        throw new AssertionError(
            dropout
                + ": keeps 1 as "
                + value
                + " in training; inverted dropout makes it 1 / (1 - rate), so that the mean stays");
      }
    }
    double share = (double) dropped / y.length;
    if (Math.abs(share - rate) > 6 * Math.sqrt(rate * (1 - rate) / y.length)) {
      throw new AssertionError(dropout + ": drops " + share + " of the elements");
    }
    if (!Arrays.equals(y, dropout.backward(x, pass).toDoubleArray())) {
      throw new AssertionError(dropout + ": has another mask in backward than in forward");
    }
  }

  /** Numbers outside the table are refused, with their place. */
  static void refusesWhatIsNoCategory(Layer embedding, int count) {
    for (double wrong : new double[] {-1, count, 0.5, Double.NaN, 1e30}) {
      Tensor x = DoubleTensor.of(Shape.of(3, 2), 0, 0, 0, 0, 0, wrong);
      String message = "";
      try {
        embedding.forward(x);
      } catch (IllegalArgumentException e) {
        message = e.getMessage();
      } catch (IndexOutOfBoundsException e) {
        throw new AssertionError(embedding + ": throws " + e + " for category " + wrong, e);
      }
      if (message.isEmpty()) {
        throw new AssertionError(
            embedding + ": takes " + wrong + " for some category of " + count + " without a word");
      }
      if (!message.contains("row 2") || !message.contains("column 1")) {
        throw new AssertionError(embedding + ": does not say where " + wrong + " is: " + message);
      }
    }
  }

  /** Far out values and slopes are finite, or the asymptotes, in both types. */
  static void isRightFarOut(Layer activation, double least, double slopeThere) {
    for (DType dtype : DType.values()) {
      for (double x : new double[] {100, 1000, 1e30, Double.POSITIVE_INFINITY}) {
        require(activation, dtype, x, x, 1);
        require(activation, dtype, -x, x > 1000 ? least : Double.NaN, slopeThere);
      }
    }
  }

  private static void require(Layer layer, DType dtype, double input, double y, double slope) {
    Pass pass = Pass.forGradients();
    Tensor x = DoubleTensor.of(Shape.of(1, 1), input).to(dtype);
    Tensor dy = DoubleTensor.of(Shape.of(1, 1), 1).to(dtype);
    double value = layer.forward(x, pass).get(0);
    double gradient = layer.backward(dy, pass).get(0);
    boolean right = Double.isNaN(y) ? Double.isFinite(value) : value == (float) y || value == y;
    if (!right || Math.abs(gradient - slope) > 1e-30) {
      throw new AssertionError(
          layer + ": gives " + value + " with slope " + gradient + " at " + input + " in " + dtype);
    }
  }

  /** Of classes: the probabilities are the mean of those of the members. */
  static void isMeanOfProbabilities(Network ensemble, Tensor x, Network... members) {
    double[] actual = Predictor.of(ensemble).probabilities(x).toDoubleArray();
    double[] expected = new double[actual.length];
    for (Network member : members) {
      double[] one = Predictor.of(member).probabilities(x).toDoubleArray();
      for (int i = 0; i < expected.length; i++) {
        expected[i] += one[i] / members.length;
      }
    }
    for (int i = 0; i < expected.length; i++) {
      if (Math.abs(expected[i] - actual[i]) > 1e-12) {
        throw new AssertionError(
            ensemble
                + ": probability "
                + actual[i]
                + ", the mean of the members' probabilities is "
                + expected[i]);
      }
    }
  }
}
