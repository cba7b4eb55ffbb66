package lamella.examples.serve;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.table.ColumnKind;
import lamella.table.TableSchema;

/** The rows of a request to a table model, as they are encoded one after the other. */
final class EncodedRows {
  private final List<TableSchema.Input> inputs;
  private final int most;
  private final boolean isList;
  private final Map<Integer, List<String>> unseen = new LinkedHashMap<>();
  private float[] numbers;
  private int rows;

  /**
   * No rows yet.
   *
   * @param inputs the columns that are encoded
   * @param most how many rows there may be
   * @param expected how many there are, probably
   * @param isList whether they are answered by a list, even if there is only one
   */
  EncodedRows(List<TableSchema.Input> inputs, int most, int expected, boolean isList) {
    this.inputs = inputs;
    this.most = most;
    this.isList = isList;
    this.numbers = new float[Math.max(1, Math.min(most, expected)) * inputs.size()];
  }

  /** Encodes a row. */
  interface Encoder {
    /** Puts the row's numbers from an offset on. */
    void encode(float[] to, int offset);
  }

  /** Whether a column of a row has a value. */
  interface Presence {
    /** By the column's place among the inputs. */
    boolean isThere(int input);
  }

  /**
   * Adds a row.
   *
   * @throws Refusal if there are too many
   */
  void add(Encoder encoder, Presence presence) {
    Refusal.requireAtMost(most, rows + 1);
    int width = inputs.size();
    if (numbers.length < (rows + 1) * width) {
      numbers = Arrays.copyOf(numbers, (int) Math.min((long) most * width, 2L * numbers.length));
    }
    encoder.encode(numbers, rows * width);
    for (int i = 0; i < width; i++) {
      // Code 0 is for what is missing or was not there in training.
      if (numbers[rows * width + i] == 0
          && inputs.get(i).kind() == ColumnKind.CATEGORY
          && presence.isThere(i)) {
        unseen.computeIfAbsent(rows, row -> new ArrayList<>()).add(inputs.get(i).name());
      }
    }
    rows++;
  }

  /** How many there are. */
  int rows() {
    return rows;
  }

  /** The numbers of some rows, one row after the other. */
  float[] numbers(int first, int end) {
    return Arrays.copyOfRange(numbers, first * inputs.size(), end * inputs.size());
  }

  /** Whether they are answered by a list. */
  boolean isList() {
    return isList;
  }

  /** The columns of a row whose value is a category that training has not seen. */
  List<String> unseen(int row) {
    return unseen.getOrDefault(row, List.of());
  }
}
