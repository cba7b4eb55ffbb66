package lamella.spark;

import java.io.Serializable;
import java.util.List;
import lamella.optim.Node;
import lamella.optim.NonFiniteException;
import org.jspecify.annotations.Nullable;

/**
 * What a task gives back: a node of the round's tree, or a mistake that is not worth a second try.
 *
 * <p>A mistake is a result like others, for a task that throws is tried four times, and what
 * arrives at the driver is a text of sixty lines. Of plain fields, for any of Spark's serialisers.
 */
final class RoundPart implements Serializable {
  private static final long serialVersionUID = 1;

  private static final int NODE = 0;
  private static final int CHANGED = 1;
  private static final int INDEX = 2;
  private static final int ARGUMENT = 3;

  private final int kind;

  /** Empty for a mistake. */
  private final byte[] node;

  /** Whose mistake it is. */
  private final int shard;

  private final @Nullable String message;

  private RoundPart(int kind, byte[] node, int shard, @Nullable String message) {
    this.kind = kind;
    this.node = node;
    this.shard = shard;
    this.message = message;
  }

  static RoundPart of(Node node) {
    return new RoundPart(NODE, node.toBytes(), node.firstShard(), null);
  }

  /** A mistake, as {@link TaskErrors#isMistake} knows them, but for numbers that are not finite. */
  static RoundPart of(int shard, RuntimeException mistake) {
    int kind =
        switch (mistake) {
          case InputChangedException _ -> CHANGED;
          case IndexOutOfBoundsException _ -> INDEX;
          default -> ARGUMENT;
        };
    return new RoundPart(kind, new byte[0], shard, mistake.getMessage());
  }

  /** Whether the message of an error says it all, so that it can be a result. */
  static boolean tells(RuntimeException mistake) {
    return TaskErrors.isMistake(mistake) && !(mistake instanceof NonFiniteException);
  }

  boolean isMistake() {
    return kind != NODE;
  }

  /** The bytes of a node. */
  byte[] node() {
    return node;
  }

  /** The mistake of the first shard that has one. */
  static @Nullable RuntimeException firstMistake(List<RoundPart> parts) {
    RoundPart first = null;
    for (RoundPart part : parts) {
      if (part.isMistake() && (first == null || part.shard < first.shard)) {
        first = part;
      }
    }
    return first == null ? null : first.mistake();
  }

  private RuntimeException mistake() {
    String text = String.valueOf(message);
    return switch (kind) {
      case CHANGED -> InputChangedException.again(shard, text);
      case INDEX -> new IndexOutOfBoundsException(text);
      default -> new IllegalArgumentException(text);
    };
  }

  /** For example {@code 2048 bytes of shards from 4 on}. */
  @Override
  public String toString() {
    return isMistake()
        ? "shard " + shard + ": " + message
        : node.length + " bytes of shards from " + shard + " on";
  }
}
