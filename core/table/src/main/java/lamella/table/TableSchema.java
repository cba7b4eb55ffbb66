package lamella.table;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import org.jspecify.annotations.Nullable;

/**
 * What a model takes and gives: its input columns with their kinds and categories, and its target.
 * It makes the float32 row of a table's row that the network's head layers take.
 *
 * <p>An encoded row has one number for each input, in their order. Of a number it is the number
 * less the input's offset, NaN where it is missing; what lies beyond the largest float32 is that.
 * Of a category it is its code, from 1 on, and 0 where it is missing or was not seen in training.
 * Everything further, scales and one-hot columns for example, is layers of the network.
 *
 * <p>Rows given by name must have a value for each input, null where it is missing. A name that is
 * no input is refused as a mistake, unless it is the target's or that of a column that training has
 * left out: rows of the training file can be given as they are. A table or a file may have any
 * further columns.
 */
public final class TableSchema {
  /** Under which a model file's metadata have the JSON. */
  static final String KEY = "table";

  /**
   * An input column.
   *
   * @param name by which it is found in a table, a map or a record
   * @param kind {@link ColumnKind#NUMBER} or {@link ColumnKind#CATEGORY}
   * @param categories those of a category column, in the order in which they first came in training
   *     rows: the first has code 1; empty for numbers
   * @param offset what is subtracted from a number, in float64, before it becomes a float32; 0
   *     unless a float32 would lose digits that matter, as of times in milliseconds
   */
  public record Input(String name, ColumnKind kind, List<String> categories, double offset) {
    /** Checks; the list is copied. */
    public Input {
      categories = List.copyOf(categories);
      String who = "TableSchema: input \"" + name + "\" ";
      if (kind != ColumnKind.NUMBER && kind != ColumnKind.CATEGORY) {
        throw new IllegalArgumentException(who + "must be a number or a category, got " + kind);
      }
      if (kind == ColumnKind.NUMBER && !categories.isEmpty()) {
        throw new IllegalArgumentException(who + "is a number and has categories");
      }
      if (kind == ColumnKind.CATEGORY && (categories.isEmpty() || offset != 0)) {
        throw new IllegalArgumentException(who + "needs categories, and no offset");
      }
      if (new LinkedHashSet<>(categories).size() < categories.size()) {
        throw new IllegalArgumentException(who + "has a category twice");
      }
      if (!Double.isFinite(offset)) {
        throw new IllegalArgumentException(who + "needs a finite offset, got " + offset);
      }
    }
  }

  /**
   * The column that is predicted.
   *
   * @param name in the training table
   * @param task what it is
   * @param classes in order, for classification: as numbers if all are plain numbers, else as
   *     texts; empty for numbers
   * @param logarithm whether the network predicts ln of the number
   */
  public record Target(String name, Task task, List<String> classes, boolean logarithm) {
    /** Checks; the list is copied. */
    public Target {
      classes = List.copyOf(classes);
      boolean hasClasses = task == Task.CLASSIFICATION;
      int different = new LinkedHashSet<>(classes).size();
      if (hasClasses ? different < Math.max(2, classes.size()) : different > 0) {
        throw new IllegalArgumentException(
            "TableSchema: target \""
                + name
                + "\" expects "
                + (hasClasses ? "two classes or more, each once" : "no classes")
                + ", got "
                + classes);
      }
      if (hasClasses && logarithm) {
        throw new IllegalArgumentException(
            "TableSchema: target \"" + name + "\" is a class, which has no logarithm");
      }
    }
  }

  private final List<Input> inputs;
  private final Target target;
  private final Map<String, String> leftOut;
  private final List<InputEncoder> encoders = new ArrayList<>();
  private final Map<String, Integer> positions = new HashMap<>();

  TableSchema(List<Input> inputs, Target target, Map<String, String> leftOut) {
    this.inputs = List.copyOf(inputs);
    this.target = target;
    this.leftOut = Collections.unmodifiableMap(new LinkedHashMap<>(leftOut));
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("TableSchema: needs at least one input");
    }
    for (Input input : inputs) {
      boolean isNew = positions.putIfAbsent(input.name(), encoders.size()) == null;
      if (!isNew || input.name().equals(target.name())) {
        throw new IllegalArgumentException(
            "TableSchema: input \"" + input.name() + "\" is there twice, or is the target");
      }
      encoders.add(new InputEncoder(input));
    }
  }

  /** {@return the input columns, in the order of an encoded row} */
  public List<Input> inputs() {
    return inputs;
  }

  /** {@return what is predicted} */
  public Target target() {
    return target;
  }

  /**
   * {@return a schema of the same inputs that says something else of what is predicted: more
   * classes than training rows have, for example}
   *
   * @param other of a name that no input has
   * @throws IllegalArgumentException if an input has its name
   */
  public TableSchema withTarget(Target other) {
    return new TableSchema(inputs, other, leftOut);
  }

  /**
   * {@return the columns of the training table that are no inputs, with the reason for each: a
   * column has one value only, for example, or names the row} Their names may appear in rows to be
   * predicted.
   */
  public Map<String, String> leftOut() {
    return leftOut;
  }

  // Tables.

  /**
   * {@return the encoded rows of a table, {@code [rows, inputs]}} Columns are found by name.
   *
   * @param table may have further columns
   * @throws IllegalArgumentException if it has no rows, or lacks an input, or has something else
   *     than a number where one is expected; names column and row, the first of which is 1
   */
  public FloatTensor encode(Table table) {
    int width = inputs.size();
    if (table.rows() == 0) {
      throw new IllegalArgumentException("TableSchema: expects a table with rows, got one of none");
    }
    if ((long) table.rows() * width > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "TableSchema: "
              + table.rows()
              + " rows of "
              + width
              + " inputs are more numbers than an array holds; encode fewer rows at once");
    }
    requireInputs("the table", new LinkedHashSet<>(table.names()));
    float[] numbers = new float[table.rows() * width];
    for (int j = 0; j < width; j++) {
      encode(table.column(inputs.get(j).name()), encoders.get(j), numbers, j);
    }
    return FloatTensor.wrap(Shape.of(table.rows(), width), numbers);
  }

  /** Every number of a column; the number of values that are categories not seen in training. */
  private int encode(Column column, InputEncoder encoder, float[] to, int from) {
    int width = inputs.size();
    boolean isNumeric = column.isNumeric();
    int unseen = 0;
    for (int row = 0; row < column.size(); row++) {
      float number;
      if (column.isMissing(row)) {
        number = encoder.missing();
      } else {
        try {
          number =
              isNumeric ? encoder.ofNumber(column.number(row)) : encoder.ofText(column.text(row));
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException("row " + (row + 1) + ": " + e.getMessage(), e);
        }
        unseen += encoder.isCategory() && number == InputEncoder.NO_CATEGORY ? 1 : 0;
      }
      to[row * width + from] = number;
    }
    return unseen;
  }

  /**
   * {@return how many values of each category column a table has that training has not seen, by
   * column; only columns that have some} A model takes such a value for a missing one.
   *
   * @param table as {@link #encode(Table)} takes it
   */
  public Map<String, Integer> unseen(Table table) {
    requireInputs("the table", new LinkedHashSet<>(table.names()));
    float[] numbers = new float[table.rows() * inputs.size()];
    Map<String, Integer> unseen = new LinkedHashMap<>();
    for (int j = 0; j < inputs.size(); j++) {
      if (encoders.get(j).isCategory()) {
        String name = inputs.get(j).name();
        int count = encode(table.column(name), encoders.get(j), numbers, j);
        if (count > 0) {
          unseen.put(name, count);
        }
      }
    }
    return unseen;
  }

  // Rows by name.

  /**
   * Encodes one row.
   *
   * @param row values by column name: a {@link Number}, a text, an enum's constant, a boolean for a
   *     category, or null where missing
   * @param to where the numbers are put
   * @param offset the first number's place
   * @throws IllegalArgumentException if an input is not there or something is there that is no
   *     column, or a value is of another type than its column; names the column
   * @throws IndexOutOfBoundsException if the array ends before the last number
   */
  public void encode(Map<String, ?> row, float[] to, int offset) {
    for (int j = 0; j < encoders.size(); j++) {
      String name = inputs.get(j).name();
      Object value = row.get(name);
      if (value == null && !row.containsKey(name)) {
        requireInputs("the row", row.keySet());
      }
      to[offset + j] = encoders.get(j).of(value);
    }
    if (row.size() > encoders.size()) {
      requireKnown(row.keySet());
    }
  }

  /**
   * Encodes one row of which nobody needs the names: its values stand in the inputs' order.
   *
   * @param values one for each input, as {@link #encode(Map, float[], int)} takes them
   * @param to where the numbers are put
   * @param offset the first number's place
   * @throws IllegalArgumentException if there are not as many values as inputs, or one is of
   *     another type than its column; names the column
   * @throws IndexOutOfBoundsException if the array ends before the last number
   */
  public void encode(@Nullable Object[] values, float[] to, int offset) {
    if (values.length != encoders.size()) {
      throw new IllegalArgumentException(
          "TableSchema: expects a value for each of "
              + encoders.size()
              + " inputs, got "
              + values.length);
    }
    for (int j = 0; j < encoders.size(); j++) {
      to[offset + j] = encoders.get(j).of(values[j]);
    }
  }

  /** Refuses names among which an input is missing. */
  void requireInputs(String who, Set<String> names) {
    for (Input input : inputs) {
      if (!names.contains(input.name())) {
        Set<String> others = new LinkedHashSet<>(names);
        others.removeAll(positions.keySet());
        String hint = Names.hint(input.name(), others);
        if (hint.isEmpty() && who.equals("the row")) {
          hint = "; give null if its value is missing";
        }
        throw new IllegalArgumentException(who + " has no column \"" + input.name() + '"' + hint);
      }
    }
  }

  /** Refuses names that are no column of the training table. */
  void requireKnown(Set<String> names) {
    for (String name : names) {
      if (!positions.containsKey(name)
          && !name.equals(target.name())
          && !leftOut.containsKey(name)) {
        throw new IllegalArgumentException(
            "the row has a column \""
                + name
                + "\", which the model does not know"
                + Names.hint(name, positions.keySet()));
      }
    }
  }

  // Files.

  /**
   * {@return what encodes the rows of a file with these columns} Checks once that all inputs are
   * there.
   *
   * @param rows may have further columns
   * @throws IllegalArgumentException if an input is not there; names it
   */
  public RowEncoder encoder(TableRows rows) {
    List<String> names = rows.names();
    requireInputs("the file", new LinkedHashSet<>(names));
    int[] places = new int[inputs.size()];
    for (int j = 0; j < places.length; j++) {
      places[j] = names.indexOf(inputs.get(j).name());
    }
    return new RowEncoder(this, rows, places);
  }

  /** Encodes the row at which a {@link TableRows} is. For one thread. */
  public static final class RowEncoder {
    private final TableSchema schema;
    private final TableRows rows;

    /** Of each input, the file's column. */
    private final int[] places;

    /** Of each input. */
    private final int[] unseen;

    private RowEncoder(TableSchema schema, TableRows rows, int[] places) {
      this.schema = schema;
      this.rows = rows;
      this.places = places;
      this.unseen = new int[places.length];
    }

    /**
     * Puts the row's numbers from an offset on.
     *
     * @param to where
     * @param offset the first number's place
     * @throws IOException if the file cannot be read, or has something else than a number where one
     *     is expected; names row, line and column
     */
    public void encode(float[] to, int offset) throws IOException {
      for (int j = 0; j < places.length; j++) {
        InputEncoder encoder = schema.encoders.get(j);
        if (encoder.isCategory()) {
          String text = rows.field(places[j]);
          float code = encoder.ofText(text);
          unseen[j] += text != null && code == InputEncoder.NO_CATEGORY ? 1 : 0;
          to[offset + j] = code;
        } else {
          to[offset + j] = encoder.ofNumber(rows.number(places[j]));
        }
      }
    }

    /**
     * {@return how many values of each category column were encoded so far that training has not
     * seen, by column; only columns that had some}
     */
    public Map<String, Integer> unseen() {
      Map<String, Integer> counts = new LinkedHashMap<>();
      for (int j = 0; j < unseen.length; j++) {
        if (unseen[j] > 0) {
          counts.put(schema.inputs.get(j).name(), unseen[j]);
        }
      }
      return counts;
    }
  }

  // JSON.

  /**
   * {@return whether a model file with these metadata is that of a table's model}
   *
   * @param metadata a file's
   */
  public static boolean isIn(Map<String, String> metadata) {
    return metadata.containsKey(KEY);
  }

  /** {@return it as JSON, as it is kept in model files} */
  public String toJson() {
    return SchemaText.write(this);
  }

  /**
   * {@return the schema that a JSON text says}
   *
   * @param json as {@link #toJson} gives it
   * @throws IllegalArgumentException if it is none; says what was expected, and where
   */
  public static TableSchema parse(String json) {
    return SchemaText.read(json);
  }

  /** Equal if inputs, target, and what was left out are. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TableSchema schema
        && schema.inputs.equals(inputs)
        && schema.target.equals(target)
        && schema.leftOut.equals(leftOut);
  }

  @Override
  public int hashCode() {
    return 31 * inputs.hashCode() + target.hashCode();
  }

  /** For example {@code TableSchema(4 numbers, 2 categories -> species of 3 classes)}. */
  @Override
  public String toString() {
    int numbers = 0;
    for (Input input : inputs) {
      numbers += input.kind() == ColumnKind.NUMBER ? 1 : 0;
    }
    return "TableSchema("
        + Names.count(numbers, "number", "numbers")
        + ", "
        + Names.count(inputs.size() - numbers, "category", "categories")
        + " -> "
        + (target.logarithm() ? "ln " : "")
        + target.name()
        + (target.classes().isEmpty() ? ")" : " of " + target.classes().size() + " classes)");
  }
}
