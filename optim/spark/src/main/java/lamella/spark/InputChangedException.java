package lamella.spark;

/**
 * The rows of a shard were computed again, after their memory was lost, and came out different.
 *
 * <p>What is trained would no longer be a function of the data. Likely causes are {@code rand()} or
 * the time in a column, {@code limit} or {@code sample} of rows in no fixed order, or files that
 * have changed meanwhile. Write the frame down before it is trained on and read what was written,
 * or checkpoint it ({@code frame.checkpoint()}).
 */
public final class InputChangedException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  private static final String REMEDY =
      "; likely causes are rand() or the time in a column, limit() or sample() of rows in no fixed"
          + " order, or files that have changed; write the frame down first and train on what was"
          + " written, or use frame.checkpoint()";

  /** Negative where it is not known. */
  private final int shard;

  private InputChangedException(String message, int shard) {
    super(message);
    this.shard = shard;
  }

  /**
   * {@return an error that says how a shard differs}
   *
   * @param shard its number
   * @param shards how many there are
   * @param how expected and got
   */
  static InputChangedException of(int shard, int shards, String how) {
    return new InputChangedException(
        "ShardedFrame: the rows of shard "
            + shard
            + " of "
            + shards
            + " are not those of before: "
            + how
            + REMEDY,
        shard);
  }

  /** The same, where the message has arrived from a task. */
  static InputChangedException again(int shard, String message) {
    return new InputChangedException(message, shard);
  }

  /**
   * {@return an error of a frame that gave other rows already when it was read a second time}
   *
   * @param how expected and got
   */
  static InputChangedException ofFrame(String how) {
    return new InputChangedException(
        "ShardedFrame: the frame gave other rows when it was read again, so that no shard can be"
            + " relied on: "
            + how
            + REMEDY,
        -1);
  }

  /** {@return the number of the shard; negative if it is not known which one has changed} */
  public int shard() {
    return shard;
  }
}
