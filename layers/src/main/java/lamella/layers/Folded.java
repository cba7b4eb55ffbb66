package lamella.layers;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Products;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Networks for prediction with fewer layers: what shifts and scales single features beside a {@link
 * Linear} becomes part of its weights and biases.
 *
 * {@snippet file="SnippetsTest.java" region="folded"}
 *
 * <p>A {@link BatchNorm} (by its running statistics), a {@link Scale} and an {@link InputNorm}
 * compute y_j = x_j s_j + t_j, each with its own s and t. Directly before a Linear they are folded
 * into W'_ij = s_i W_ij and b'_j = b_j + Σ t_i W_ij, directly after one into W'_ij = W_ij s_j and
 * b'_j = b_j s_j + t_j; also several in a row. The new numbers are computed in float64 and rounded
 * once. A {@link Whitening} directly before a Linear is folded into it as well, W' = W_whitening W,
 * unless the one layer would multiply more numbers than the two.
 *
 * <p>The folded network gives the same values but for rounding, so <b>not the same bits</b>. It is
 * for prediction: trained further, it has no batch normalisation any more. It takes inputs as the
 * original does, unprepared where that prepares them.
 */
public final class Folded {
  /** What has become of the layers that were seen: one that appears twice has one copy. */
  private final IdentityHashMap<Layer, Layer> copies = new IdentityHashMap<>();

  private Folded() {}

  /**
   * {@return a network of the same values, in which each BatchNorm, Scale, InputNorm and Whitening
   * directly beside a Linear is folded into it; in a network or a {@link Residual} inside it
   * likewise} It shares no parameter with the original, which stays as it is.
   *
   * @param network not changed
   * @throws UnsupportedOperationException if a layer cannot be copied, see {@link Network#copy()}
   */
  public static Network of(Network network) {
    return new Folded().network(network);
  }

  private Network network(Network network) {
    Network folded = Network.of(network.inputShape(), chain(network.layers()));
    return network.outputs() == Outputs.UNSPECIFIED
        ? folded
        : folded.withOutputs(network.outputs());
  }

  private List<Layer> chain(List<Layer> layers) {
    List<Layer> folded = new ArrayList<>();
    // Layers that nothing is known to take in yet, and what they do together.
    List<Layer> waiting = new ArrayList<>();
    FeatureMap map = null;
    Linear last = null; // the one before, of this chain alone
    Layer before = null;
    for (Layer layer : layers) {
      FeatureMap own = FeatureMap.of(layer);
      if (own != null && last != null) {
        last = own.after(last);
        folded.set(folded.size() - 1, last);
      } else if (own != null) {
        waiting.add(layer);
        map = map == null ? own : map.then(own);
      } else if (layer instanceof Linear linear
          && before instanceof Whitening whitening
          && isSmaller(whitening, linear)) {
        last = joined(whitening, linear);
        folded.set(folded.size() - 1, last);
      } else if (layer instanceof Linear linear) {
        last = map == null ? linear.copy(this::copyOf) : map.before(linear);
        folded.add(last);
        waiting.clear();
        map = null;
      } else {
        addCopies(waiting, folded);
        map = null;
        folded.add(copyOf(layer));
        last = null;
      }
      before = layer;
    }
    addCopies(waiting, folded);
    return folded;
  }

  private void addCopies(List<Layer> waiting, List<Layer> folded) {
    for (Layer layer : waiting) {
      folded.add(copyOf(layer));
    }
    waiting.clear();
  }

  private Layer copyOf(Layer layer) {
    Layer known = copies.get(layer);
    if (known == null) {
      known =
          switch (layer) {
            case Network network -> network(network);
            case Residual residual -> new Residual(chain(residual.layers()).toArray(Layer[]::new));
            default -> layer.copy(this::copyOf);
          };
      copies.put(layer, known);
    }
    return known;
  }

  /** Whether one dense layer multiplies no more numbers than the two do. */
  private static boolean isSmaller(Whitening whitening, Linear linear) {
    long inputs = whitening.weight().shape().dimension(0);
    return inputs * linear.outputs() <= (inputs + linear.outputs()) * linear.inputs();
  }

  /** y = (x W + b) V + c as x (W V) + (b V + c). */
  private static Linear joined(Whitening whitening, Linear linear) {
    Tensor v = linear.weight().value().to(DType.FLOAT64);
    Tensor product =
        Tensor.zeros(
            DType.FLOAT64, Shape.of(whitening.weight().shape().dimension(0), linear.outputs()));
    Products.multiply(whitening.weight().value().to(DType.FLOAT64), v, null, product);
    Tensor shift = Tensor.zeros(DType.FLOAT64, Shape.of(1, linear.outputs()));
    Products.multiply(
        whitening.bias().value().to(DType.FLOAT64).reshape(Shape.of(1, linear.inputs())),
        v,
        linear.bias().value().to(DType.FLOAT64),
        shift);
    DType dtype = linear.weight().value().dtype();
    return Linear.of(product.to(dtype), shift.reshape(linear.bias().shape()).to(dtype));
  }

  /** y_j = x_j factor_j + shift_j. */
  private static final class FeatureMap {
    private final double[] factor;
    private final double[] shift;

    private FeatureMap(double[] factor, double[] shift) {
      this.factor = factor;
      this.shift = shift;
    }

    /** What a layer does to features, if it is one of these; null for others. */
    static @Nullable FeatureMap of(Layer layer) {
      return switch (layer) {
        case Scale scale -> {
          double[] factor = scale.gain().value().toDoubleArray();
          yield new FeatureMap(factor, new double[factor.length]);
        }
        case BatchNorm norm -> {
          double[] factor = norm.gain().value().toDoubleArray();
          double[] shift = norm.bias().value().toDoubleArray();
          for (int j = 0; j < factor.length; j++) {
            factor[j] /= Math.sqrt(norm.variance().value().get(j) + norm.epsilon());
            shift[j] -= norm.mean().value().get(j) * factor[j];
          }
          yield new FeatureMap(factor, shift);
        }
        // Of one row of features; others stand beside no Linear.
        case InputNorm norm when norm.mean().shape().rank() == 1 -> {
          double[] shift = norm.mean().value().toDoubleArray();
          double[] factor = new double[shift.length];
          for (int j = 0; j < factor.length; j++) {
            factor[j] = norm.deviation() == null ? 1 : 1 / norm.deviation().value().get(j);
            shift[j] *= -factor[j];
          }
          yield new FeatureMap(factor, shift);
        }
        default -> null;
      };
    }

    /** This and then another. */
    FeatureMap then(FeatureMap next) {
      double[] product = new double[factor.length];
      double[] sum = new double[factor.length];
      for (int j = 0; j < product.length; j++) {
        product[j] = factor[j] * next.factor[j];
        sum[j] = shift[j] * next.factor[j] + next.shift[j];
      }
      return new FeatureMap(product, sum);
    }

    /** This and then a dense layer, as one. */
    Linear before(Linear linear) {
      double[] w = linear.weight().value().toDoubleArray();
      double[] b = linear.bias().value().toDoubleArray();
      int outputs = linear.outputs();
      for (int i = 0; i < factor.length; i++) {
        for (int j = 0; j < outputs; j++) {
          b[j] += shift[i] * w[i * outputs + j];
          w[i * outputs + j] *= factor[i];
        }
      }
      return linear(linear, w, b);
    }

    /** A dense layer and then this, as one. */
    Linear after(Linear linear) {
      double[] w = linear.weight().value().toDoubleArray();
      double[] b = linear.bias().value().toDoubleArray();
      for (int i = 0; i < w.length; i++) {
        w[i] *= factor[i % factor.length];
      }
      for (int j = 0; j < b.length; j++) {
        b[j] = b[j] * factor[j] + shift[j];
      }
      return linear(linear, w, b);
    }

    private static Linear linear(Linear like, double[] w, double[] b) {
      return Linear.of(
          DoubleTensor.wrap(like.weight().shape(), w).to(like.weight().value().dtype()),
          DoubleTensor.wrap(like.bias().shape(), b).to(like.bias().value().dtype()));
    }
  }
}
