package lamella.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;

/**
 * The sum of some shards' results in a {@link Round}: a node of the fixed tree over all shards.
 *
 * <p>Node (0, s) is the result of shard s. Node (k, j) = node (k - 1, 2 j) + node (k - 1, 2 j + 1),
 * element by element, the left one first, each sum rounded once; where there is no right one, the
 * left one goes up unchanged. So the root has the same bits whoever computed which shards, and
 * whatever came first. {@link NodeTree} adds nodes up.
 *
 * <p>A node may be {@linkplain #split split} into slices, ranges of its numbers, which add up slice
 * by slice.
 */
public final class Node {
  private static final String WHO = "Node";
  private static final int KIND = 0x4C4E_0001; // "NL", version 1

  private final int shards;
  private final int level;
  private final int index;
  private final int slice;
  private final int slices;
  private final float[] floats;
  private final double[] doubles;

  /** What is no number to add and must be equal in all nodes of a round. */
  private final byte[] common;

  private Node(
      int shards,
      int level,
      int index,
      int slice,
      int slices,
      float[] floats,
      double[] doubles,
      byte[] common) {
    this.shards = shards;
    this.level = level;
    this.index = index;
    this.slice = slice;
    this.slices = slices;
    this.floats = floats;
    this.doubles = doubles;
    this.common = common;
  }

  /** One shard's result, over these arrays. */
  static Node of(int shards, int shard, float[] floats, double[] doubles, byte[] common) {
    return new Node(shards, 0, shard, 0, 1, floats, doubles, common);
  }

  // The place in the tree.

  /** {@return the number of shards of all the tree} */
  public int shards() {
    return shards;
  }

  /** {@return k: a node of level k is of up to 2<sup>k</sup> shards} */
  public int level() {
    return level;
  }

  /** {@return j, the place among the nodes of the level} */
  public int index() {
    return index;
  }

  /** {@return the first of the shards that this is the sum of} */
  public int firstShard() {
    return index << level;
  }

  /** {@return the one after the last of the shards that this is the sum of} */
  public int endShard() {
    return (int) Math.min(shards, (index + 1L) << level);
  }

  /** {@return whether this is the sum of all shards} */
  public boolean isRoot() {
    return index == 0 && 1L << level >= shards;
  }

  /** Whether nothing is to be added before it goes up. */
  boolean isAlone() {
    return index % 2 == 0 && (index + 1L) << level >= shards;
  }

  /** This node one level up. */
  Node up() {
    return new Node(shards, level + 1, index / 2, slice, slices, floats, doubles, common);
  }

  /**
   * The node above: the sum of this and the one to the right, both of which are used up.
   *
   * @throws IllegalArgumentException if they are not of one round
   */
  Node plus(Node right) {
    if (right.level != level
        || right.index != index + 1
        || index % 2 != 0
        || right.shards != shards
        || right.slice != slice
        || right.slices != slices) {
      throw new IllegalArgumentException(WHO + ": " + right + " is not added to " + this);
    }
    if (right.floats.length != floats.length || right.doubles.length != doubles.length) {
      throw new IllegalArgumentException(
          WHO + ": " + this + " and " + right + " are results of different networks or rounds");
    }
    if (!Arrays.equals(common, right.common)) {
      throw new IllegalArgumentException(
          WHO
              + ": what "
              + this
              + " and "
              + right
              + " say beside their numbers differs: "
              + LocalState.difference(common, right.common)
              + "; what an optimiser saves as text must be a function of its steps, as only its"
              + " tensors are averaged");
    }
    add(floats, right.floats);
    add(doubles, right.doubles);
    return up();
  }

  // The numbers.

  /** {@return how many numbers there are, all slices' own only} */
  public long size() {
    return (long) floats.length + doubles.length;
  }

  float[] floats() {
    return floats;
  }

  double[] doubles() {
    return doubles;
  }

  byte[] common() {
    return common;
  }

  // Slices.

  /** {@return which slice this is, from 0; 0 where there is one} */
  public int slice() {
    return slice;
  }

  /** {@return how many slices the node was split into; 1 if it was not} */
  public int slices() {
    return slices;
  }

  /**
   * {@return this node in slices of about the same size, in order; their numbers are copies}
   *
   * @param count how many, at least 1
   * @throws IllegalArgumentException if there are to be none
   * @throws IllegalStateException if this is a slice
   */
  public List<Node> split(int count) {
    if (count < 1) {
      throw new IllegalArgumentException(WHO + ": expects at least 1 slice, got " + count);
    }
    if (slices != 1) {
      throw new IllegalStateException(WHO + ": " + this + " is a slice already");
    }
    List<Node> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long from = size() * i / count;
      long to = size() * (i + 1) / count;
      int split = floats.length;
      all.add(
          new Node(
              shards,
              level,
              index,
              i,
              count,
              Arrays.copyOfRange(floats, (int) Math.min(from, split), (int) Math.min(to, split)),
              Arrays.copyOfRange(
                  doubles, (int) Math.max(0, from - split), (int) Math.max(0, to - split)),
              common));
    }
    return all;
  }

  /**
   * {@return the node of these slices}
   *
   * @param parts all slices of one node, in any order
   * @throws IllegalArgumentException if one is missing, or they are not of one node
   */
  public static Node join(List<Node> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException(WHO + ": no slices to join");
    }
    Node first = parts.getFirst();
    Node[] ordered = new Node[first.slices];
    int floats = 0;
    int doubles = 0;
    for (Node part : parts) {
      if (part.shards != first.shards
          || part.level != first.level
          || part.index != first.index
          || part.slices != first.slices
          || ordered[part.slice] != null
          || !Arrays.equals(part.common, first.common)) {
        throw new IllegalArgumentException(WHO + ": " + part + " does not go with " + first);
      }
      ordered[part.slice] = part;
      floats = Math.addExact(floats, part.floats.length);
      doubles = Math.addExact(doubles, part.doubles.length);
    }
    if (parts.size() != ordered.length) {
      throw new IllegalArgumentException(
          WHO + ": expects " + ordered.length + " slices of " + first + ", got " + parts.size());
    }
    float[] allFloats = new float[floats];
    double[] allDoubles = new double[doubles];
    int floatsAt = 0;
    int doublesAt = 0;
    for (Node part : ordered) {
      System.arraycopy(part.floats, 0, allFloats, floatsAt, part.floats.length);
      System.arraycopy(part.doubles, 0, allDoubles, doublesAt, part.doubles.length);
      floatsAt += part.floats.length;
      doublesAt += part.doubles.length;
    }
    return new Node(
        first.shards, first.level, first.index, 0, 1, allFloats, allDoubles, first.common);
  }

  // Bytes.

  /**
   * {@return this node as bytes, with a checksum, for {@link #fromBytes}}
   *
   * @throws IllegalStateException if they are more than a Java array has; split the node
   */
  public byte[] toBytes() {
    long numbers = (long) floats.length * Float.BYTES + (long) doubles.length * Double.BYTES;
    return new Block.Writer(WHO, KIND)
        .reserve(numbers + common.length + 9 * Integer.BYTES)
        .put(shards)
        .put(level)
        .put(index)
        .put(slice)
        .put(slices)
        .put(common)
        .put(floats)
        .put(doubles)
        .toBytes();
  }

  /**
   * {@return the node that {@link #toBytes} has written}
   *
   * @param bytes all of them
   * @throws IllegalArgumentException if they are damaged, or no node of this version
   */
  public static Node fromBytes(byte[] bytes) {
    Block.Reader in = new Block.Reader(WHO, KIND, bytes);
    int shards = in.integer(1, Integer.MAX_VALUE);
    int level = in.integer(0, Integer.SIZE - Integer.numberOfLeadingZeros(shards - 1));
    int index = in.integer(0, (int) ((shards - 1L) >> level));
    int slice = in.integer(0, Integer.MAX_VALUE - 1);
    int slices = in.integer(slice + 1, Integer.MAX_VALUE);
    byte[] common = in.bytes();
    float[] floats = in.floats();
    double[] doubles = in.doubles();
    in.end();
    return new Node(shards, level, index, slice, slices, floats, doubles, common);
  }

  /** For example {@code node (2, 1), shards 4 to 7 of 16}. */
  @Override
  public String toString() {
    int last = endShard() - 1;
    return "node ("
        + level
        + ", "
        + index
        + "), "
        + (firstShard() == last ? "shard " + last : "shards " + firstShard() + " to " + last)
        + " of "
        + shards
        + (slices == 1 ? "" : ", slice " + slice + " of " + slices);
  }

  private static void add(float[] a, float[] b) {
    if (a.length > 0) {
      Shape shape = Shape.of(a.length);
      FloatTensor.wrap(shape, a).add(FloatTensor.wrap(shape, b));
    }
  }

  private static void add(double[] a, double[] b) {
    if (a.length > 0) {
      Shape shape = Shape.of(a.length);
      DoubleTensor.wrap(shape, a).add(DoubleTensor.wrap(shape, b));
    }
  }
}
