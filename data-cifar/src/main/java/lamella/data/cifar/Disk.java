package lamella.data.cifar;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where a download writes; an interface, so that tests have a disk that fills up. */
interface Disk {

  /** Bytes that can still be written to a directory's file system. */
  long usableSpace(Path directory) throws IOException;

  /**
   * Opens a file, made if it is not there, keeping its first {@code length} bytes; writing goes on
   * behind them.
   */
  Output open(Path file, long length) throws IOException;

  /** A file that grows. */
  interface Output extends Closeable {
    /** Appends all that remains in the buffer. */
    void write(ByteBuffer bytes) throws IOException;

    /** Waits until everything is on the device. */
    void force() throws IOException;
  }

  /** The machine's file systems. */
  static Disk system() {
    return new Disk() {
      @Override
      public long usableSpace(Path directory) throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
      }

      @Override
      public Output open(Path file, long length) throws IOException {
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
          channel.truncate(length);
          channel.position(length);
        } catch (IOException e) {
          channel.close();
          throw e;
        }
        return new ChannelOutput(channel);
      }
    };
  }

  /** Output to a channel. */
  record ChannelOutput(FileChannel channel) implements Output {
    @Override
    public void write(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    @Override
    public void force() throws IOException {
      channel.force(true);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
