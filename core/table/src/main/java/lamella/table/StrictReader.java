package lamella.table;

import static lamella.core.io.FileFormatException.quote;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import lamella.core.io.FileFormatException;
import org.jspecify.annotations.Nullable;

/**
 * The characters of a file. It unpacks gzip, obeys a byte order mark, and refuses bytes that are no
 * text in the character set, saying in which line they are, where other readers put question marks.
 */
final class StrictReader extends Reader {
  /** So many bytes tell what a file is. */
  private static final int START = 4096;

  private static final int BYTES = 1 << 15;
  private static final int CHARACTERS = 1 << 15;

  /** Tells which letter a byte may be. */
  private static final String WESTERN = "windows-1252";

  private final String name;
  private final InputStream in;
  private final Charset charset;
  private final CharsetDecoder decoder;
  private final ByteBuffer bytes = ByteBuffer.allocate(BYTES).limit(0);
  private final char[] characters = new char[CHARACTERS];
  private final CharBuffer target = CharBuffer.wrap(characters);

  /** The characters that were decoded and not yet read. */
  private int from;

  private int to;
  private boolean isEndOfBytes;
  private boolean isEnd;

  /** Line ends among the characters that were decoded, and whether the last was a CR. */
  private long lines;

  private boolean afterReturn;

  /** The first line with a letter that is not ASCII; 0 if there was none. */
  private long foreign;

  private StrictReader(String name, InputStream in, Charset charset) {
    this.name = name;
    this.in = in;
    this.charset = charset;
    decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  /**
   * The text in a stream.
   *
   * @param name for messages
   * @param charset UTF-8 unless it is said or there is a byte order mark
   */
  static StrictReader open(String name, InputStream in, @Nullable Charset charset)
      throws IOException {
    byte[] start = in.readNBytes(START);
    InputStream all = new SequenceInputStream(new ByteArrayInputStream(start), in);
    if (start.length > 1 && start[0] == 0x1f && start[1] == (byte) 0x8b) {
      try {
        all = new GZIPInputStream(all, BYTES);
        start = all.readNBytes(START);
      } catch (ZipException | EOFException e) {
        throw gzip(name, e);
      }
      all = new SequenceInputStream(new ByteArrayInputStream(start), all);
    }
    if (start.length == 0) {
      throw new FileFormatException(name, "the file is empty; expected a table's rows");
    }
    String other = OtherFile.of(start);
    if (other != null) {
      throw new FileFormatException(name, "expected a table's rows as text, found " + other);
    }
    Charset found = charset == null ? StandardCharsets.UTF_8 : charset;
    int mark = 0;
    if (begins(start, 0xef, 0xbb, 0xbf)) {
      found = StandardCharsets.UTF_8;
      mark = 3;
    } else if (begins(start, 0xfe, 0xff)) {
      found = StandardCharsets.UTF_16BE;
      mark = 2;
    } else if (begins(start, 0xff, 0xfe)) {
      found = StandardCharsets.UTF_16LE;
      mark = 2;
    }
    all.skipNBytes(mark);
    return new StrictReader(name, all, found);
  }

  private static boolean begins(byte[] start, int... bytes) {
    boolean begins = start.length >= bytes.length;
    for (int i = 0; begins && i < bytes.length; i++) {
      begins = start[i] == (byte) bytes[i];
    }
    return begins;
  }

  private static FileFormatException gzip(String name, IOException cause) {
    FileFormatException e =
        new FileFormatException(
            name,
            "the gzip file is damaged or cut off"
                + (cause.getMessage() == null ? "" : ": " + cause.getMessage()));
    e.initCause(cause);
    return e;
  }

  /** The first characters, which are read after that as if they had not been seen. */
  String peek() throws IOException {
    if (from == to) {
      fill();
    }
    return new String(characters, from, to - from);
  }

  /** Whether {@link #peek} gave all characters that there are. */
  boolean isWhole() {
    return isEnd;
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    if (from == to) {
      fill();
      if (from == to) {
        return -1;
      }
    }
    int n = Math.min(length, to - from);
    System.arraycopy(characters, from, buffer, offset, n);
    from += n;
    return n;
  }

  /** Decodes as many characters as there is room for, unless the file ends. */
  private void fill() throws IOException {
    if (isEnd) {
      return;
    }
    target.clear();
    while (true) {
      CoderResult result = decoder.decode(bytes, target, isEndOfBytes);
      if (result.isError()) {
        count(target.position());
        throw malformed(result);
      }
      if (result.isOverflow()) {
        break;
      }
      if (isEndOfBytes) {
        decoder.flush(target);
        isEnd = true;
        break;
      }
      readBytes();
    }
    from = 0;
    to = target.position();
    count(to);
  }

  private void readBytes() throws IOException {
    bytes.compact();
    try {
      int n = in.read(bytes.array(), bytes.position(), bytes.remaining());
      isEndOfBytes = n < 0;
      bytes.position(bytes.position() + Math.max(0, n));
    } catch (ZipException | EOFException e) {
      throw gzip(name, e);
    }
    bytes.flip();
  }

  /** Counts lines among the first characters, and refuses those that no text has. */
  private void count(int n) throws FileFormatException {
    for (int i = 0; i < n; i++) {
      char c = characters[i];
      if (c <= '\r') {
        if (c == 0) {
          throw zero();
        }
        lines += c == '\r' || (c == '\n' && !afterReturn) ? 1 : 0;
      } else if (c > '~' && foreign == 0) {
        foreign = lines + 1;
      }
      afterReturn = c == '\r';
    }
  }

  private FileFormatException zero() {
    return new FileFormatException(
        name,
        "line "
            + (lines + 1)
            + " has a character 0, which no text has; is the file binary, or is it UTF-16 without a"
            + " byte order mark (withCharset)?");
  }

  private FileFormatException malformed(CoderResult result) {
    byte[] wrong = new byte[Math.min(result.length(), bytes.remaining())];
    bytes.get(bytes.position(), wrong);
    StringBuilder message =
        new StringBuilder("line ").append(lines + 1).append(" is not ").append(charset).append(':');
    for (byte b : wrong) {
      message.append(String.format(Locale.ROOT, " 0x%02x", b));
    }
    if (charset.equals(StandardCharsets.UTF_8) && Charset.isSupported(WESTERN)) {
      String letter = new String(wrong, Charset.forName(WESTERN));
      message
          .append(" (")
          .append(quote(letter.substring(0, Math.min(1, letter.length()))))
          .append(" in ")
          .append(WESTERN)
          .append("); ")
          .append(
              foreign > 0
                  ? "but line "
                      + foreign
                      + " has letters in UTF-8: the file mixes character sets and must be mended"
                  : "say which character set it is, for example " + WESTERN + " (withCharset)");
    } else {
      message.append("; say another character set: withCharset");
    }
    return new FileFormatException(name, message.toString());
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
