package lamella.examples.table;

import java.util.Map;

/** What the library says of its methods, in the words of the command line. */
public final class OptionWords {
  private static final Map<String, String> OPTIONS =
      Map.of(
          "withDecimalComma", "--decimal-comma",
          "withDecimalPoint", "--decimal-point",
          "withMissing", "--missing",
          "withoutHeader", "--no-header",
          "withSeparator", "--separator",
          "withCharset", "--charset",
          "withKind", "--kind",
          "TableModel.classifier", "--task classification",
          "TableModel.regressor", "--task regression");

  private OptionWords() {}

  /** A message with options for methods. */
  public static String of(String message) {
    String words =
        message.replaceAll("withCharset\\(Charset\\.forName\\(\"([^\"]*)\"\\)\\)", "--charset $1");
    for (Map.Entry<String, String> option : OPTIONS.entrySet()) {
      words = words.replace(option.getKey(), option.getValue());
    }
    return words;
  }
}
