package lamella.onnx;

import java.util.Arrays;
import java.util.List;

/** Operators that give the same elements in the same order in other dimensions, or tell these. */
final class Shapes {
  private Shapes() {}

  static Operator identity() {
    return (node, inputs) -> List.of(Arguments.input(node, inputs, 0, "input"));
  }

  /**
   * Dropout, which changes nothing in inference. Its mask is all true; before opset 10 it is of the
   * type of the input. Before opset 7 an attribute says that it is inference; files that leave it
   * out are taken for such, too.
   */
  static Operator dropout() {
    return (node, inputs) -> {
      OnnxArray data = Arguments.input(node, inputs, 0, "data");
      OnnxArray training = Arguments.optional(inputs, 2);
      if (node.opset() >= 12 && training != null) {
        OnnxArray ratio = Arguments.optional(inputs, 1);
        double rate = ratio == null ? 0.5 : Arguments.number(node, ratio, "ratio");
        if (Arguments.number(node, training, "training_mode") != 0 && rate != 0) {
          throw node.wrong(
              "training_mode = false expected, found true: what is left out would be drawn at"
                  + " random. Export the model for inference");
        }
      }
      long[] mask = new long[data.size()];
      Arrays.fill(mask, 1);
      OnnxArray kept = OnnxArray.of(OnnxType.BOOL, mask, data.dimensions());
      return List.of(data, node.opset() < 10 ? Casts.cast(node, kept, data.type()) : kept);
    };
  }

  /** The dimensions are an attribute before opset 5. */
  static Operator reshape() {
    return (node, inputs) -> {
      OnnxArray data = Arguments.input(node, inputs, 0, "data");
      long[] shape = Arguments.integers(node, inputs, "shape", 5, 1);
      if (shape == null) {
        throw node.wrong("dimensions expected as shape, found none");
      }
      boolean zeroIsZero = node.integer("allowzero", 0) != 0;
      long[] dimensions = shape.clone();
      int open = -1;
      long others = 1;
      for (int axis = 0; axis < dimensions.length; axis++) {
        if (dimensions[axis] == 0 && !zeroIsZero) {
          if (axis >= data.rank()) {
            throw node.wrong(
                "0 in a shape expected only where the input has a dimension, found "
                    + Arrays.toString(shape)
                    + " for "
                    + data);
          }
          dimensions[axis] = data.dimension(axis);
        }
        if (dimensions[axis] == -1 && open < 0) {
          open = axis;
        } else if (dimensions[axis] < 0) {
          throw node.wrong(
              "sizes and at most one -1 expected as shape, found " + Arrays.toString(shape));
        } else {
          others = Math.min(others * Math.min(dimensions[axis], 1L << 31), 1L << 31);
        }
      }
      if (open >= 0) {
        dimensions[open] = others == 0 ? 0 : data.size() / others;
        others *= dimensions[open];
      }
      if (others != data.size()) {
        throw node.wrong(
            "a shape of as many elements as the input has expected, found "
                + Arrays.toString(shape)
                + " for "
                + data);
      }
      return List.of(data.reshaped(Arguments.dimensions(node, dimensions)));
    };
  }

  static Operator flatten() {
    return (node, inputs) -> {
      OnnxArray input = Arguments.input(node, inputs, 0, "input");
      long given = node.integer("axis", 1);
      int rank = input.rank();
      if (given < -rank || given > rank) {
        throw node.wrong("an axis from " + -rank + " to " + rank + " expected, found " + given);
      }
      int axis = (int) (given < 0 ? given + rank : given);
      int[] dimensions = input.dimensions();
      return List.of(
          input.reshaped(
              Arguments.size(dimensions, 0, axis), Arguments.size(dimensions, axis, rank)));
    };
  }

  /** The axes are an attribute before opset 13; all axes of size 1 if none are given. */
  static Operator squeeze() {
    return (node, inputs) -> {
      OnnxArray data = Arguments.input(node, inputs, 0, "data");
      long[] axes = Arguments.integers(node, inputs, "axes", 13, 1);
      boolean[] chosen = axes == null ? null : Arguments.axes(node, axes, data.rank());
      int[] dimensions = new int[data.rank()];
      int rank = 0;
      for (int axis = 0; axis < data.rank(); axis++) {
        int size = data.dimension(axis);
        if (chosen == null ? size == 1 : chosen[axis]) {
          if (size != 1) {
            throw node.wrong("axes of size 1 expected, found axis " + axis + " of " + data);
          }
        } else {
          dimensions[rank++] = size;
        }
      }
      return List.of(data.reshaped(Arrays.copyOf(dimensions, rank)));
    };
  }

  /** The axes, those of the output, are an attribute before opset 13. */
  static Operator unsqueeze() {
    return (node, inputs) -> {
      OnnxArray data = Arguments.input(node, inputs, 0, "data");
      long[] axes = Arguments.integers(node, inputs, "axes", 13, 1);
      if (axes == null) {
        throw node.wrong("axes expected, found none");
      }
      boolean[] chosen = Arguments.axes(node, axes, data.rank() + axes.length);
      long[] dimensions = new long[chosen.length];
      int from = 0;
      for (int axis = 0; axis < chosen.length; axis++) {
        dimensions[axis] = chosen[axis] ? 1 : data.dimension(from++);
      }
      return List.of(data.reshaped(Arguments.dimensions(node, dimensions)));
    };
  }

  /** From opset 15 on the dimensions from one axis to another. */
  static Operator shape() {
    return (node, inputs) -> {
      OnnxArray data = Arguments.input(node, inputs, 0, "data");
      int rank = data.rank();
      int start = bound(node.opset() < 15 ? 0 : node.integer("start", 0), rank);
      int end = bound(node.opset() < 15 ? rank : node.integer("end", rank), rank);
      long[] sizes = new long[Math.max(end - start, 0)];
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = data.dimension(start + i);
      }
      return List.of(OnnxArray.of(OnnxType.INT64, sizes, sizes.length));
    };
  }

  private static int bound(long axis, int rank) {
    return Math.clamp(axis < 0 ? axis + rank : axis, 0, rank);
  }

  static Operator size() {
    return (node, inputs) ->
        List.of(
            OnnxArray.of(
                OnnxType.INT64, new long[] {Arguments.input(node, inputs, 0, "data").size()}));
  }
}
