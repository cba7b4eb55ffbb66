package lamella.onnx;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operators that give elements of their inputs at other places. */
final class Moves {
  private Moves() {}

  static Operator transpose() {
    return (node, inputs) -> {
      OnnxArray data = Arguments.input(node, inputs, 0, "data");
      int rank = data.rank();
      long[] perm = node.integers("perm");
      if (perm == null) {
        perm = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
          perm[axis] = (long) rank - 1 - axis;
        }
      }
      if (perm.length != rank) {
        throw node.wrong(
            "a permutation of the axes of " + data + " expected, found " + Arrays.toString(perm));
      }
      Arguments.axes(node, perm, rank);
      int[] steps = Walk.steps(data.dimensions());
      int[] dimensions = new int[rank];
      int[] permuted = new int[rank];
      for (int axis = 0; axis < rank; axis++) {
        int from = Arguments.axis(node, perm[axis], rank);
        dimensions[axis] = data.dimension(from);
        permuted[axis] = steps[from];
      }
      return List.of(view(data, dimensions, permuted, 0));
    };
  }

  /** The elements that steps from a start lead to. */
  private static OnnxArray view(OnnxArray data, int[] dimensions, int[] steps, int start) {
    Object values = Numbers.make(data.type(), Arguments.size(dimensions));
    Walk walk = new Walk(dimensions, steps).from(0, start);
    for (int at = 0; walk.next(); at += walk.length()) {
      Numbers.copy(data.elements(), walk.start(0), walk.step(0), values, at, 1, walk.length());
    }
    return OnnxArray.of(data.type(), values, dimensions);
  }

  /** Behind each other along an axis, before opset 4 by default the second one. */
  static Operator concat() {
    return (node, inputs) -> {
      OnnxArray first = Arguments.input(node, inputs, 0, "inputs");
      if (node.opset() >= 4 && !node.has("axis")) {
        throw node.wrong("an attribute \"axis\" expected, found none");
      }
      int axis = Arguments.axis(node, node.integer("axis", 1), first.rank());
      long[] result = new long[first.rank()];
      for (int i = 0; i < inputs.size(); i++) {
        OnnxArray input = Arguments.input(node, inputs, i, "inputs");
        Arguments.requireSameType(node, first, input);
        boolean fits = input.rank() == first.rank();
        for (int k = 0; k < result.length && fits; k++) {
          fits = k == axis || input.dimension(k) == first.dimension(k);
          result[k] = k == axis ? result[k] + input.dimension(k) : input.dimension(k);
        }
        if (!fits) {
          throw node.wrong(
              "inputs of the same dimensions but along axis "
                  + axis
                  + " expected, found "
                  + first
                  + " and "
                  + input);
        }
      }
      int[] dimensions = Arguments.dimensions(node, result);
      Object values = Numbers.make(first.type(), Arguments.size(dimensions));
      int rows = Arguments.size(dimensions, 0, axis);
      int row = Arguments.size(dimensions, axis, dimensions.length);
      int at = 0;
      for (int i = 0; i < inputs.size(); i++) {
        OnnxArray input = Arguments.input(node, inputs, i, "inputs");
        int part = rows == 0 ? 0 : input.size() / rows;
        for (int k = 0; k < rows; k++) {
          Numbers.copy(input.elements(), k * part, 1, values, k * row + at, 1, part);
        }
        at += part;
      }
      return List.of(OnnxArray.of(first.type(), values, dimensions));
    };
  }

  /**
   * Parts along an axis. Their sizes are an attribute, from opset 13 on an input; without them the
   * parts are of one size, from opset 18 on the last one smaller where that does not come out even.
   */
  static Operator split() {
    return (node, inputs) -> {
      OnnxArray input = Arguments.input(node, inputs, 0, "input");
      int axis = Arguments.axis(node, node.integer("axis", 0), input.rank());
      int size = input.dimension(axis);
      long[] sizes = Arguments.integers(node, inputs, "split", 13, 1);
      if (sizes == null) {
        sizes = evenly(node, size);
      }
      long sum = 0;
      for (long part : sizes) {
        sum += part < 0 || part > size ? Integer.MAX_VALUE : part;
      }
      if (sum != size || sizes.length < node.outputs().size()) {
        throw node.wrong(
            node.outputs().size()
                + " sizes expected that are the "
                + size
                + " of axis "
                + axis
                + " together, found "
                + Arrays.toString(sizes));
      }
      int[] steps = Walk.steps(input.dimensions());
      List<OnnxArray> parts = new ArrayList<>();
      int start = 0;
      for (long part : sizes) {
        int[] dimensions = input.dimensions();
        dimensions[axis] = (int) part;
        parts.add(view(input, dimensions, steps, start * steps[axis]));
        start += (int) part;
      }
      return parts;
    };
  }

  private static long[] evenly(Node node, int size) {
    int count = node.outputs().size();
    if (node.opset() >= 18 && node.has("num_outputs") && node.integer("num_outputs", 0) != count) {
      throw node.wrong(
          "num_outputs = "
              + count
              + ", as there are outputs, expected, found "
              + node.integer("num_outputs", 0));
    }
    if (count == 0 || (node.opset() < 18 && size % count != 0)) {
      throw node.wrong("a size that " + count + " divides expected, found " + size);
    }
    long[] sizes = new long[count];
    int each = (size + count - 1) / count;
    for (int i = 0; i < count; i++) {
      sizes[i] = Math.clamp((long) size - (long) i * each, 0, each);
    }
    return sizes;
  }

  /** From starts to ends with steps, along axes; attributes before opset 10. */
  static Operator slice() {
    return (node, inputs) -> {
      OnnxArray data = Arguments.input(node, inputs, 0, "data");
      long[] starts = Arguments.integers(node, inputs, "starts", 10, 1);
      long[] ends = Arguments.integers(node, inputs, "ends", 10, 2);
      long[] axes = Arguments.integers(node, inputs, "axes", 10, 3);
      long[] by = node.opset() < 10 ? null : Arguments.integers(node, inputs, "steps", 10, 4);
      if (starts == null || ends == null) {
        throw node.wrong("starts and ends expected, found none");
      }
      int count = starts.length;
      if (ends.length != count
          || (axes != null && axes.length != count)
          || (by != null && by.length != count)
          || (axes == null && count > data.rank())) {
        throw node.wrong("as many starts, ends, axes and steps expected, found different numbers");
      }
      int[] dimensions = data.dimensions();
      int[] steps = Walk.steps(dimensions);
      int[] walked = steps.clone();
      int start = 0;
      boolean[] sliced = new boolean[data.rank()];
      for (int i = 0; i < count; i++) {
        int axis = Arguments.axis(node, axes == null ? i : axes[i], data.rank());
        if (sliced[axis]) {
          throw node.wrong("different axes expected, found " + Arrays.toString(axes));
        }
        sliced[axis] = true;
        long step = by == null ? 1 : by[i];
        if (step == 0) {
          throw node.wrong("steps other than 0 expected, found 0");
        }
        long size = dimensions[axis];
        long lowest = step > 0 ? 0 : -1;
        long highest = step > 0 ? size : size - 1;
        long from =
            Math.clamp(starts[i] < 0 ? starts[i] + size : starts[i], 0, Math.max(highest, 0));
        long to =
            Math.clamp(ends[i] < 0 ? ends[i] + size : ends[i], lowest, Math.max(highest, lowest));
        long length = step > 0 ? to - from : from - to;
        long pace = step == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(step);
        dimensions[axis] =
            size == 0 || length <= 0 ? 0 : (int) (length / pace + (length % pace == 0 ? 0 : 1));
        if (dimensions[axis] > 0) {
          start += (int) from * steps[axis];
        }
        walked[axis] = dimensions[axis] > 1 ? (int) step * steps[axis] : 0;
      }
      return List.of(view(data, dimensions, walked, start));
    };
  }

  /** Whole parts at places along an axis. */
  static Operator gather() {
    return (node, inputs) -> {
      OnnxArray data = Arguments.input(node, inputs, 0, "data");
      OnnxArray indices = Arguments.input(node, inputs, 1, "indices");
      int axis = Arguments.axis(node, node.integer("axis", 0), data.rank());
      int size = data.dimension(axis);
      long[] places = Arguments.integers(node, indices, "indices");
      int[] from = data.dimensions();
      long[] result = new long[data.rank() - 1 + indices.rank()];
      for (int k = 0; k < result.length; k++) {
        result[k] =
            k < axis
                ? from[k]
                : k < axis + indices.rank()
                    ? indices.dimension(k - axis)
                    : from[k - indices.rank() + 1];
      }
      int[] dimensions = Arguments.dimensions(node, result);
      Object values = Numbers.make(data.type(), Arguments.size(dimensions));
      int rows = Arguments.size(from, 0, axis);
      int part = Arguments.size(from, axis + 1, from.length);
      int at = 0;
      for (int row = 0; row < rows; row++) {
        for (long place : places) {
          int start = (row * size + index(node, place, size)) * part;
          Numbers.copy(data.elements(), start, 1, values, at, 1, part);
          at += part;
        }
      }
      return List.of(OnnxArray.of(data.type(), values, dimensions));
    };
  }

  private static int index(Node node, long index, int size) {
    if (index < -size || index >= size) {
      throw node.wrong("indices from " + -size + " to " + (size - 1) + " expected, found " + index);
    }
    return (int) (index < 0 ? index + size : index);
  }

  /** For each index the element at it along an axis, its other places those of the index. */
  static Operator gatherElements() {
    return (node, inputs) -> {
      OnnxArray data = Arguments.input(node, inputs, 0, "data");
      OnnxArray indices = Arguments.input(node, inputs, 1, "indices");
      long[] places = Arguments.integers(node, indices, "indices");
      int axis = Arguments.axis(node, node.integer("axis", 0), data.rank());
      boolean fits = indices.rank() == data.rank();
      for (int k = 0; k < data.rank() && fits; k++) {
        fits = k == axis || indices.dimension(k) <= data.dimension(k);
      }
      if (!fits) {
        throw node.wrong("indices within " + data + " expected, found " + indices);
      }
      int[] steps = Walk.steps(data.dimensions());
      int along = steps[axis];
      steps[axis] = 0;
      Object values = Numbers.make(data.type(), indices.size());
      Walk walk = new Walk(indices.dimensions(), steps);
      int at = 0;
      while (walk.next()) {
        for (int i = 0; i < walk.length(); i++) {
          int place = index(node, places[at], data.dimension(axis));
          int from = walk.start(0) + i * walk.step(0) + place * along;
          Numbers.copy(data.elements(), from, 1, values, at++, 1, 1);
        }
      }
      return List.of(OnnxArray.of(data.type(), values, indices.dimensions()));
    };
  }

  /** Parts at places that are rows of indices, each row for the first axes after the batch's. */
  static Operator gatherNd() {
    return (node, inputs) -> {
      OnnxArray data = Arguments.input(node, inputs, 0, "data");
      OnnxArray indices = Arguments.input(node, inputs, 1, "indices");
      long[] places = Arguments.integers(node, indices, "indices");
      long given = node.integer("batch_dims", 0);
      int rank = indices.rank();
      if (given < 0 || given >= Math.min(rank, data.rank())) {
        throw node.wrong(
            "batch_dims below both ranks expected, found "
                + given
                + " for "
                + data
                + " and "
                + indices);
      }
      int batch = (int) given;
      int axes = indices.dimension(-1);
      boolean fits = axes >= 1 && axes <= data.rank() - batch;
      for (int k = 0; k < batch; k++) {
        fits &= data.dimension(k) == indices.dimension(k);
      }
      if (!fits) {
        throw node.wrong("rows of indices of " + data + " expected, found " + indices);
      }
      int[] from = data.dimensions();
      int[] at = indices.dimensions();
      long[] result = new long[rank - 1 + data.rank() - batch - axes];
      for (int k = 0; k < result.length; k++) {
        result[k] = k < rank - 1 ? at[k] : from[k - (rank - 1) + batch + axes];
      }
      int[] dimensions = Arguments.dimensions(node, result);
      Object values = Numbers.make(data.type(), Arguments.size(dimensions));
      int part = Arguments.size(from, batch + axes, from.length);
      int batches = Arguments.size(from, 0, batch);
      int each = Arguments.size(at, batch, rank - 1);
      for (int i = 0; i < batches * each; i++) {
        int start = i / each;
        for (int k = 0; k < axes; k++) {
          int size = from[batch + k];
          start = start * size + index(node, places[i * axes + k], size);
        }
        Numbers.copy(data.elements(), start * part, 1, values, i * part, 1, part);
      }
      return List.of(OnnxArray.of(data.type(), values, dimensions));
    };
  }

  /** Repeated to fill dimensions, as NumPy does it; where these are 1 the input's own stay. */
  static Operator expand() {
    return (node, inputs) -> {
      OnnxArray input = Arguments.input(node, inputs, 0, "input");
      int[] shape = Arguments.dimensions(node, Arguments.integers(node, inputs, 1, "shape"));
      int rank = Math.max(shape.length, input.rank());
      long[] result = new long[rank];
      for (int i = 1; i <= rank; i++) {
        int wanted = i <= shape.length ? shape[shape.length - i] : 1;
        int own = i <= input.rank() ? input.dimension(-i) : 1;
        if (wanted != own && wanted != 1 && own != 1) {
          throw node.wrong(
              "a shape that the input fills by being repeated expected, found "
                  + Arrays.toString(shape)
                  + " for "
                  + input);
        }
        result[rank - i] = own == 1 ? wanted : own;
      }
      int[] dimensions = Arguments.dimensions(node, result);
      return List.of(view(input, dimensions, Walk.steps(input.dimensions(), dimensions), 0));
    };
  }

  /** Repeated a number of times along each axis; before opset 6 along one. */
  static Operator tile() {
    return (node, inputs) -> {
      OnnxArray input = Arguments.input(node, inputs, 0, "input");
      int rank = input.rank();
      long[] repeats;
      if (node.opset() < 6) {
        repeats = new long[rank];
        Arrays.fill(repeats, 1);
        OnnxArray tiles = Arguments.input(node, inputs, 1, "tiles");
        OnnxArray along = Arguments.input(node, inputs, 2, "axis");
        int axis = Arguments.axis(node, (long) Arguments.number(node, along, "axis"), rank);
        repeats[axis] = (long) Arguments.number(node, tiles, "tiles");
      } else {
        repeats = Arguments.integers(node, inputs, 1, "repeats");
      }
      if (repeats.length != rank) {
        throw node.wrong(
            "a number for each axis of " + input + " expected, found " + Arrays.toString(repeats));
      }
      int[] own = Walk.steps(input.dimensions());
      long[] result = new long[rank];
      int[] split = new int[2 * rank];
      int[] steps = new int[2 * rank];
      for (int axis = 0; axis < rank; axis++) {
        int size = input.dimension(axis);
        int times = Arguments.dimensions(node, repeats[axis])[0];
        result[axis] = (long) times * size;
        split[2 * axis] = times;
        split[2 * axis + 1] = size;
        steps[2 * axis + 1] = own[axis];
      }
      int[] dimensions = Arguments.dimensions(node, result);
      return List.of(view(input, split, steps, 0).reshaped(dimensions));
    };
  }

  /**
   * With elements before and after along axes: one number, the first and last ones, or the
   * reflected or repeated input. How many are attributes before opset 11; negative ones take away.
   */
  static Operator pad() {
    return (node, inputs) -> {
      OnnxArray data = Arguments.input(node, inputs, 0, "data");
      int rank = data.rank();
      long[] pads = Arguments.integers(node, inputs, node.opset() < 2 ? "paddings" : "pads", 11, 1);
      long[] axes = node.opset() < 18 ? null : Arguments.integers(node, inputs, "axes", 18, 3);
      int count = axes == null ? rank : axes.length;
      if (pads == null || pads.length != 2 * count) {
        throw node.wrong(
            "pads for the beginning and the end of "
                + count
                + " axes expected, found "
                + (pads == null ? "none" : Arrays.toString(pads)));
      }
      if (axes != null) {
        Arguments.axes(node, axes, rank);
      }
      long[] before = new long[rank];
      long[] result = new long[rank];
      for (int axis = 0; axis < rank; axis++) {
        result[axis] = data.dimension(axis);
      }
      for (int i = 0; i < count; i++) {
        int axis = Arguments.axis(node, axes == null ? i : axes[i], rank);
        for (long pad : new long[] {pads[i], pads[i + count]}) {
          if (Math.abs(pad / 2) > Integer.MAX_VALUE) {
            throw node.wrong("pads expected that fit an int, found " + pad);
          }
        }
        before[axis] = pads[i];
        result[axis] = Math.max(result[axis] + pads[i] + pads[i + count], 0);
      }
      int[] dimensions = Arguments.dimensions(node, result);
      String mode = node.text("mode", "constant");
      int[][] sources = new int[rank][];
      for (int axis = 0; axis < rank; axis++) {
        int size = data.dimension(axis);
        sources[axis] = new int[dimensions[axis]];
        for (int i = 0; i < dimensions[axis]; i++) {
          sources[axis][i] = source(node, mode, i - before[axis], size);
        }
      }
      Object values = Numbers.make(data.type(), Arguments.size(dimensions));
      OnnxArray constant =
          node.opset() < 11 ? constant(node, data.type()) : Arguments.optional(inputs, 2);
      if (constant != null) {
        Arguments.requireSameType(node, data, constant);
        if (constant.size() != 1) {
          throw node.wrong("one number expected as constant_value, found " + constant);
        }
      }
      fill(data, sources, constant, values);
      return List.of(OnnxArray.of(data.type(), values, dimensions));
    };
  }

  private static OnnxArray constant(Node node, OnnxType type) {
    return Casts.cast(node, OnnxArray.of(new float[] {node.number("value", 0)}), type);
  }

  /** Where along an axis an element comes from; -1 for none. */
  private static int source(Node node, String mode, long place, int size) {
    if (place >= 0 && place < size) {
      return (int) place;
    }
    if (size == 0 && !mode.equals("constant")) {
      throw node.wrong("an input with elements expected for mode " + mode);
    }
    return switch (mode) {
      case "constant" -> -1;
      case "edge" -> place < 0 ? 0 : size - 1;
      case "wrap" -> (int) Math.floorMod(place, (long) size);
      case "reflect" -> {
        if (size == 1) {
          yield 0;
        }
        long folded = Math.floorMod(place, 2L * (size - 1));
        yield (int) (folded < size ? folded : 2L * (size - 1) - folded);
      }
      default -> throw node.wrong("mode = constant, edge, reflect or wrap expected, found " + mode);
    };
  }

  private static void fill(
      OnnxArray data, int[][] sources, @Nullable OnnxArray constant, Object values) {
    int rank = sources.length;
    int[] steps = Walk.steps(data.dimensions());
    int[] position = new int[rank];
    int size = Array.getLength(values);
    for (int at = 0; at < size; at++) {
      int from = 0;
      boolean inside = true;
      for (int axis = 0; axis < rank; axis++) {
        int source = sources[axis][position[axis]];
        inside &= source >= 0;
        from += source * steps[axis];
      }
      if (inside) {
        Numbers.copy(data.elements(), from, 1, values, at, 1, 1);
      } else if (constant != null) {
        Numbers.copy(constant.elements(), 0, 1, values, at, 1, 1);
      }
      for (int axis = rank - 1; axis >= 0 && ++position[axis] == sources[axis].length; axis--) {
        position[axis] = 0;
      }
    }
  }

  /** The upper or lower triangle of matrices, the rest 0. */
  static Operator trilu() {
    return (node, inputs) -> {
      OnnxArray input = Arguments.input(node, inputs, 0, "input");
      if (input.rank() < 2) {
        throw node.wrong("matrices expected, found " + input);
      }
      OnnxArray given = Arguments.optional(inputs, 1);
      long k = given == null ? 0 : Arguments.integer(node, given, "k");
      boolean upper = node.integer("upper", 1) != 0;
      int rows = input.dimension(-2);
      int columns = input.dimension(-1);
      Object values = Numbers.make(input.type(), input.size());
      for (int at = 0; at < input.size(); at++) {
        int diagonal = at % columns - at / columns % rows;
        if (upper ? diagonal >= k : diagonal <= k) {
          Numbers.copy(input.elements(), at, 1, values, at, 1, 1);
        }
      }
      return List.of(OnnxArray.of(input.type(), values, input.dimensions()));
    };
  }
}
