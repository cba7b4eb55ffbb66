package lamella.onnx;

import static lamella.core.io.FileFormatException.quote;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lamella.core.DoubleTensor;
import lamella.core.Products;
import lamella.core.Shape;
import org.jspecify.annotations.Nullable;

/** The operators of {@code ai.onnx.ml} that prepare inputs, are linear models, or give labels. */
final class Learning {
  private Learning() {}

  /** (x - offset) scale, each one number or one for each feature; in float32. */
  static Operator scaler() {
    return (node, inputs) -> {
      OnnxArray x = Arguments.numbers(node, inputs, 0, "X");
      float[] offset = perFeature(node, "offset", x, 0);
      float[] scale = perFeature(node, "scale", x, 1);
      double[] y = new double[x.size()];
      for (int i = 0; i < y.length; i++) {
        y[i] = (Numbers.at(x, i) - offset[i % offset.length]) * scale[i % scale.length];
      }
      return List.of(Numbers.rounded(OnnxType.FLOAT, y, x.dimensions()));
    };
  }

  private static float[] perFeature(Node node, String name, OnnxArray x, float otherwise) {
    float[] numbers = node.numbers(name);
    if (numbers == null) {
      return new float[] {otherwise};
    }
    requireFeatures(node, name, numbers.length, x);
    return numbers;
  }

  private static void requireFeatures(Node node, String name, int count, OnnxArray x) {
    if (count != 1 && (x.rank() == 0 || x.dimension(-1) != count || count == 0)) {
      throw node.wrong(
          "one number or one for each feature expected as attribute "
              + quote(name)
              + ", found "
              + count
              + " for "
              + x);
    }
  }

  /**
   * Each row divided by its greatest element, its sum or its length; a divisor of 0 does nothing.
   */
  static Operator normalizer() {
    return (node, inputs) -> {
      OnnxArray x = Arguments.numbers(node, inputs, 0, "X");
      String norm = node.text("norm", "MAX");
      if (x.rank() != 1 && x.rank() != 2) {
        throw node.wrong("[n, features] or [features] expected, found " + x);
      }
      int size = x.dimension(-1);
      double[] y = new double[x.size()];
      for (int start = 0; start < y.length; start += size) {
        double divisor = norm.equals("MAX") ? Double.NEGATIVE_INFINITY : 0;
        for (int i = start; i < start + size; i++) {
          double element = Numbers.at(x, i);
          divisor =
              switch (norm) {
                case "MAX" -> Math.max(divisor, element);
                case "L1" -> divisor + Math.abs(element);
                case "L2" -> divisor + element * element;
                default -> throw node.wrong("norm = MAX, L1 or L2 expected, found " + norm);
              };
        }
        divisor = norm.equals("L2") ? Math.sqrt(divisor) : divisor;
        for (int i = start; i < start + size; i++) {
          y[i] = divisor == 0 ? Numbers.at(x, i) : Numbers.at(x, i) / divisor;
        }
      }
      return List.of(Numbers.rounded(OnnxType.FLOAT, y, x.dimensions()));
    };
  }

  /** Another number in place of one that says that none is known. */
  static Operator imputer() {
    return (node, inputs) -> {
      OnnxArray x = Arguments.numbers(node, inputs, 0, "X");
      if (x.type().isFloat()) {
        float[] imputed = node.numbers("imputed_value_floats");
        if (imputed == null) {
          throw node.wrong("an attribute \"imputed_value_floats\" expected, found none");
        }
        requireFeatures(node, "imputed_value_floats", imputed.length, x);
        float replaced = node.number("replaced_value_float", 0);
        double[] y = Numbers.doubles(x).clone();
        for (int i = 0; i < y.length; i++) {
          if (Float.isNaN(replaced) ? Double.isNaN(y[i]) : y[i] == replaced) {
            y[i] = imputed[i % imputed.length];
          }
        }
        return List.of(Numbers.rounded(x.type(), y, x.dimensions()));
      }
      long[] imputed = node.integers("imputed_value_int64s");
      if (imputed == null) {
        throw node.wrong("an attribute \"imputed_value_int64s\" expected, found none");
      }
      requireFeatures(node, "imputed_value_int64s", imputed.length, x);
      long replaced = node.integer("replaced_value_int64", 0);
      long[] y = x.longs().clone();
      for (int i = 0; i < y.length; i++) {
        if (y[i] == replaced) {
          y[i] = Numbers.wrap(x.type(), imputed[i % imputed.length]);
        }
      }
      return List.of(OnnxArray.of(x.type(), y, x.dimensions()));
    };
  }

  static Operator binarizer() {
    return (node, inputs) -> {
      OnnxArray x = Arguments.numbers(node, inputs, 0, "X");
      float threshold = node.number("threshold", 0);
      double[] y = new double[x.size()];
      for (int i = 0; i < y.length; i++) {
        y[i] = Numbers.at(x, i) > threshold ? 1 : 0;
      }
      return List.of(Casts.cast(node, OnnxArray.of(y, x.dimensions()), x.type()));
    };
  }

  /** A new last axis with 1 where the element's category is, or all 0 if it is none of them. */
  static Operator oneHotEncoder() {
    return (node, inputs) -> {
      OnnxArray x = Arguments.input(node, inputs, 0, "X");
      long[] integers = node.integers("cats_int64s");
      String[] strings = node.texts("cats_strings");
      boolean texts = x.type() == OnnxType.STRING;
      Object[] categories = texts ? strings : boxed(integers);
      if (categories == null) {
        throw node.wrong(
            "categories of the input's kind expected as attribute "
                + quote(texts ? "cats_strings" : "cats_int64s")
                + ", found none for "
                + x);
      }
      Map<Object, Integer> places = new HashMap<>();
      int count = categories.length;
      for (int i = 0; i < count; i++) {
        places.put(categories[i], i);
      }
      long[] result = Arrays.copyOf(longs(x.dimensions()), x.rank() + 1);
      result[x.rank()] = count;
      int[] dimensions = Arguments.dimensions(node, result);
      float[] y = new float[Arguments.size(dimensions)];
      boolean zeros = node.integer("zeros", 1) != 0;
      for (int i = 0; i < x.size(); i++) {
        Object category = texts ? x.strings()[i] : (Object) whole(x, i);
        Integer place = places.get(category);
        if (place != null) {
          y[i * count + place] = 1;
        } else if (!zeros) {
          throw node.wrong("one of the categories expected, found " + quote(category.toString()));
        }
      }
      return List.of(OnnxArray.of(y, dimensions));
    };
  }

  private static Object @Nullable [] boxed(long @Nullable [] integers) {
    return integers == null ? null : Arrays.stream(integers).boxed().toArray();
  }

  private static long whole(OnnxArray x, int index) {
    return x.type().isFloat() ? (long) Numbers.at(x, index) : x.longs()[index];
  }

  private static long[] longs(int[] ints) {
    return Arrays.stream(ints).asLongStream().toArray();
  }

  /**
   * Each element replaced by the value of the key that it is. In version 1 of the domain texts and
   * their numbers, whichever of them the input has not.
   */
  static Operator labelEncoder(Node node) {
    if (node.opset() < 2) {
      String[] classes = node.texts("classes_strings");
      if (classes == null) {
        throw node.wrong("an attribute \"classes_strings\" expected, found none");
      }
      long[] numbers = new long[classes.length];
      Arrays.setAll(numbers, i -> i);
      return mapper(node, classes, numbers);
    }
    OnnxArray keys = list(node, "keys_");
    OnnxArray values = list(node, "values_");
    if (keys.size() != values.size()) {
      throw node.wrong("as many keys as values expected, found " + keys + " and " + values);
    }
    OnnxArray otherwise = node.array("default_tensor");
    if (otherwise == null) {
      otherwise =
          switch (values.type()) {
            case STRING -> strings(node.text("default_string", "_Unused"));
            case FLOAT -> OnnxArray.of(new float[] {node.number("default_float", -0f)}, 1);
            case DOUBLE -> OnnxArray.of(new double[] {-0.0}, 1);
            default ->
                OnnxArray.of(values.type(), new long[] {node.integer("default_int64", -1)}, 1);
          };
    }
    if (otherwise.type() != values.type() || otherwise.size() != 1) {
      throw node.wrong("a default of the values' type expected, found " + otherwise);
    }
    Map<Object, Integer> places = new HashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      if (node.opset() < 4) {
        places.putIfAbsent(key(keys, i), i);
      } else {
        places.put(key(keys, i), i);
      }
    }
    OnnxArray unknown = otherwise;
    return (which, inputs) -> {
      OnnxArray x = Arguments.input(which, inputs, 0, "X");
      if (x.type() != keys.type()) {
        throw which.wrong("the keys' type expected, found " + x + " for " + keys);
      }
      return List.of(mapped(x, places, values, unknown));
    };
  }

  private static OnnxArray strings(String... strings) {
    return OnnxArray.of(strings, strings.length);
  }

  private static OnnxArray mapped(
      OnnxArray x, Map<Object, Integer> places, OnnxArray values, OnnxArray otherwise) {
    Object y = Numbers.make(values.type(), x.size());
    for (int i = 0; i < x.size(); i++) {
      Integer place = places.get(key(x, i));
      if (place == null) {
        Numbers.copy(otherwise.elements(), 0, 1, y, i, 1, 1);
      } else {
        Numbers.copy(values.elements(), place, 1, y, i, 1, 1);
      }
    }
    return OnnxArray.of(values.type(), y, x.dimensions());
  }

  /** Equal for equal elements; -0 and 0 are equal, and NaN and NaN. */
  private static Object key(OnnxArray array, int index) {
    return switch (array.type().storage()) {
      case FLOATS -> array.floats()[index] + 0f;
      case DOUBLES -> array.doubles()[index] + 0d;
      case LONGS -> array.longs()[index];
      case STRINGS -> array.strings()[index];
    };
  }

  /** A list of keys or values, which one attribute of several has. */
  private static OnnxArray list(Node node, String prefix) {
    OnnxArray tensor = node.array(prefix + "tensor");
    if (tensor != null) {
      return tensor;
    }
    String[] strings = node.texts(prefix + "strings");
    if (strings != null) {
      return strings(strings);
    }
    long[] integers = node.integers(prefix + "int64s");
    if (integers != null) {
      return OnnxArray.of(OnnxType.INT64, integers, integers.length);
    }
    float[] floats = node.numbers(prefix + "floats");
    if (floats == null) {
      throw node.wrong("one of the attributes " + prefix + "* expected, found none");
    }
    return OnnxArray.of(floats, floats.length);
  }

  static Operator categoryMapper(Node node) {
    String[] strings = node.texts("cats_strings");
    long[] numbers = node.integers("cats_int64s");
    if (strings == null || numbers == null || strings.length != numbers.length) {
      throw node.wrong("attributes \"cats_strings\" and \"cats_int64s\" of one length expected");
    }
    return mapper(node, strings, numbers);
  }

  /** From texts to numbers, or from numbers to texts. */
  private static Operator mapper(Node node, String[] strings, long[] numbers) {
    Map<Object, Integer> ofStrings = new HashMap<>();
    Map<Object, Integer> ofNumbers = new HashMap<>();
    for (int i = 0; i < numbers.length; i++) {
      ofStrings.put(strings[i], i);
      ofNumbers.put(numbers[i], i);
    }
    OnnxArray texts = strings(strings);
    OnnxArray integers = OnnxArray.of(OnnxType.INT64, numbers, numbers.length);
    OnnxArray unknownText = strings(node.text("default_string", "_Unused"));
    OnnxArray unknownNumber =
        OnnxArray.of(OnnxType.INT64, new long[] {node.integer("default_int64", -1)}, 1);
    return (which, inputs) -> {
      OnnxArray x = Arguments.input(which, inputs, 0, "X");
      return List.of(
          switch (x.type()) {
            case STRING -> mapped(x, ofStrings, integers, unknownNumber);
            case INT64 -> mapped(x, ofNumbers, texts, unknownText);
            default -> throw which.wrong("string or int64 expected as X, found " + x);
          });
    };
  }

  /** All inputs beside each other, of each as many features as an attribute says; in float32. */
  static Operator featureVectorizer() {
    return (node, inputs) -> {
      long[] given = node.integers("inputdimensions");
      int[] sizes = new int[inputs.size()];
      int rows = -1;
      long columns = 0;
      for (int i = 0; i < sizes.length; i++) {
        OnnxArray x = Arguments.numbers(node, inputs, i, "X");
        if (x.rank() != 1 && x.rank() != 2) {
          throw node.wrong("[n, features] or [features] expected, found " + x);
        }
        int n = rows(x);
        if (rows >= 0 && rows != n) {
          throw node.wrong("inputs of " + rows + " rows expected, found " + x);
        }
        rows = n;
        long size = given == null ? x.dimension(-1) : i < given.length ? given[i] : 0;
        sizes[i] = Arguments.dimensions(node, size)[0];
        columns += sizes[i];
      }
      int[] dimensions = Arguments.dimensions(node, rows, columns);
      float[] y = new float[Arguments.size(dimensions)];
      int at = 0;
      for (int i = 0; i < sizes.length; i++) {
        OnnxArray x = Arguments.numbers(node, inputs, i, "X");
        int features = x.dimension(-1);
        for (int row = 0; row < rows; row++) {
          for (int k = 0; k < Math.min(features, sizes[i]); k++) {
            y[row * dimensions[1] + at + k] = (float) Numbers.at(x, row * features + k);
          }
        }
        at += sizes[i];
      }
      return List.of(OnnxArray.of(y, dimensions));
    };
  }

  /** Elements at places along the last axis; of a vector as a matrix of one row. */
  static Operator arrayFeatureExtractor() {
    return (node, inputs) -> {
      OnnxArray x = Arguments.input(node, inputs, 0, "X");
      long[] places = Arguments.integers(node, inputs, 1, "Y");
      if (x.rank() == 0 || places.length == 0) {
        throw node.wrong("features and places among them expected, found " + x);
      }
      int size = x.dimension(-1);
      int rows = size == 0 ? 0 : x.size() / size;
      long[] result = x.rank() == 1 ? new long[] {1, 0} : longs(x.dimensions());
      result[result.length - 1] = places.length;
      int[] dimensions = Arguments.dimensions(node, result);
      Object y = Numbers.make(x.type(), Arguments.size(dimensions));
      for (int k = 0; k < places.length; k++) {
        if (places[k] < 0 || places[k] >= size) {
          throw node.wrong("places from 0 to " + (size - 1) + " expected, found " + places[k]);
        }
        Numbers.copy(x.elements(), (int) places[k], size, y, k, places.length, rows);
      }
      return List.of(OnnxArray.of(x.type(), y, dimensions));
    };
  }

  /** x W + b in float32, of which an attribute says how it is made probabilities. */
  static Operator linearRegressor() {
    return (node, inputs) -> {
      OnnxArray x = examples(node, inputs);
      long targets = node.integer("targets", 1);
      double[] scores = scores(node, x, targets);
      int[] dimensions = Arguments.dimensions(node, rows(x), targets);
      String transform = node.text("post_transform", "NONE");
      transform(node, transform, scores, (int) targets);
      return List.of(Numbers.rounded(OnnxType.FLOAT, scores, dimensions));
    };
  }

  private static OnnxArray examples(Node node, List<? extends @Nullable OnnxArray> inputs) {
    OnnxArray x = Arguments.numbers(node, inputs, 0, "X");
    if (x.rank() != 1 && x.rank() != 2) {
      throw node.wrong("[n, features] or [features] expected, found " + x);
    }
    return x;
  }

  private static int rows(OnnxArray x) {
    return x.rank() == 1 ? 1 : x.dimension(0);
  }

  private static double[] scores(Node node, OnnxArray x, long targets) {
    int features = x.dimension(-1);
    float[] coefficients = node.numbers("coefficients");
    float[] intercepts = node.numbers("intercepts");
    if (coefficients == null || coefficients.length != targets * features) {
      throw node.wrong(
          targets
              + " times "
              + features
              + " coefficients expected for "
              + x
              + ", found "
              + (coefficients == null ? "none" : coefficients.length));
    }
    if (intercepts != null && intercepts.length != 0 && intercepts.length != targets) {
      throw node.wrong(targets + " intercepts expected, found " + intercepts.length);
    }
    int[] dimensions = Arguments.dimensions(node, rows(x), targets);
    double[] scores = new double[Arguments.size(dimensions)];
    if (scores.length > 0 && features > 0) {
      double[] weights = new double[coefficients.length];
      Arrays.setAll(weights, i -> coefficients[i]);
      Products.multiplyTransposedRight(
          DoubleTensor.wrap(Shape.of(dimensions[0], features), Numbers.doubles(x)),
          DoubleTensor.wrap(Shape.of(dimensions[1], features), weights),
          DoubleTensor.wrap(Shape.of(dimensions), scores));
    }
    if (intercepts != null && intercepts.length > 0) {
      for (int i = 0; i < scores.length; i++) {
        scores[i] += intercepts[i % intercepts.length];
      }
    }
    return scores;
  }

  /** The class with the highest score, and the scores; with two classes one score may do. */
  static Operator linearClassifier() {
    return (node, inputs) -> {
      OnnxArray x = examples(node, inputs);
      String[] strings = node.texts("classlabels_strings");
      long[] integers = node.integers("classlabels_ints");
      float[] coefficients = node.numbers("coefficients");
      if (coefficients == null || x.dimension(-1) == 0) {
        throw node.wrong("coefficients for the features expected, found none for " + x);
      }
      int targets = coefficients.length / x.dimension(-1);
      int classes = strings != null ? strings.length : integers != null ? integers.length : targets;
      double[] scores = scores(node, x, targets);
      int rows = rows(x);
      int[] winners = new int[rows];
      String transform = node.text("post_transform", "NONE");
      double[] shown;
      int columns;
      if (targets == 1) {
        boolean both = classes == 2;
        columns = both ? 2 : 1;
        shown = new double[rows * columns];
        for (int row = 0; row < rows; row++) {
          double score = scores[row];
          winners[row] = score > 0 ? 1 : 0;
          if (both) {
            binary(node, transform, score, shown, row * 2);
          } else {
            shown[row] = score;
          }
        }
        if (!both) {
          transform(node, transform, shown, 1);
        }
      } else {
        columns = targets;
        shown = scores;
        for (int row = 0; row < rows; row++) {
          for (int k = 1; k < targets; k++) {
            if (scores[row * targets + k] > scores[row * targets + winners[row]]) {
              winners[row] = k;
            }
          }
        }
        transform(node, transform, shown, targets);
      }
      return List.of(
          labels(node, winners, targets == 1 ? 2 : targets, strings, integers),
          Numbers.rounded(OnnxType.FLOAT, shown, rows, columns));
    };
  }

  private static OnnxArray labels(
      Node node,
      int[] winners,
      int count,
      String @Nullable [] strings,
      long @Nullable [] integers) {
    int given = strings != null ? strings.length : integers != null ? integers.length : count;
    if (given != count && count != 2) {
      throw node.wrong("labels for " + count + " classes expected, found " + given);
    }
    if (strings != null) {
      String[] labels = new String[winners.length];
      Arrays.setAll(
          labels, i -> given == count ? strings[winners[i]] : Integer.toString(winners[i]));
      return OnnxArray.of(labels, labels.length);
    }
    long[] labels = new long[winners.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] =
          integers == null ? winners[i] : given == count ? integers[winners[i]] : winners[i];
    }
    return OnnxArray.of(OnnxType.INT64, labels, labels.length);
  }

  /**
   * Of one score those of two classes, which are 1 together. The standard says nothing of it; this
   * is what ONNX Runtime gives.
   */
  private static void binary(Node node, String transform, double score, double[] shown, int at) {
    boolean logistic = transform.equals("LOGISTIC");
    double[] pair = {logistic ? -score : 1 - score, score};
    if (logistic || transform.equals("PROBIT")) {
      transform(node, transform, pair, 2);
    }
    shown[at] = pair[0];
    shown[at + 1] = pair[1];
  }

  private static void transform(Node node, String transform, double[] scores, int columns) {
    switch (transform) {
      case "NONE" -> {}
      case "LOGISTIC" -> {
        for (int i = 0; i < scores.length; i++) {
          scores[i] = logistic(scores[i]);
        }
      }
      case "SOFTMAX" -> {
        for (int start = 0; start < scores.length; start += columns) {
          Normalisations.softmax(scores, start, 1, columns);
        }
      }
      case "SOFTMAX_ZERO" -> {
        for (int start = 0; start < scores.length; start += columns) {
          softmaxZero(scores, start, columns);
        }
      }
      case "PROBIT" -> {
        for (int i = 0; i < scores.length; i++) {
          scores[i] = probit(scores[i]);
        }
      }
      default ->
          throw node.wrong(
              "post_transform = NONE, SOFTMAX, LOGISTIC, SOFTMAX_ZERO or PROBIT expected, found "
                  + transform);
    }
  }

  private static double logistic(double x) {
    double e = StrictMath.exp(-Math.abs(x));
    return x < 0 ? e / (1 + e) : 1 / (1 + e);
  }

  /** Softmax, but what is 0 stays 0. */
  private static void softmaxZero(double[] scores, int start, int count) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = start; i < start + count; i++) {
      max = Math.max(max, scores[i]);
    }
    double sum = 0;
    for (int i = start; i < start + count; i++) {
      boolean zero = Math.abs(scores[i]) <= 1e-7;
      scores[i] = zero ? scores[i] * StrictMath.exp(-max) : StrictMath.exp(scores[i] - max);
      sum += scores[i];
    }
    for (int i = start; i < start + count; i++) {
      scores[i] /= sum;
    }
  }

  /** The inverse of the normal distribution, by the approximation that the standard's code has. */
  private static double probit(double p) {
    double x = 2 * p - 1;
    double log = StrictMath.log((1 - x) * (1 + x));
    double v = 2 / (Math.PI * 0.147) + 0.5 * log;
    double root = Math.sqrt(-v + Math.sqrt(v * v - log / 0.147));
    return Math.sqrt(2) * (x < 0 ? -root : root);
  }
}
