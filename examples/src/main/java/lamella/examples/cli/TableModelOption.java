package lamella.examples.cli;

import java.io.IOException;
import java.nio.file.Path;
import lamella.core.io.FileFormatException;
import lamella.examples.ModelKind;
import lamella.examples.OpenModel;
import lamella.table.TableModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which model of a table: {@code --model}. */
final class TableModelOption {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description =
          "A model.safetensors that 'lamella table train' wrote, or the directory it is in. Default: the newest in"
              + " lamella-out, lamella-out-2 and so on.")
  private @Nullable Path model;

  TableModelOption() {}

  /** The file; says on standard error which, if nobody named it. */
  Path file() throws IOException {
    return model == null ? ModelOption.newest(spec) : ModelOption.file(model);
  }

  /**
   * The model in a file.
   *
   * @throws IOException if it is none, or cannot be read; says what is wrong
   */
  static TableModel read(Path file) throws IOException {
    OpenModel open = OpenModel.read(file);
    TableModel table = open.table();
    if (table == null) {
      throw new FileFormatException(
          file.toString(),
          "no model of a table"
              + (open.kind() == ModelKind.NETWORK
                  ? "; 'lamella predict' and 'lamella evaluate' take models of images"
                  : "; 'lamella run' computes it on arrays"));
    }
    return table;
  }
}
