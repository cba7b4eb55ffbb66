package lamella.losses;

import lamella.core.DType;
import lamella.core.RowLoop;
import lamella.core.Shape;
import lamella.core.Tensor;

/**
 * What a loss does with each row of its outputs: one after the other, or where there are many
 * numbers on all threads. What is done with a row does not depend on others, so that the bits are
 * the same. An object is of one call at a time.
 */
abstract class RowJob extends RowLoop {
  /** Numbers below which a second thread costs more than it brings. */
  static final int MANY = 1 << 15;

  /** Stands where there is no tensor. */
  static final Tensor NONE = Tensor.zeros(DType.FLOAT32, Shape.of(1, 1));

  /** Of each row its loss, or whatever else. */
  private double[] numbers = {};

  /** Does one row. */
  abstract void row(int row);

  /** Makes room for a number of each of so many rows. */
  final void reserve(int rows) {
    if (numbers.length < rows) {
      numbers = new double[rows];
    }
  }

  final void setNumber(int row, double number) {
    numbers[row] = number;
  }

  final double number(int row) {
    return numbers[row];
  }

  /**
   * Does all rows.
   *
   * @param tensor has them, and is written to
   */
  final void overRows(Tensor tensor) {
    if (tensor.size() >= MANY && tensor.shape().rank() == 2) {
      over(tensor, tensor);
      return;
    }
    for (int row = 0; row < tensor.shape().dimension(0); row++) {
      row(row);
    }
  }

  @Override
  protected final void run(float[][] arrays, int from, int to, double[] lanes) {
    row(from / (to - from));
  }

  @Override
  protected final void run(double[][] arrays, int from, int to, double[] lanes) {
    row(from / (to - from));
  }
}
