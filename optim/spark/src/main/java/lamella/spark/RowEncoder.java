package lamella.spark;

import java.io.ByteArrayOutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a row its key and its bytes, one after the other, so that comparing the whole byte by
 * byte compares first the keys and then the content.
 *
 * <p>The key is the row's id, or the first 128 bits of SHA-256 of its content. For one thread;
 * tasks get their own.
 */
final class RowEncoder implements Serializable {
  private static final long serialVersionUID = 1;

  private static final String WHO = "FrameExamples: ";

  private final FeatureReader features;
  private final FeatureReader[] targets;
  private final @Nullable FeatureReader weight;
  private final @Nullable String idColumn;

  /** The id's place in a row; negative if there is none. */
  private final int idIndex;

  private final boolean textIds;
  private final boolean skipsInvalid;
  private final RowLayout layout;

  private transient float @Nullable [] floats;
  private transient double @Nullable [] doubles;
  private transient @Nullable RowHash hash;

  RowEncoder(
      FeatureReader features,
      FeatureReader[] targets,
      @Nullable FeatureReader weight,
      @Nullable String idColumn,
      int idIndex,
      boolean textIds,
      boolean skipsInvalid,
      RowLayout layout) {
    this.features = features;
    this.targets = targets;
    this.weight = weight;
    this.idColumn = idColumn;
    this.idIndex = idIndex;
    this.textIds = textIds;
    this.skipsInvalid = skipsInvalid;
    this.layout = layout;
  }

  RowLayout layout() {
    return layout;
  }

  boolean hasIds() {
    return idIndex >= 0;
  }

  /** The column of the ids, if there are some. */
  String idColumn() {
    return Objects.requireNonNull(idColumn);
  }

  /**
   * Key and content of a row.
   *
   * @return null if the row is not valid and such rows are left out
   * @throws IllegalArgumentException if it is not valid; names column and row
   */
  byte @Nullable [] encode(Row row) {
    byte[] content = new byte[layout.stride()];
    String problem = fill(row, RowLayout.buffer(content));
    if (problem != null) {
      if (skipsInvalid) {
        return null;
      }
      throw new IllegalArgumentException(WHO + problem + ", in " + features.describe(row));
    }
    byte[] key = hasIds() ? id(row) : contentHash(content);
    byte[] both = Arrays.copyOf(key, key.length + content.length);
    System.arraycopy(content, 0, both, key.length, content.length);
    return both;
  }

  /** Null, or what is wrong with the row. */
  private @Nullable String fill(Row row, ByteBuffer to) {
    float[] inputs = floats();
    String problem = features.tryRead(row, inputs, 0);
    if (problem != null) {
      return problem;
    }
    to.asFloatBuffer().put(inputs, 0, layout.width());
    double[] numbers = doubles();
    int at = 0;
    for (FeatureReader target : targets) {
      problem = target.tryRead(row, numbers, at);
      if (problem != null) {
        return problem;
      }
      at += target.size();
    }
    if (layout.hasLabels()) {
      int label = (int) numbers[0];
      if (label != numbers[0] || label < 0) {
        return targets[0].who()
            + ": expected the number of a class, an integer from 0 on, got "
            + numbers[0];
      }
      to.putInt(layout.targetOffset(), label);
    } else {
      for (int i = 0; i < at; i++) {
        to.putDouble(layout.targetOffset() + i * Double.BYTES, numbers[i]);
      }
    }
    if (weight != null) {
      problem = weight.tryRead(row, numbers, 0);
      if (problem != null) {
        return problem;
      }
      if (numbers[0] < 0) {
        return weight.who() + ": expected a weight that is not negative, got " + numbers[0];
      }
      to.putDouble(layout.weightOffset(), numbers[0]);
    }
    return null;
  }

  private float[] floats() {
    float[] own = floats;
    if (own == null) {
      own = new float[layout.width()];
      floats = own;
    }
    return own;
  }

  private double[] doubles() {
    double[] own = doubles;
    if (own == null) {
      own = new double[Math.max(1, layout.targets())];
      doubles = own;
    }
    return own;
  }

  // Keys.

  private byte[] contentHash(byte[] content) {
    RowHash own = hash;
    if (own == null) {
      own = new RowHash();
      hash = own;
    }
    return own.of(content, 0, content.length);
  }

  /**
   * The id in bytes that are in order as the ids are.
   *
   * @throws IllegalArgumentException if the row has none
   */
  byte[] id(Row row) {
    Object id = row.get(idIndex);
    if (id == null) {
      throw new IllegalArgumentException(
          WHO
              + "column \""
              + idColumn
              + "\": expected an id, got null, in "
              + features.describe(row));
    }
    return idBytes(id);
  }

  /** An integer or a text in bytes that are in order as these are. */
  static byte[] idBytes(Object id) {
    return switch (id) {
      case String text -> ofText(text);
      case Number number -> ofInteger(number.longValue());
      default -> throw new AssertionError("the column's type was looked at, got " + id.getClass());
    };
  }

  private static byte[] ofInteger(long id) {
    return ByteBuffer.allocate(Long.BYTES).putLong(id ^ Long.MIN_VALUE).array();
  }

  /** Ends in two zeros, and a zero within is followed by 1: no text's bytes begin another's. */
  private static byte[] ofText(String id) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte each : id.getBytes(StandardCharsets.UTF_8)) {
      bytes.write(each);
      if (each == 0) {
        bytes.write(1);
      }
    }
    bytes.write(0);
    bytes.write(0);
    return bytes.toByteArray();
  }

  /** Key and content, without the key. */
  byte[] content(byte[] both) {
    return Arrays.copyOfRange(both, both.length - layout.stride(), both.length);
  }

  /**
   * Refuses two rows of one id that follow each other.
   *
   * @throws IllegalArgumentException if there are ids, and these two have the same
   */
  void requireOther(byte[] both, byte[] next) {
    int length = next.length - layout.stride();
    if (hasIds() && Arrays.equals(both, 0, both.length - layout.stride(), next, 0, length)) {
      throw new IllegalArgumentException(
          WHO
              + "column \""
              + idColumn
              + "\": expected an id for each row, got "
              + text(next, length)
              + " twice; without an id column rows are put in order by their content");
    }
  }

  private String text(byte[] both, int length) {
    if (!textIds) {
      return Long.toString(ByteBuffer.wrap(both).getLong() ^ Long.MIN_VALUE);
    }
    return '"'
        + new String(both, 0, length - 2, StandardCharsets.UTF_8).replace("\0\1", "\0")
        + '"';
  }
}
