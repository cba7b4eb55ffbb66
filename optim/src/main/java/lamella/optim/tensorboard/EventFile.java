package lamella.optim.tensorboard;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Locale;
import lamella.core.Tensor;

/**
 * A file of events for TensorBoard: numbers, histograms, images and texts, each with a tag and the
 * step it belongs to.
 *
 * {@snippet file="SnippetsTest.java" region="event-file"}
 *
 * <p>{@code tensorboard --logdir runs} shows it, while it grows too. Every start makes a new file
 * in the run's directory; TensorBoard reads them one after the other.
 *
 * <p>An event has been handed to the operating system when its method returns: it survives the end
 * of the program, however that comes about. One thread at a time may use a file.
 *
 * <p>Source: TensorFlow's {@code event.proto}, {@code summary.proto} and {@code tensor.proto};
 * values are tensors, as TensorFlow 2 writes them.
 */
public final class EventFile implements AutoCloseable {
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  // Numbers of fields and constants in the files named above.
  private static final int EVENT_WALL_TIME = 1;
  private static final int EVENT_STEP = 2;
  private static final int EVENT_FILE_VERSION = 3;
  private static final int EVENT_SUMMARY = 5;
  private static final int EVENT_SESSION_LOG = 7;
  private static final int SESSION_LOG_STATUS = 1;
  private static final int SESSION_START = 1;
  private static final int SUMMARY_VALUE = 1;
  private static final int VALUE_TAG = 1;
  private static final int VALUE_TENSOR = 8;
  private static final int VALUE_METADATA = 9;
  private static final int METADATA_PLUGIN = 1;
  private static final int METADATA_DATA_CLASS = 4;
  private static final int PLUGIN_NAME = 1;
  private static final int TENSOR_DTYPE = 1;
  private static final int TENSOR_SHAPE = 2;
  private static final int TENSOR_CONTENT = 4;
  private static final int TENSOR_STRINGS = 8;
  private static final int SHAPE_DIMENSION = 2;
  private static final int DIMENSION_SIZE = 1;
  private static final int FLOAT = 1;
  private static final int DOUBLE = 2;
  private static final int STRING = 7;

  /** Who displays a value, and the {@code DataClass} it must then be of. */
  private enum Plugin {
    SCALARS("scalars", 1),
    HISTOGRAMS("histograms", 2),
    TEXT("text", 2),
    IMAGES("images", 3);

    private final String text;
    private final int dataClass;

    Plugin(String text, int dataClass) {
      this.text = text;
      this.dataClass = dataClass;
    }

    private ProtoMessage metadata() {
      return new ProtoMessage()
          .message(METADATA_PLUGIN, new ProtoMessage().text(PLUGIN_NAME, text))
          .integer(METADATA_DATA_CLASS, dataClass);
    }
  }

  private final Path path;
  private final OutputStream out;
  private final InstantSource clock;

  private EventFile(Path path, OutputStream out, InstantSource clock) {
    this.path = path;
    this.out = out;
    this.clock = clock;
  }

  // Making.

  /**
   * {@return a new file for a run that begins at step 0, with the system's clock}
   *
   * @param directory of the run; made if missing
   * @throws IOException if it cannot be made
   */
  public static EventFile create(Path directory) throws IOException {
    return create(directory, 0, InstantSource.system());
  }

  /**
   * {@return a new file in a run's directory, {@code
   * events.out.tfevents.SECONDS.HOST.PROCESS.NUMBER}}
   *
   * @param directory of the run; made if missing
   * @param firstStep where the run begins, or is resumed: what earlier files in the directory say
   *     of this step and later ones, TensorBoard (its data server, that is) no longer shows
   * @param clock tells the times that events have
   * @throws IOException if it cannot be made
   */
  public static EventFile create(Path directory, long firstStep, InstantSource clock)
      throws IOException {
    Files.createDirectories(directory);
    String prefix =
        String.format(
            Locale.ROOT,
            "events.out.tfevents.%010d.%s.%d.",
            clock.instant().getEpochSecond(),
            host(),
            ProcessHandle.current().pid());
    for (int number = 0; ; number++) {
      Path path = directory.resolve(prefix + number);
      try {
        // Unlike a channel, it stays open when a thread that writes is interrupted.
        OutputStream out =
            Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        EventFile file = new EventFile(path, out, clock);
        file.begin(firstStep);
        return file;
      } catch (FileAlreadyExistsException e) {
        // of the same second
      }
    }
  }

  /** The machine's name where the environment has it: asking for it can mean asking the network. */
  private static String host() {
    for (String variable : new String[] {"HOSTNAME", "COMPUTERNAME"}) {
      String name = System.getenv(variable);
      if (name != null && name.matches("[A-Za-z0-9._-]{1,64}")) {
        return name;
      }
    }
    return "localhost";
  }

  private void begin(long firstStep) throws IOException {
    try {
      write(event().text(EVENT_FILE_VERSION, "brain.Event:2"));
      write(
          event(firstStep)
              .message(
                  EVENT_SESSION_LOG,
                  new ProtoMessage().integer(SESSION_LOG_STATUS, SESSION_START)));
    } catch (IOException e) {
      out.close();
      throw e;
    }
  }

  /** {@return where it is} */
  public Path path() {
    return path;
  }

  // Events.

  /**
   * Writes a number, which TensorBoard keeps in float32; NaN and infinities are shown as such.
   *
   * @param step where it is shown
   * @param tag the name it is shown under
   * @param value the number
   * @throws IOException if it cannot be written
   */
  public void scalar(long step, String tag, double value) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    content.putFloat((float) value);
    write(step, tag, Plugin.SCALARS, tensor(FLOAT).bytes(TENSOR_CONTENT, content.array()));
  }

  /**
   * Writes how the elements of a tensor are distributed, counted as TensorBoard does: in 30 buckets
   * of equal width from the smallest to the largest. Elements that are not finite are left out.
   *
   * @param step where it is shown
   * @param tag the name it is shown under
   * @param values counted
   * @throws IOException if it cannot be written
   */
  public void histogram(long step, String tag, Tensor values) throws IOException {
    double[] rows = Buckets.of(values);
    ByteBuffer content =
        ByteBuffer.allocate(Double.BYTES * rows.length).order(ByteOrder.LITTLE_ENDIAN);
    content.asDoubleBuffer().put(rows);
    write(
        step,
        tag,
        Plugin.HISTOGRAMS,
        tensor(DOUBLE, rows.length / 3, 3).bytes(TENSOR_CONTENT, content.array()));
  }

  /**
   * Writes an image.
   *
   * @param step where it is shown
   * @param tag the name it is shown under
   * @param png the bytes of a PNG file
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if they are not
   */
  public void image(long step, String tag, byte[] png) throws IOException {
    if (png.length < 24 || !Arrays.equals(png, 0, PNG.length, PNG, 0, PNG.length)) {
      throw new IllegalArgumentException(
          "EventFile: image " + tag + " expects the bytes of a PNG file, got others");
    }
    ByteBuffer header = ByteBuffer.wrap(png);
    ProtoMessage tensor = tensor(STRING, 3);
    tensor.text(TENSOR_STRINGS, Integer.toString(header.getInt(16))); // width
    tensor.text(TENSOR_STRINGS, Integer.toString(header.getInt(20))); // height
    write(step, tag, Plugin.IMAGES, tensor.bytes(TENSOR_STRINGS, png));
  }

  /**
   * Writes a text, which TensorBoard shows as Markdown.
   *
   * @param step where it is shown
   * @param tag the name it is shown under
   * @param markdown the text
   * @throws IOException if it cannot be written
   */
  public void text(long step, String tag, String markdown) throws IOException {
    byte[] bytes = markdown.getBytes(StandardCharsets.UTF_8);
    write(step, tag, Plugin.TEXT, tensor(STRING).bytes(TENSOR_STRINGS, bytes));
  }

  private static ProtoMessage tensor(int dtype, long... dimensions) {
    ProtoMessage shape = new ProtoMessage();
    for (long size : dimensions) {
      shape.message(SHAPE_DIMENSION, new ProtoMessage().integer(DIMENSION_SIZE, size));
    }
    return new ProtoMessage().integer(TENSOR_DTYPE, dtype).message(TENSOR_SHAPE, shape);
  }

  private void write(long step, String tag, Plugin plugin, ProtoMessage tensor) throws IOException {
    ProtoMessage value =
        new ProtoMessage()
            .text(VALUE_TAG, tag)
            .message(VALUE_METADATA, plugin.metadata())
            .message(VALUE_TENSOR, tensor);
    write(event(step).message(EVENT_SUMMARY, new ProtoMessage().message(SUMMARY_VALUE, value)));
  }

  private ProtoMessage event() {
    Instant now = clock.instant();
    return new ProtoMessage().number(EVENT_WALL_TIME, now.getEpochSecond() + now.getNano() * 1e-9);
  }

  private ProtoMessage event(long step) {
    return event().integer(EVENT_STEP, step);
  }

  /** In one piece: whoever reads meanwhile sees whole events, or the beginning of the last. */
  private void write(ProtoMessage event) throws IOException {
    ByteBuffer record = Records.frame(event.toBytes());
    try {
      out.write(record.array(), record.arrayOffset() + record.position(), record.remaining());
    } catch (IOException e) {
      // A full disk, which names no file.
      throw new IOException(path + ": " + e.getMessage(), e);
    }
  }

  /** Ends the file, every byte on the disk, unless an interrupted thread is in a hurry. */
  @Override
  public void close() throws IOException {
    out.close();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.force(true);
    } catch (ClosedByInterruptException e) {
      // The system writes them in its own time.
      return;
    }
  }

  /** For example {@code EventFile(runs/first/events.out.tfevents.1700000000.host.1.0)}. */
  @Override
  public String toString() {
    return "EventFile(" + path + ")";
  }
}
