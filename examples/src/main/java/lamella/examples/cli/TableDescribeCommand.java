package lamella.examples.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import lamella.examples.table.TableDescription;
import lamella.table.Table;
import lamella.table.TableReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamella table describe}. */
@Command(
    name = "describe",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Says what is in a CSV file: its columns, what they are taken for, missing and different values, ranges.",
      "",
      "Separator, quotation marks, character set and gzip are found out from the file. What a column is taken for, the"
          + " training takes it for, too; --kind says otherwise.",
      ""
    })
final class TableDescribeCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description = "A text file with a row a line, or such a file in gzip.")
  private Path file = Path.of("");

  @Mixin private TableFileOptions reading = new TableFileOptions();

  @Mixin private TableFileOptions.Kinds kinds = new TableFileOptions.Kinds();

  @Option(names = "--json", description = "Print one JSON object, for programs.")
  private boolean json;

  TableDescribeCommand() {}

  @Override
  public Integer call() throws IOException {
    TableReader reader = kinds.in(reading.reader());
    Table table = TableFault.of(file.toString(), () -> reader.read(file));
    TableDescription description = new TableDescription(file.toString(), table);
    Output.of(spec).println(json ? description.toJson() : description.toText());
    return 0;
  }
}
