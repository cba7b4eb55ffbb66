package lamella.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lamella.table.Column;
import lamella.table.Table;
import lamella.table.TableModel;

/** Table models of the tests, each trained once in some moments. */
public final class TableModels {
  /** Measurements, island and sex of penguins; some are missing. */
  public static final Table PENGUINS = read();

  /** Of their species. */
  public static final TableModel SPECIES =
      TableModel.classifier("species").withEpochs(4).fit(PENGUINS);

  /** Of their mass in grams, by its logarithm. */
  public static final TableModel MASS =
      TableModel.regressor("body_mass_g").withLogarithm().withEpochs(4).fit(PENGUINS);

  private TableModels() {}

  private static Table read() {
    try {
      return Table.read(file());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static Path file() {
    return Jdk.examples("guide/penguins.csv");
  }

  /** Of a table with names and classes that are hard to write. */
  public static TableModel odd() {
    List<String> words = new ArrayList<>();
    List<String> classes = new ArrayList<>();
    double[] numbers = new double[90];
    for (int i = 0; i < 90; i++) {
      words.add(List.of("a,b", "say \"hi\"", "línea\n2").get(i % 3));
      classes.add(i % 2 == 0 ? "\"yes\", \u00fcber" : "no\nway");
      numbers[i] = i % 7;
    }
    Table table =
        Table.of(
            Column.categories("rows", words.toArray(String[]::new)),
            Column.numbers("n \"x\"", numbers),
            Column.categories("class", classes.toArray(String[]::new)));
    return TableModel.classifier("class").withEpochs(2).fit(table);
  }
}
