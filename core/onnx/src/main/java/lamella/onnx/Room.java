package lamella.onnx;

import java.util.function.Supplier;

/**
 * The memory that a run of a graph may have. A file of a few bytes can ask for any amount; what is
 * asked for beyond the limit is refused before it is allocated.
 */
final class Room {
  private static final ScopedValue<Room> CURRENT = ScopedValue.newInstance();

  /** A reference to a text, and the least that a text needs. */
  private static final int TEXT_BYTES = 24;

  private static final int MEGABYTE_BITS = 20;

  private final long limit;
  private long taken;

  Room(long limit) {
    this.limit = limit;
  }

  /** The limit of whoever names no other: half of what this Java machine may have. */
  static long usual() {
    return Runtime.getRuntime().maxMemory() / 2;
  }

  /** Does something for which this room is there. */
  <T> T with(Supplier<T> action) {
    return ScopedValue.where(CURRENT, this).call(action::get);
  }

  /**
   * Throws unless there is room for an output of so many elements.
   *
   * @param node that gives it
   * @param elements how many; of each type, so that it may need more than is asked for here
   */
  static void require(Node node, long elements) {
    if (CURRENT.isBound()) {
      Room room = CURRENT.get();
      if (elements > (room.limit - room.taken) / Float.BYTES) {
        throw room.none(node, elements + " elements");
      }
    }
  }

  /** Takes it for an array. */
  void take(Node node, OnnxArray array) {
    long bytes = bytes(array);
    if (bytes > limit - taken) {
      throw none(node, array.toString());
    }
    taken += bytes;
  }

  /** Gives back what an array has taken. */
  void free(OnnxArray array) {
    taken -= bytes(array);
  }

  private IllegalArgumentException none(Node node, String what) {
    return node.wrong(
        "an output of "
            + what
            + " does not fit in the memory that a run may have, "
            + (limit >> MEGABYTE_BITS)
            + " MB, of which "
            + (taken >> MEGABYTE_BITS)
            + " MB are in use; more may be given by OnnxModel.withMemoryLimit");
  }

  static long bytes(OnnxArray array) {
    long size = array.size();
    return switch (array.type().storage()) {
      case FLOATS -> size * Float.BYTES;
      case DOUBLES, LONGS -> size * Long.BYTES;
      case STRINGS -> size * TEXT_BYTES;
    };
  }
}
