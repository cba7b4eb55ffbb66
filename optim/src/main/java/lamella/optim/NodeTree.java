package lamella.optim;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the {@linkplain Node nodes} of a round: two whenever both of a pair are there, whatever
 * the order in which they come. A task that computes several shards gives its tree the node of each
 * and returns {@link #nodes}; whoever has all of these, in a tree of his own, has the {@link
 * #root}.
 *
 * <p>A tree takes the nodes over that it is given, and writes to their numbers. Nodes in slices
 * have a tree for each slice. Safe to share between threads: each adds what its own node completes.
 */
public final class NodeTree {
  private final int shards;

  /** Those that wait for their neighbours, by their first shards. */
  private final TreeMap<Integer, Node> waiting = new TreeMap<>();

  /** The shards that have come. */
  private final BitSet seen = new BitSet();

  /** What nodes leave that have been added to others; null where nobody needs it. */
  private final @Nullable SpareArrays spare;

  /**
   * A tree without nodes.
   *
   * @param shards of how many shards the root is, at least 1
   * @throws IllegalArgumentException if there are none
   */
  public NodeTree(int shards) {
    this(shards, null);
  }

  NodeTree(int shards, @Nullable SpareArrays spare) {
    this.spare = spare;
    if (shards < 1) {
      throw new IllegalArgumentException("NodeTree: expects at least 1 shard, got " + shards);
    }
    this.shards = shards;
  }

  /**
   * Adds a node, and whatever it completes.
   *
   * @param node not to be used afterwards
   * @throws IllegalArgumentException if it is of a tree over another number of shards, one of its
   *     shards has come already, or it does not go with the others
   */
  public void add(Node node) {
    see(node);
    Node sum = node;
    while (!sum.isRoot()) {
      if (sum.isAlone()) {
        sum = sum.up();
        continue;
      }
      Node neighbour = neighbourOrWait(sum);
      if (neighbour == null) {
        return;
      }
      Node left = sum.index() % 2 == 0 ? sum : neighbour;
      Node right = left.equals(sum) ? neighbour : sum;
      sum = left.plus(right);
      if (spare != null) {
        spare.give(right);
      }
    }
    synchronized (waiting) {
      waiting.put(0, sum);
    }
  }

  private void see(Node node) {
    if (node.shards() != shards) {
      throw new IllegalArgumentException(
          "NodeTree: is over " + shards + " shards, and got " + node);
    }
    synchronized (waiting) {
      int next = seen.nextSetBit(node.firstShard());
      if (next >= 0 && next < node.endShard()) {
        throw new IllegalArgumentException(
            "NodeTree: got " + node + ", and shard " + next + " was there already");
      }
      seen.set(node.firstShard(), node.endShard());
    }
  }

  /** The other of the pair, which waits no longer; null if this one has to wait for it. */
  private @Nullable Node neighbourOrWait(Node node) {
    int first = (node.index() ^ 1) << node.level();
    synchronized (waiting) {
      Node neighbour = waiting.get(first);
      if (neighbour != null && neighbour.level() == node.level()) {
        waiting.remove(first);
        return neighbour;
      }
      waiting.put(node.firstShard(), node);
      return null;
    }
  }

  /** {@return the sums that there are, each of as many shards as can be added, in their order} */
  public List<Node> nodes() {
    synchronized (waiting) {
      return new ArrayList<>(waiting.values());
    }
  }

  /**
   * {@return the sum of all shards}
   *
   * @throws IllegalStateException if shards are missing; names them
   */
  public Node root() {
    synchronized (waiting) {
      Node first = waiting.get(0);
      if (first != null && first.isRoot()) {
        return first;
      }
      BitSet missing = new BitSet();
      missing.set(0, shards);
      missing.andNot(seen);
      throw new IllegalStateException(
          "NodeTree: of " + shards + " shards there are missing " + missing);
    }
  }

  /** For example {@code NodeTree([node (2, 0), shards 0 to 3 of 6])}. */
  @Override
  public String toString() {
    return "NodeTree(" + nodes() + ")";
  }
}
