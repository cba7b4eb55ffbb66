package lamella.benchmarks.tables;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import lamella.benchmarks.TimedProcess;
import lamella.core.Compute;
import lamella.core.io.OnnxExport;
import lamella.table.Table;
import lamella.table.TableModel;
import lamella.table.TableReader;
import lamella.table.TableRows;
import lamella.table.TableSchema;

/**
 * Lamella's part of scoring: {@code --make DIR ROWS} writes the files that all programs score, and
 * {@code DIR} predicts the encoded rows.
 */
public final class OurScoring {
  static final String ROWS = "rows.csv";
  static final String MODEL = "model.safetensors";
  static final String ONNX = "model.onnx";
  static final String SCHEMA = "schema.json";
  static final String ENCODED = "rows.f32";

  private static final int TRAINING_ROWS = 20_000;
  private static final int EPOCHS = 4;

  private OurScoring() {}

  /** See above. */
  public static void main(String[] args) throws IOException {
    TimedProcess.fact("Lamella", Compute.description());
    if (args[0].equals("--make")) {
      make(Path.of(args[1]), Integer.parseInt(args[2]));
      return;
    }
    Path directory = Path.of(args[0]);
    TableModel model = TableModel.read(directory.resolve(MODEL));
    int inputs = model.schema().inputs().size();
    int outputs = model.schema().target().classes().size();
    Scoring.time(
        directory.resolve(ENCODED),
        inputs,
        outputs,
        batch -> {
          float[] encoded = new float[batch * inputs];
          double[] probabilities = new double[batch * outputs];
          return (rows, first, to) -> {
            System.arraycopy(rows, first, encoded, 0, encoded.length);
            model.predictEncoded(batch, encoded, probabilities);
            for (int i = 0; i < to.length; i++) {
              to[i] = (float) probabilities[i];
            }
          };
        });
  }

  /** The network is that of the default recipe; how long it was trained makes it no faster. */
  private static void make(Path directory, int rows) throws IOException {
    Files.createDirectories(directory);
    Path train = directory.resolve("train.csv");
    GeneratedRows.write(train, TRAINING_ROWS, 1);
    GeneratedRows.write(directory.resolve(ROWS), rows, 2);
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(3);
    var parts = Table.read(train).split(random, 0.8, 0.2);
    TableModel model =
        TableModel.classifier(GeneratedRows.TARGET)
            .withEpochs(EPOCHS)
            .fit(parts.get(0), parts.get(1));
    model.write(directory.resolve(MODEL));
    OnnxExport.of(model.network()).withSoftmax().withNames("x", "y").write(directory.resolve(ONNX));
    Files.writeString(directory.resolve(SCHEMA), model.schema().toJson());
    encode(model.schema(), directory);
  }

  private static void encode(TableSchema schema, Path directory) throws IOException {
    float[] row = new float[schema.inputs().size()];
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * row.length).order(ByteOrder.LITTLE_ENDIAN);
    try (TableRows rows = TableReader.standard().open(directory.resolve(ROWS));
        OutputStream out =
            new java.io.BufferedOutputStream(
                Files.newOutputStream(directory.resolve(ENCODED)), 1 << 16)) {
      TableSchema.RowEncoder encoder = schema.encoder(rows);
      while (rows.next()) {
        encoder.encode(row, 0);
        bytes.asFloatBuffer().put(row);
        out.write(bytes.array());
      }
    }
  }
}
