package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import lamella.core.DType;
import lamella.core.SavedState;
import lamella.core.Shape;
import lamella.core.Tensor;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** Results of shards add up to the same bits, whoever adds which of them first. */
class NodeTreeTest {
  private static final byte[] NOTHING = {};

  /** Results of every size, so that each order of additions rounds otherwise. */
  private static float[][] floats(int shards, int length, long seed) {
    Random random = new Random(seed);
    float[][] all = new float[shards][length];
    for (float[] ofShard : all) {
      for (int i = 0; i < length; i++) {
        ofShard[i] = (float) Math.scalb(random.nextGaussian(), random.nextInt(20));
      }
    }
    return all;
  }

  private static double[][] doubles(int shards, int length, long seed) {
    Random random = new Random(~seed);
    double[][] all = new double[shards][length];
    for (double[] ofShard : all) {
      for (int i = 0; i < length; i++) {
        ofShard[i] = Math.scalb(random.nextGaussian(), random.nextInt(40));
      }
    }
    return all;
  }

  /** The definition: node (k, j) = node (k - 1, 2 j) + node (k - 1, 2 j + 1). */
  private static float sum(float[][] all, int element, int level, int index) {
    if (level == 0) {
      return all[index][element];
    }
    float left = sum(all, element, level - 1, 2 * index);
    int right = 2 * index + 1;
    return right << (level - 1) < all.length ? left + sum(all, element, level - 1, right) : left;
  }

  private static double sum(double[][] all, int element, int level, int index) {
    if (level == 0) {
      return all[index][element];
    }
    double left = sum(all, element, level - 1, 2 * index);
    int right = 2 * index + 1;
    return right << (level - 1) < all.length ? left + sum(all, element, level - 1, right) : left;
  }

  private static int levels(int shards) {
    int levels = 0;
    while (1 << levels < shards) {
      levels++;
    }
    return levels;
  }

  private static List<Integer> shuffled(int shards, Random random) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, shards).boxed().toList());
    Collections.shuffle(order, random);
    return order;
  }

  private static Node sent(Node node) {
    return Node.fromBytes(node.toBytes());
  }

  private static void requireRoot(Node root, float[][] floats, double[][] doubles) {
    int level = levels(floats.length);
    assertTrue(root.isRoot());
    assertEquals(0, root.firstShard());
    assertEquals(floats.length, root.endShard());
    float[] expected = new float[floats[0].length];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = sum(floats, i, level, 0);
    }
    double[] expectedDoubles = new double[doubles[0].length];
    for (int i = 0; i < expectedDoubles.length; i++) {
      expectedDoubles[i] = sum(doubles, i, level, 0);
    }
    assertArrayEquals(expected, root.floats());
    assertArrayEquals(expectedDoubles, root.doubles());
  }

  /** Tasks have any shards each, and come in any order; nodes travel as bytes, whole or sliced. */
  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void anyGroupingAndAnyOrderGiveTheSameBits(
      @ForAll @IntRange(min = 1, max = 40) int shards,
      @ForAll @IntRange(min = 1, max = 12) int tasks,
      @ForAll @IntRange(max = 9) int slices,
      @ForAll @LongRange(max = 100_000) long seed) {
    Random random = new Random(seed);
    float[][] floats = floats(shards, random.nextInt(7), seed);
    double[][] doubles = doubles(shards, 1 + random.nextInt(5), seed);
    List<NodeTree> ofTasks = new ArrayList<>();
    for (int task = 0; task < tasks; task++) {
      ofTasks.add(new NodeTree(shards));
    }
    for (int shard : shuffled(shards, random)) {
      ofTasks
          .get(random.nextInt(tasks))
          .add(Node.of(shards, shard, floats[shard].clone(), doubles[shard].clone(), NOTHING));
    }
    List<Node> returned = new ArrayList<>();
    ofTasks.forEach(tree -> tree.nodes().forEach(node -> returned.add(sent(node))));
    Collections.shuffle(returned, random);
    if (slices == 0) {
      NodeTree all = new NodeTree(shards);
      returned.forEach(all::add);
      requireRoot(sent(all.root()), floats, doubles);
      return;
    }
    List<NodeTree> ofSlices = new ArrayList<>();
    for (int slice = 0; slice < slices; slice++) {
      ofSlices.add(new NodeTree(shards));
    }
    for (Node node : returned) {
      node.split(slices).forEach(slice -> ofSlices.get(slice.slice()).add(sent(slice)));
    }
    List<Node> roots = new ArrayList<>();
    ofSlices.forEach(tree -> roots.add(tree.root()));
    Collections.shuffle(roots, random);
    requireRoot(Node.join(roots), floats, doubles);
  }

  private static Node leaf(int shards, int shard) {
    return Node.of(shards, shard, new float[] {shard}, new double[] {1}, NOTHING);
  }

  @Test
  void aTaskReturnsTheLargestNodesThatItHas() {
    NodeTree tree = new NodeTree(11);
    for (int shard : new int[] {10, 6, 4, 5, 2, 1, 9, 8}) {
      tree.add(leaf(11, shard));
    }
    assertEquals(
        "NodeTree([node (0, 1), shard 1 of 11, node (0, 2), shard 2 of 11, node (1, 2), shards 4 to"
            + " 5 of 11, node (0, 6), shard 6 of 11, node (3, 1), shards 8 to 10 of 11])",
        tree.toString());
  }

  /** Threads add to one tree at once. */
  @Property(tries = 20, edgeCases = EdgeCasesMode.NONE)
  void threadsMayAddToOneTree(@ForAll @LongRange(max = 1000) long seed) {
    int shards = 33;
    float[][] floats = floats(shards, 3, seed);
    double[][] doubles = doubles(shards, 2, seed);
    NodeTree tree = new NodeTree(shards);
    shuffled(shards, new Random(seed)).parallelStream()
        .forEach(shard ->
            tree.add(
                Node.of(shards, shard, floats[shard].clone(), doubles[shard].clone(), NOTHING)));
    requireRoot(tree.root(), floats, doubles);
  }

  private static String refused(Runnable what) {
    return assertThrows(IllegalArgumentException.class, what::run).getMessage();
  }

  @Test
  void whatIsMissingOrTooManyIsNamed() {
    NodeTree tree = new NodeTree(6);
    tree.add(leaf(6, 0));
    tree.add(leaf(6, 1));
    tree.add(leaf(6, 4));
    assertEquals(
        "NodeTree: of 6 shards there are missing {2, 3, 5}",
        assertThrows(IllegalStateException.class, tree::root).getMessage());
    assertEquals(
        "NodeTree: got node (0, 1), shard 1 of 6, and shard 1 was there already",
        refused(() -> tree.add(leaf(6, 1))));
    NodeTree pair = new NodeTree(6);
    pair.add(leaf(6, 4));
    pair.add(leaf(6, 5));
    assertEquals(
        "NodeTree: got node (2, 1), shards 4 to 5 of 6, and shard 4 was there already",
        refused(() -> tree.add(pair.nodes().getFirst())));
    assertEquals(
        "NodeTree: is over 6 shards, and got node (0, 3), shard 3 of 8",
        refused(() -> tree.add(leaf(8, 3))));
    assertEquals("NodeTree: expects at least 1 shard, got 0", refused(() -> new NodeTree(0)));
  }

  @Test
  void resultsOfDifferentKindsAreNotAdded() {
    NodeTree tree = new NodeTree(2);
    tree.add(leaf(2, 0));
    assertEquals(
        "Node: node (0, 0), shard 0 of 2 and node (0, 1), shard 1 of 2 are results of different"
            + " networks or rounds",
        refused(() -> tree.add(Node.of(2, 1, new float[2], new double[1], NOTHING))));
  }

  private static Node withState(int shard, double rate, String text, String tensor) {
    SavedState state = SavedState.of(List.of());
    state.put("kind", text);
    state.put(tensor, Tensor.zeros(DType.FLOAT32, Shape.of(1)));
    return Node.of(
        2, shard, new float[1], new double[1], LocalState.of(new double[] {rate}, state).toBytes());
  }

  private static String whyNotAdded(Node right) {
    NodeTree tree = new NodeTree(2);
    tree.add(withState(0, 0.5, "a", "m"));
    String message = refused(() -> tree.add(right));
    String begin =
        "Node: what node (0, 0), shard 0 of 2 and node (0, 1), shard 1 of 2 say beside their"
            + " numbers differs: ";
    assertTrue(message.startsWith(begin), message);
    return message.substring(begin.length(), message.indexOf("; what an optimiser"));
  }

  @Test
  void whatShardsSayBesideTheirNumbersMustBeEqual() {
    NodeTree tree = new NodeTree(2);
    tree.add(withState(0, 0.5, "a", "m"));
    tree.add(withState(1, 0.5, "a", "m"));
    LocalState state = LocalState.fromBytes(tree.root().common());
    assertEquals(0.5, state.rate(0));
    assertEquals(Map.of("kind", "a"), state.texts());
    assertEquals("kind is 'a' and 'b'", whyNotAdded(withState(1, 0.5, "b", "m")));
    assertEquals("learning rates are [0.5] and [0.25]", whyNotAdded(withState(1, 0.25, "a", "m")));
    assertTrue(whyNotAdded(withState(1, 0.5, "a", "v")).startsWith("tensors are "));
    assertEquals(
        "one is of a step of all shards, the other one of local steps",
        whyNotAdded(Node.of(2, 1, new float[1], new double[1], NOTHING)));
  }

  @Test
  void damagedBytesAreRefused() {
    byte[] bytes = withState(1, 0.5, "a", "m").toBytes();
    for (int at = 0; at < bytes.length; at++) {
      for (int bit : new int[] {1, 0x80}) {
        byte[] damaged = bytes.clone();
        damaged[at] ^= (byte) bit;
        assertTrue(
            refused(() -> Node.fromBytes(damaged))
                .endsWith("bytes does not match; damaged on the way?"));
      }
      byte[] cut = Arrays.copyOf(bytes, at);
      assertTrue(refused(() -> Node.fromBytes(cut)).startsWith("Node: "));
    }
    assertEquals(
        "Node: expects at least 8 bytes, got 3; cut off?",
        refused(() -> Node.fromBytes(new byte[3])));
  }

  @Test
  void slicesThatDoNotBelongTogetherAreNotJoined() {
    List<Node> slices = leaf(4, 1).split(2);
    assertEquals("node (0, 1), shard 1 of 4, slice 1 of 2", slices.get(1).toString());
    assertFalse(slices.get(0).isRoot());
    assertEquals(2, leaf(4, 1).size());
    assertEquals(1, slices.get(0).size());
    assertEquals(
        "Node: expects 2 slices of node (0, 1), shard 1 of 4, slice 0 of 2, got 1",
        refused(() -> Node.join(slices.subList(0, 1))));
    assertEquals(
        "Node: node (0, 1), shard 1 of 4, slice 0 of 2 does not go with node (0, 1), shard 1 of 4,"
            + " slice 0 of 2",
        refused(() -> Node.join(List.of(slices.get(0), slices.get(0)))));
    assertEquals("Node: no slices to join", refused(() -> Node.join(List.of())));
    assertEquals("Node: expects at least 1 slice, got 0", refused(() -> leaf(4, 1).split(0)));
    assertEquals(
        "Node: node (0, 1), shard 1 of 4, slice 0 of 2 is a slice already",
        assertThrows(IllegalStateException.class, () -> slices.get(0).split(2)).getMessage());
    NodeTree tree = new NodeTree(4);
    tree.add(leaf(4, 0));
    assertEquals(
        "Node: node (0, 1), shard 1 of 4, slice 0 of 2 is not added to node (0, 0), shard 0 of 4",
        refused(() -> tree.add(slices.get(0))));
  }
}
