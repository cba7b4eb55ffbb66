package lamella.onnx;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operators that shift and scale elements by what they have together. Computed in float64. */
final class Normalisations {
  private Normalisations() {}

  /** What is computed of each row of elements along an axis. */
  private interface Row {
    /** Changes the elements x[start], x[start + step], ... */
    void apply(double[] x, int start, int step, int count);
  }

  static Operator softmax() {
    return alongAxis(Normalisations::softmax);
  }

  static Operator logSoftmax() {
    return alongAxis((x, start, step, count) -> {
      double max = max(x, start, step, count);
      double sum = 0;
      for (int i = 0; i < count; i++) {
        sum += StrictMath.exp(x[start + i * step] - max);
      }
      double log = StrictMath.log(sum);
      for (int i = 0; i < count; i++) {
        x[start + i * step] = x[start + i * step] - max - log;
      }
    });
  }

  /** 1 for the first of the greatest elements, 0 for all others. */
  static Operator hardmax() {
    return alongAxis((x, start, step, count) -> {
      int best = 0;
      for (int i = 1; i < count; i++) {
        best = x[start + i * step] > x[start + best * step] ? i : best;
      }
      for (int i = 0; i < count; i++) {
        x[start + i * step] = i == best ? 1 : 0;
      }
    });
  }

  static void softmax(double[] x, int start, int step, int count) {
    double max = max(x, start, step, count);
    double sum = 0;
    for (int i = 0; i < count; i++) {
      double e = StrictMath.exp(x[start + i * step] - max);
      x[start + i * step] = e;
      sum += e;
    }
    for (int i = 0; i < count; i++) {
      x[start + i * step] /= sum;
    }
  }

  private static double max(double[] x, int start, int step, int count) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, x[start + i * step]);
    }
    return max;
  }

  /**
   * Over the elements along one axis. Before opset 13 over those of all axes from this one on,
   * which are taken for one.
   */
  private static Operator alongAxis(Row row) {
    return (node, inputs) -> {
      OnnxArray input = Arguments.floats(node, inputs, 0, "input");
      int[] dimensions = input.dimensions();
      if (node.opset() >= 13) {
        int axis = Arguments.axis(node, node.integer("axis", -1), input.rank());
        int after = Arguments.size(dimensions, axis + 1, dimensions.length);
        return List.of(rows(input, dimensions[axis], after, row));
      }
      long given = node.integer("axis", 1);
      int axis = given == input.rank() ? input.rank() : Arguments.axis(node, given, input.rank());
      return List.of(rows(input, Arguments.size(dimensions, axis, input.rank()), 1, row));
    };
  }

  private static OnnxArray rows(OnnxArray input, int size, int after, Row row) {
    double[] x = Numbers.doubles(input);
    x = input.type() == OnnxType.DOUBLE ? x.clone() : x;
    for (int i = 0; i < (size == 0 ? 0 : input.size() / size); i++) {
      row.apply(x, i / after * size * after + i % after, after, size);
    }
    return Numbers.rounded(input.type(), x, input.dimensions());
  }

  /** Divided by the norm along an axis; what has norm 0 stays 0. */
  static Operator lpNormalization() {
    return (node, inputs) -> {
      OnnxArray input = Arguments.floats(node, inputs, 0, "input");
      int axis = Arguments.axis(node, node.integer("axis", -1), input.rank());
      long p = node.integer("p", 2);
      if (p != 1 && p != 2) {
        throw node.wrong("p = 1 or 2 expected, found " + p);
      }
      int[] dimensions = input.dimensions();
      int after = Arguments.size(dimensions, axis + 1, dimensions.length);
      return List.of(
          rows(
              input,
              dimensions[axis],
              after,
              (x, start, step, count) -> {
                double sum = 0;
                for (int i = 0; i < count; i++) {
                  double element = x[start + i * step];
                  sum += p == 1 ? Math.abs(element) : element * element;
                }
                double norm = p == 1 ? sum : Math.sqrt(sum);
                for (int i = 0; i < count; i++) {
                  x[start + i * step] = norm == 0 ? 0 : x[start + i * step] / norm;
                }
              }));
    };
  }

  /**
   * By means and variances that are known. Before opset 9 they may be those of single elements and
   * not of channels.
   */
  static Operator batchNormalization() {
    return (node, inputs) -> {
      requireInference(node);
      OnnxArray x = Arguments.floats(node, inputs, 0, "X");
      int[] dimensions = x.dimensions();
      boolean spatial = node.opset() >= 9 || node.integer("spatial", 1) != 0;
      int channels =
          x.rank() < 2 ? 1 : spatial ? dimensions[1] : Arguments.size(dimensions, 1, x.rank());
      int inner = spatial && x.rank() > 2 ? Arguments.size(dimensions, 2, x.rank()) : 1;
      double[] scale = perChannel(node, inputs, 1, "scale", channels);
      double[] shift = perChannel(node, inputs, 2, "B", channels);
      double[] mean = perChannel(node, inputs, 3, "mean", channels);
      double[] variance = perChannel(node, inputs, 4, "var", channels);
      double epsilon = node.number("epsilon", 1e-5f);
      double[] y = new double[x.size()];
      for (int i = 0; i < y.length; i++) {
        int c = i / inner % channels;
        double deviation = Math.sqrt(variance[c] + epsilon);
        y[i] = (Numbers.at(x, i) - mean[c]) / deviation * scale[c] + shift[c];
      }
      return List.of(Numbers.rounded(x.type(), y, dimensions));
    };
  }

  private static void requireInference(Node node) {
    boolean statistics = node.outputs().stream().skip(1).anyMatch(name -> !name.isEmpty());
    if (node.opset() >= 14
        ? node.integer("training_mode", 0) != 0
        : statistics && node.integer("is_test", 0) == 0) {
      throw node.wrong(
          "inference expected, found training mode, in which the outputs depend on which examples"
              + " are computed together. Export the model for inference");
    }
  }

  private static double[] perChannel(
      Node node, List<? extends @Nullable OnnxArray> inputs, int index, String name, int channels) {
    OnnxArray array = Arguments.floats(node, inputs, index, name);
    if (array.size() != channels) {
      throw node.wrong(channels + " numbers expected as " + name + ", found " + array);
    }
    return Numbers.doubles(array);
  }

  /** To mean 0 and variance 1 over the axes from one on, then scaled and shifted. */
  static Operator layerNormalization() {
    return (node, inputs) -> {
      OnnxArray x = Arguments.floats(node, inputs, 0, "X");
      int axis = Arguments.axis(node, node.integer("axis", -1), x.rank());
      int size = Arguments.size(x.dimensions(), axis, x.rank());
      double epsilon = node.number("epsilon", 1e-5f);
      double[] means = new double[size == 0 ? 0 : x.size() / size];
      double[] factors = new double[means.length];
      OnnxArray normal =
          rows(
              x,
              size,
              1,
              (values, start, step, count) -> {
                double mean = standardise(values, start, count, epsilon, factors, start / count);
                means[start / count] = mean;
              });
      int[] statistics = x.dimensions();
      Arrays.fill(statistics, axis, statistics.length, 1);
      OnnxType stash = OnnxType.of(node.integer("stash_type", OnnxType.FLOAT.number()));
      if (stash == null || !stash.isFloat()) {
        throw node.wrong("a type of floats expected as attribute \"stash_type\"");
      }
      if (means.length != Arguments.size(statistics)) {
        throw node.wrong("elements to normalise expected, found " + x);
      }
      return List.of(
          affine(node, normal, inputs, 1, 2),
          Numbers.rounded(stash, means, statistics),
          Numbers.rounded(stash, factors, statistics));
    };
  }

  /** To mean 0 and variance 1; gives the mean, and the factor at a place of an array. */
  private static double standardise(
      double[] x, int start, int count, double epsilon, double[] factors, int place) {
    double sum = 0;
    for (int i = start; i < start + count; i++) {
      sum += x[i];
    }
    double mean = sum / count;
    double squares = 0;
    for (int i = start; i < start + count; i++) {
      x[i] -= mean;
      squares += x[i] * x[i];
    }
    double factor = 1 / Math.sqrt(squares / count + epsilon);
    for (int i = start; i < start + count; i++) {
      x[i] *= factor;
    }
    factors[place] = factor;
    return mean;
  }

  /** Times a scale, plus a shift if there is one; both are repeated to fill the array. */
  private static OnnxArray affine(
      Node node,
      OnnxArray normal,
      List<? extends @Nullable OnnxArray> inputs,
      int scaleAt,
      int shiftAt) {
    OnnxArray scale = Arguments.floats(node, inputs, scaleAt, "scale");
    OnnxArray y =
        Arithmetic.combine(node, Casts.cast(node, normal, scale.type()), scale, Arithmetic.MUL);
    OnnxArray shift = Arguments.optional(inputs, shiftAt);
    if (shift != null) {
      y = Arithmetic.combine(node, y, Arguments.floats(node, shift, "B"), Arithmetic.ADD);
    }
    if (!Arrays.equals(y.dimensions(), normal.dimensions())) {
      throw node.wrong(
          "a scale and a shift that fit X expected, found " + scale + " for " + normal);
    }
    return y;
  }

  /** To a mean square of 1 over the axes from one on, then scaled. */
  static Operator rmsNormalization() {
    return (node, inputs) -> {
      OnnxArray x = Arguments.floats(node, inputs, 0, "X");
      int axis = Arguments.axis(node, node.integer("axis", -1), x.rank());
      double epsilon = node.number("epsilon", 1e-5f);
      OnnxArray normal =
          rows(
              x,
              Arguments.size(x.dimensions(), axis, x.rank()),
              1,
              (values, start, step, count) -> {
                double squares = 0;
                for (int i = start; i < start + count; i++) {
                  squares += values[i] * values[i];
                }
                double rms = Math.sqrt(squares / count + epsilon);
                for (int i = start; i < start + count; i++) {
                  values[i] /= rms;
                }
              });
      return List.of(affine(node, normal, inputs, 1, Integer.MAX_VALUE));
    };
  }

  /** Each channel of each example to mean 0 and variance 1. */
  static Operator instanceNormalization() {
    return (node, inputs) -> {
      OnnxArray x = Arguments.floats(node, inputs, 0, "input");
      return List.of(grouped(node, inputs, x, x.rank() < 2 ? 1 : x.dimension(1), false));
    };
  }

  /**
   * Each group of channels of each example to mean 0 and variance 1. Scale and shift are those of
   * groups before opset 21, then those of channels.
   */
  static Operator groupNormalization() {
    return (node, inputs) -> {
      OnnxArray x = Arguments.floats(node, inputs, 0, "X");
      long groups = node.integer("num_groups", 0);
      if (x.rank() < 2 || groups < 1 || x.dimension(1) % groups != 0) {
        throw node.wrong(
            "a number of groups that divides the channels expected, found " + groups + " for " + x);
      }
      return List.of(grouped(node, inputs, x, (int) groups, node.opset() < 21));
    };
  }

  private static OnnxArray grouped(
      Node node,
      List<? extends @Nullable OnnxArray> inputs,
      OnnxArray x,
      int groups,
      boolean ofGroups) {
    int[] dimensions = x.dimensions();
    if (x.rank() < 2) {
      throw node.wrong("examples of channels expected, found " + x);
    }
    int channels = dimensions[1];
    int inner = Arguments.size(dimensions, 2, x.rank());
    double epsilon = node.number("epsilon", 1e-5f);
    int size = groups == 0 ? 0 : channels / groups * inner;
    OnnxArray normal =
        rows(
            x,
            size,
            1,
            (values, start, step, count) ->
                standardise(values, start, count, epsilon, new double[1], 0));
    int[] perChannel = new int[x.rank() - 1];
    Arrays.fill(perChannel, 1);
    perChannel[0] = channels;
    OnnxArray[] factors = new OnnxArray[2];
    for (int i = 0; i < 2; i++) {
      OnnxArray given = Arguments.floats(node, inputs, i + 1, i == 0 ? "scale" : "bias");
      if (given.size() != (ofGroups ? groups : channels)) {
        throw node.wrong(
            (ofGroups ? groups : channels) + " numbers expected as scale and bias, found " + given);
      }
      Object each = Numbers.make(given.type(), channels);
      for (int channel = 0; channel < channels; channel++) {
        int from = ofGroups ? channel / (channels / groups) : channel;
        Numbers.copy(given.elements(), from, 1, each, channel, 1, 1);
      }
      factors[i] = OnnxArray.of(given.type(), each, perChannel);
    }
    return affine(node, normal, Arrays.asList(x, factors[0], factors[1]), 1, 2);
  }

  /** To mean 0 and variance 1 over some axes. */
  static Operator meanVarianceNormalization() {
    return (node, inputs) -> {
      OnnxArray x = Arguments.floats(node, inputs, 0, "X");
      long[] axes = node.integers("axes");
      boolean[] reduced =
          Arguments.axes(node, axes == null ? new long[] {0, 2, 3} : axes, x.rank());
      OnnxArray wide = Casts.cast(node, x, OnnxType.DOUBLE);
      OnnxArray mean = Reductions.reduce(node, Reductions.Kind.MEAN, wide, reduced, true);
      OnnxArray centred = Arithmetic.combine(node, wide, mean, Arithmetic.SUB);
      OnnxArray squares = Arithmetic.combine(node, centred, centred, Arithmetic.MUL);
      OnnxArray variance = Reductions.reduce(node, Reductions.Kind.MEAN, squares, reduced, true);
      Arithmetic.Function divided =
          new Arithmetic.Function((a, b) -> a / (Math.sqrt(b) + 1e-9), (a, b) -> 0);
      return List.of(
          Casts.cast(node, Arithmetic.combine(node, centred, variance, divided), x.type()));
    };
  }
}
