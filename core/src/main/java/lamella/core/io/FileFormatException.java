package lamella.core.io;

import java.io.IOException;
import java.util.HexFormat;

/**
 * A file that is not what it should be: names the file, what was expected and what was found, in
 * one line.
 */
public final class FileFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Text quoted from a file is cut to this length. */
  private static final int LONGEST_QUOTE = 60;

  /** Messages of others, who may print a network of any size, to this one. */
  private static final int LONGEST_REASON = 300;

  /** Its name, for people. */
  private final String file;

  /**
   * An error that says {@code file: problem}.
   *
   * @param file its name, for people
   * @param problem one line, for example {@code 30730000 bytes expected, 30729999 found}
   */
  public FileFormatException(String file, String problem) {
    super(file + ": " + problem);
    this.file = file;
  }

  /** {@return the file, as whoever opened it called it} */
  public String file() {
    return file;
  }

  /**
   * What made an object of a file's content impossible: an object's own check of what it is made
   * of, in one line that is not too long.
   *
   * @param file its name, for people
   * @param who begins the problem; empty for nobody
   * @param cause what such a check has thrown
   * @return the error, whose cause is that
   */
  public static FileFormatException because(String file, String who, RuntimeException cause) {
    String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    String cut =
        message.length() > LONGEST_REASON ? message.substring(0, LONGEST_REASON) + "..." : message;
    FileFormatException e =
        new FileFormatException(
            file,
            (who.isEmpty() ? "" : who + ": ")
                + (cause instanceof IllegalArgumentException
                    ? cut
                    : cause.getClass().getSimpleName() + ": " + cut));
    e.initCause(cause);
    return e;
  }

  /**
   * {@return text out of a file, made fit for a message of one line: quoted, without control
   * characters, and not too long}
   *
   * @param text of any kind
   */
  public static String quote(String text) {
    return '"' + plain(text) + '"';
  }

  /**
   * {@return the same without quotation marks}
   *
   * @param text of any kind
   */
  public static String plain(String text) {
    StringBuilder quoted = new StringBuilder();
    for (int i = 0; i < text.length() && i < LONGEST_QUOTE; i++) {
      char c = text.charAt(i);
      boolean plain = !Character.isISOControl(c) && c != '\u2028' && c != '\u2029';
      quoted.append(plain ? String.valueOf(c) : "\\u" + HexFormat.of().toHexDigits(c));
    }
    return quoted.append(text.length() > LONGEST_QUOTE ? "..." : "").toString();
  }
}
