package lamella.spark;

import java.util.LinkedHashMap;
import java.util.Map;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import lamella.table.TableModel;
import lamella.table.TableSchema;
import lamella.table.Task;
import org.jspecify.annotations.Nullable;

/** A table's model. */
final class OpenTable extends OpenModel {
  private final TableModel model;
  private final String json;

  private OpenTable(TableModel model, TableSchema schema) {
    super(
        schema.inputs().size(),
        model.network().outputShape(),
        schema.target().task() == Task.CLASSIFICATION ? Outputs.CLASSES : Outputs.NUMBERS,
        schema.target().classes());
    this.model = model;
    this.json = schema.toJson();
  }

  /** Of a file whose metadata have a table's schema; what another program added is left out. */
  static OpenTable of(String name, ModelFile file) throws FileFormatException {
    TableModel model = TableModel.of(file);
    if (model == null) {
      throw new FileFormatException(name, "a table's model expected, found a network alone");
    }
    return new OpenTable(model, model.schema());
  }

  /** Metadata of a file of another program, without names that are a model file's own. */
  static Map<String, String> withoutOwn(Map<String, String> metadata) {
    Map<String, String> texts = new LinkedHashMap<>(metadata);
    texts.keySet().removeIf(key -> key.startsWith("lamella."));
    return texts;
  }

  @Override
  String tableSchema() {
    return json;
  }

  @Override
  Network network() {
    return model.network();
  }

  @Override
  void toProbabilities(double[] outputs) {
    float[] row = new float[outputs.length];
    for (int i = 0; i < row.length; i++) {
      row[i] = (float) outputs[i];
    }
    model.predictions(1, row, outputs);
  }

  @Override
  Batch batch(int rows) {
    return new TableBatch(rows);
  }

  private final class TableBatch extends Batch {
    private final float[] inputs;
    private final double[] answers;
    private float[] outputs;

    TableBatch(int rows) {
      inputs = new float[rows * inputs()];
      answers = new double[rows * outputs()];
      outputs = new float[rows * outputs()];
    }

    @Override
    @Nullable String put(int row, double[] numbers, FeatureReader reader) {
      return reader.narrow(numbers, inputs(), inputs, row * inputs());
    }

    @Override
    boolean compute(int n, boolean withAnswers) {
      outputs = model.outputsEncoded(n, inputs);
      boolean isFinite = isFinite(n);
      if (withAnswers && isFinite) {
        model.predictions(n, outputs, answers);
      }
      return isFinite;
    }

    private boolean isFinite(int n) {
      for (int i = 0; i < n * outputs(); i++) {
        if (!Float.isFinite(outputs[i])) {
          return false;
        }
      }
      return true;
    }

    @Override
    double output(int row, int place) {
      return outputs[row * outputs() + place];
    }

    @Override
    double answer(int row, int place) {
      return answers[row * outputs() + place];
    }
  }
}
