package lamella.optim;

import java.util.Arrays;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Tensor;

/**
 * The numbers of a {@link Node}: the elements of tensors one after another, those of float32 in one
 * array and those of float64 in another, to which single numbers go as well.
 */
final class FlatNumbers {
  private FlatNumbers() {}

  /** Fills both arrays; they are as long as what is written. */
  static final class Writer {
    private final float[] floats;
    private double[] doubles = {};
    private int floatsAt;
    private int doublesAt;

    /** Over an array for the elements of float32, of which all are written. */
    Writer(float[] floats) {
      this.floats = floats;
    }

    void put(Tensor tensor) {
      switch (tensor) {
        case FloatTensor of -> {
          System.arraycopy(of.array(), 0, floats, floatsAt, of.size());
          floatsAt += of.size();
        }
        case DoubleTensor of -> {
          reserve(of.size());
          System.arraycopy(of.array(), 0, doubles, doublesAt, of.size());
          doublesAt += of.size();
        }
      }
    }

    /** Zeros in place of a tensor like this one. */
    void putZeros(Tensor like) {
      if (like instanceof FloatTensor) {
        Arrays.fill(floats, floatsAt, floatsAt + like.size(), 0);
        floatsAt += like.size();
      } else {
        reserve(like.size());
        doublesAt += like.size();
      }
    }

    void put(double number) {
      reserve(1);
      doubles[doublesAt++] = number;
    }

    private void reserve(int more) {
      if (doubles.length - doublesAt < more) {
        doubles =
            Arrays.copyOf(
                doubles, Math.max(Math.addExact(doublesAt, more), doubles.length / 2 * 3));
      }
    }

    float[] floats() {
      if (floatsAt != floats.length) {
        throw new AssertionError(floatsAt + " of " + floats.length + " elements are written");
      }
      return floats;
    }

    double[] doubles() {
      return doublesAt == doubles.length ? doubles : Arrays.copyOf(doubles, doublesAt);
    }
  }

  /** Reads what was written, in the same order. */
  static final class Reader {
    private final Node node;
    private int floatsAt;
    private int doublesAt;

    Reader(Node node) {
      this.node = node;
    }

    /** The next tensor, its elements divided. */
    void take(Tensor into, int divisor) {
      requireMore(into.dtype(), into.size());
      switch (into) {
        case FloatTensor of -> {
          float[] to = of.array();
          System.arraycopy(node.floats(), floatsAt, to, 0, to.length);
          floatsAt += to.length;
          if (divisor != 1) {
            float by = divisor;
            for (int i = 0; i < to.length; i++) {
              to[i] /= by;
            }
          }
        }
        case DoubleTensor of -> {
          double[] to = of.array();
          System.arraycopy(node.doubles(), doublesAt, to, 0, to.length);
          doublesAt += to.length;
          if (divisor != 1) {
            double by = divisor;
            for (int i = 0; i < to.length; i++) {
              to[i] /= by;
            }
          }
        }
      }
      into.markChanged();
    }

    /** Leaves out a tensor like this one. */
    void skip(Tensor like) {
      skip(like.dtype(), like.size());
    }

    void skip(DType dtype, int size) {
      requireMore(dtype, size);
      if (dtype == DType.FLOAT32) {
        floatsAt += size;
      } else {
        doublesAt += size;
      }
    }

    double take() {
      if (doublesAt == node.doubles().length) {
        throw anotherCount();
      }
      return node.doubles()[doublesAt++];
    }

    private void requireMore(DType dtype, int size) {
      int left =
          dtype == DType.FLOAT32
              ? node.floats().length - floatsAt
              : node.doubles().length - doublesAt;
      if (left < size) {
        throw anotherCount();
      }
    }

    /** Refuses what has more numbers. */
    void end() {
      if (floatsAt != node.floats().length || doublesAt != node.doubles().length) {
        throw anotherCount();
      }
    }

    private IllegalArgumentException anotherCount() {
      return new IllegalArgumentException(
          "Node: " + node + " has " + node.size() + " numbers, and this network another count");
    }
  }
}
