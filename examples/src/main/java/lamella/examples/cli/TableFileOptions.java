package lamella.examples.cli;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lamella.examples.Spelling;
import lamella.examples.table.TrainingFile;
import lamella.table.ColumnKind;
import lamella.table.TableReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a text file of rows is read. */
final class TableFileOptions {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = "--separator",
      paramLabel = "C",
      description =
          "What stands between two fields: a character, or 'tab'. Default: what the file's beginning shows.")
  private @Nullable String separator;

  @Option(names = "--decimal-comma", description = "Numbers are written like 1.234,5.")
  private boolean decimalComma;

  @Option(
      names = "--decimal-point",
      description =
          "Numbers are written like 1,234.5. Without either option each column's numbers show it.")
  private boolean decimalPoint;

  @Option(
      names = "--missing",
      paramLabel = "TEXT",
      split = ",",
      description =
          "Texts, with commas between, that stand for a missing value, as an empty field does. Default:"
              + " NA,N/A,NaN,null,?")
  private List<String> missing = new ArrayList<>();

  @Option(
      names = "--charset",
      paramLabel = "NAME",
      description =
          "How characters are encoded, for example windows-1252. Default: what the file shows.")
  private @Nullable String charset;

  @Option(
      names = "--no-header",
      description =
          "The first line has values, not the columns' names, which are then c1, c2 and so on.")
  private boolean noHeader;

  TableFileOptions() {}

  /** What reads a file as these options say. */
  TableReader reader() {
    return reader(Map.of());
  }

  /**
   * The same for a file whose columns a model knows.
   *
   * @param model the metadata of its file, which say what these options do not
   */
  TableReader reader(Map<String, String> model) {
    if (decimalComma && decimalPoint) {
      throw new ParameterException(
          Output.filled(spec).commandLine(),
          "--decimal-comma and --decimal-point both say how numbers are written; give one of them");
    }
    TableReader reader = TrainingFile.reader(model);
    if (decimalComma) {
      reader = reader.withDecimalComma();
    } else if (decimalPoint) {
      reader = reader.withDecimalPoint();
    }
    if (!missing.isEmpty()) {
      reader = reader.withMissing(missing.toArray(String[]::new));
    }
    if (separator != null) {
      reader = reader.withSeparator(separator(separator));
    }
    if (charset != null) {
      reader = reader.withCharset(charset(charset));
    }
    return noHeader ? reader.withoutHeader() : reader;
  }

  /** What a model's file is to say, so that other files are read like this one. */
  Map<String, String> metadata() {
    return TrainingFile.metadata(decimalComma, decimalPoint, missing);
  }

  private char separator(String text) {
    if (Spelling.lowerCase(text).equals("tab") || text.equals("\\t")) {
      return '\t';
    }
    boolean separates =
        text.length() == 1
            && !Character.isLetterOrDigit(text.charAt(0))
            && "\"\n\r".indexOf(text.charAt(0)) < 0;
    if (!separates) {
      throw wrong("--separator", "expected a character such as ; or 'tab', got " + text);
    }
    return text.charAt(0);
  }

  private Charset charset(String name) {
    try {
      return Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      throw wrong("--charset", "expected UTF-8, ISO-8859-1, windows-1252 or another, got " + name);
    }
  }

  private ParameterException wrong(String option, String problem) {
    return new ParameterException(
        Output.filled(spec).commandLine(), "invalid value for option '" + option + "': " + problem);
  }

  /** {@code --kind}, for files whose columns are guessed. */
  static final class Kinds {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
        names = "--kind",
        paramLabel = "COLUMN=KIND",
        description =
            "What a column's values are, where the guess is wrong: number, category, text, date, id or constant. A model"
                + " takes numbers and categories. Repeat it for several columns.")
    private List<String> kinds = new ArrayList<>();

    Kinds() {}

    /** A reader like this one, with these kinds. */
    TableReader in(TableReader reader) {
      TableReader told = reader;
      for (String text : kinds) {
        int equals = text.lastIndexOf('=');
        if (equals < 1) {
          throw wrong("expected COLUMN=KIND, got " + text);
        }
        told = told.withKind(text.substring(0, equals), kind(text.substring(equals + 1)));
      }
      return told;
    }

    private ColumnKind kind(String name) {
      for (ColumnKind kind : ColumnKind.values()) {
        if (kind.name().equalsIgnoreCase(name)) {
          return kind;
        }
      }
      List<String> names = new ArrayList<>();
      for (ColumnKind kind : ColumnKind.values()) {
        names.add(kind.name().toLowerCase(Locale.ROOT));
      }
      throw wrong("expected one of " + String.join(", ", names) + ", got " + name);
    }

    private ParameterException wrong(String problem) {
      return new ParameterException(
          Output.filled(spec).commandLine(), "invalid value for option '--kind': " + problem);
    }
  }
}
