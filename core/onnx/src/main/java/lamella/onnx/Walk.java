package lamella.onnx;

import java.util.Arrays;

/**
 * Goes through several arrays at once in the row-major order of common dimensions. Each array has a
 * step along every axis, by which its index grows: 0 along an axis in which it is repeated.
 *
 * {@snippet lang=java :
 * Walk walk = new Walk(dimensions, stepsOfA, stepsOfB);
 * while (walk.next()) {
 *   for (int i = 0; i < walk.length(); i++) {
 *     use(a[walk.start(0) + i * walk.step(0)], b[walk.start(1) + i * walk.step(1)]);
 *   }
 * }
 * }
 */
final class Walk {
  private final int[][] steps;
  private final int[] dimensions;
  private final int outer;
  private final int[] position;
  private final int[] starts;
  private boolean begun;
  private boolean ended;

  /** Axes that follow each other in all arrays are gone through as one. */
  Walk(int[] dimensions, int[]... steps) {
    int axes = 0;
    int[] merged = new int[dimensions.length + 1];
    int[][] mergedSteps = new int[steps.length][dimensions.length + 1];
    for (int axis = 0; axis < dimensions.length; axis++) {
      int size = dimensions[axis];
      ended |= size == 0;
      if (size == 1) {
        continue;
      }
      boolean follows = axes > 0;
      for (int array = 0; array < steps.length && follows; array++) {
        follows = mergedSteps[array][axes - 1] == steps[array][axis] * size;
      }
      if (follows) {
        axes--;
      }
      merged[axes] = follows ? merged[axes] * size : size;
      for (int array = 0; array < steps.length; array++) {
        mergedSteps[array][axes] = steps[array][axis];
      }
      axes++;
    }
    if (axes == 0) {
      merged[axes++] = 1;
    }
    this.dimensions = merged;
    this.steps = mergedSteps;
    this.outer = axes - 1;
    this.position = new int[outer];
    this.starts = new int[steps.length];
  }

  /** Lets an array begin at an element that is not its first one. */
  Walk from(int array, int start) {
    starts[array] = start;
    return this;
  }

  /** Goes to the next row; false if there is none. */
  boolean next() {
    if (ended || !begun) {
      begun = true;
      return !ended;
    }
    for (int axis = outer - 1; axis >= 0; axis--) {
      boolean more = ++position[axis] < dimensions[axis];
      for (int array = 0; array < starts.length; array++) {
        starts[array] += steps[array][axis] * (more ? 1 : 1 - dimensions[axis]);
      }
      if (more) {
        return true;
      }
      position[axis] = 0;
    }
    ended = true;
    return false;
  }

  /** How many elements a row has. */
  int length() {
    return dimensions[outer];
  }

  /** Where the present row begins in an array. */
  int start(int array) {
    return starts[array];
  }

  /** By how much the index of an array grows in a row. */
  int step(int array) {
    return steps[array][outer];
  }

  /** The steps of an array in row-major order. */
  static int[] steps(int... dimensions) {
    int[] steps = new int[dimensions.length];
    int step = 1;
    for (int axis = steps.length - 1; axis >= 0; axis--) {
      steps[axis] = step;
      step *= dimensions[axis];
    }
    return steps;
  }

  /** The steps of an array that is repeated to fill larger dimensions, as NumPy does it. */
  static int[] steps(int[] dimensions, int[] filled) {
    int[] own = steps(dimensions);
    int[] steps = new int[filled.length];
    int missing = filled.length - dimensions.length;
    for (int axis = missing; axis < steps.length; axis++) {
      steps[axis] = dimensions[axis - missing] == 1 ? 0 : own[axis - missing];
    }
    return steps;
  }

  /** The dimensions that some arrays fill together, as NumPy has it: of two sizes one may be 1. */
  static int[] common(Node node, OnnxArray... arrays) {
    int rank = 0;
    for (OnnxArray array : arrays) {
      rank = Math.max(rank, array.rank());
    }
    long[] common = new long[rank];
    Arrays.fill(common, 1);
    for (OnnxArray array : arrays) {
      int missing = rank - array.rank();
      for (int axis = missing; axis < rank; axis++) {
        int size = array.dimension(axis - missing);
        if (common[axis] == 1) {
          common[axis] = size;
        } else if (size != 1 && size != common[axis]) {
          throw node.wrong(
              "dimensions expected that are equal from the last one on, or 1, found "
                  + Arrays.toString(arrays));
        }
      }
    }
    return Arguments.dimensions(node, common);
  }
}
