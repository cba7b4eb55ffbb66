package lamella.examples.serve;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import lamella.table.TableRows;
import lamella.table.TableSchema;

/** How a request's body holds rows of a table. */
enum TableFormat {
  /** Objects of values by column names, as {@link JsonRows} has them. */
  JSON {
    @Override
    EncodedRows read(byte[] body, ServedTable table, int most) {
      TableSchema schema = table.schema();
      return JsonRows.read(body, schema, most, mostRows(body.length, schema));
    }

    @Override
    int leastBytes(TableSchema schema) {
      int bytes = 0;
      for (TableSchema.Input input : schema.inputs()) {
        // Two quotation marks, a colon, a value of one character, and a comma.
        bytes += input.name().getBytes(StandardCharsets.UTF_8).length + 5;
      }
      return bytes;
    }
  },

  /** Lines of CSV, the first of them with the columns' names. */
  CSV {
    @Override
    EncodedRows read(byte[] body, ServedTable table, int most) {
      if (body.length > 1 && body[0] == 0x1f && (body[1] & 0xff) == 0x8b) {
        throw new IllegalArgumentException("expected CSV, got bytes that gzip has packed");
      }
      TableSchema schema = table.schema();
      List<TableSchema.Input> inputs = schema.inputs();
      EncodedRows encoded = new EncodedRows(inputs, most, mostRows(body.length, schema), true);
      try (TableRows rows = table.reader().open("the body", new ByteArrayInputStream(body))) {
        TableSchema.RowEncoder encoder = schema.encoder(rows);
        int[] places = inputs.stream().mapToInt(input -> rows.column(input.name())).toArray();
        while (rows.next()) {
          encoded.add(
              (to, offset) -> encode(encoder, to, offset),
              input -> rows.field(places[input]) != null);
        }
      } catch (IOException e) {
        throw new IllegalArgumentException(e.getMessage(), e);
      }
      if (encoded.rows() == 0) {
        throw new IllegalArgumentException("expected rows below the line of names, got none");
      }
      return encoded;
    }

    @Override
    int leastBytes(TableSchema schema) {
      return schema.inputs().size(); // commas and the line's end
    }
  };

  /** Of a request and the texts, numbers and lists that are made of it while it is read. */
  private static final int MEMORY = 4;

  /** For a number such as {@code -1.2345678901234567E-100}. */
  private static final int CHARACTERS = 24;

  /** For line breaks, blanks, commas and quotation marks. */
  private static final int BETWEEN = 12;

  /** For a line of names, other columns, and what a request is wrapped in. */
  private static final int AROUND = 4096;

  /**
   * The rows, encoded.
   *
   * @param most how many there may be
   * @throws IllegalArgumentException if they are no rows of such columns; says what was expected
   *     and found, and where
   */
  abstract EncodedRows read(byte[] body, ServedTable table, int most);

  /** Bytes that a row has at least. */
  abstract int leastBytes(TableSchema schema);

  private static void encode(TableSchema.RowEncoder encoder, float[] to, int offset) {
    try {
      encoder.encode(to, offset);
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** How many rows a body of this length has at most. */
  int mostRows(long bytes, TableSchema schema) {
    return (int) Math.min(bytes / Math.max(1, leastBytes(schema)) + 1, Integer.MAX_VALUE);
  }

  /** Bytes of memory that reading so many bytes takes. */
  static long memory(long bytes) {
    return MEMORY * bytes;
  }

  /** Bytes that a body with so many rows may have: with blanks, and as many columns again. */
  static long longest(TableSchema schema, int rows) {
    long row = 0;
    for (TableSchema.Input input : schema.inputs()) {
      int value = CHARACTERS;
      for (String category : input.categories()) {
        value = Math.max(value, Json.string(category).length());
      }
      row += Json.string(input.name()).length() + value + BETWEEN;
    }
    return 2 * row * rows + AROUND;
  }

  /**
   * The format of a body with these values of {@code Content-Type}: see {@link MediaType#ofBody}.
   *
   * @throws Refusal if it is another type
   */
  static TableFormat of(List<String> contentTypes) {
    return switch (MediaType.ofBody(contentTypes)) {
      case "application/json" -> JSON;
      case "text/csv" -> CSV;
      default ->
          throw new Refusal(
              415,
              "expected Content-Type application/json or text/csv, got " + contentTypes.getFirst());
    };
  }
}
