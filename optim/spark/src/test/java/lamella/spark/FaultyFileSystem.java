package lamella.spark;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** A file system of this machine that does what those of many machines may do. */
final class FaultyFileSystem extends RawLocalFileSystem {
  /** What goes wrong. */
  enum Fault {
    /** A file cannot be made. */
    CREATE,
    /** Writing breaks off in the middle, with an error. */
    BROKEN,
    /** Writing breaks off in the middle, and nobody says so. */
    SHORT,
    /** Closing takes long. */
    SLOW,
    /** Renaming says no. */
    RENAME,
    /** Renaming leaves half of a file under the new name, and the process is gone. */
    RENAMED_HALF,
    /** A file cannot be opened. */
    OPEN,
    /** A directory cannot be listed. */
    LIST
  }

  /** Those of the next operations, in order; each happens once. */
  private final Queue<Fault> next = new ArrayDeque<>();

  private int happened;

  FaultyFileSystem() throws IOException {
    initialize(URI.create("file:///"), new Configuration(false));
  }

  void add(Fault fault, int times) {
    for (int i = 0; i < times; i++) {
      next.add(fault);
    }
  }

  /** How many faults there have been. */
  int happened() {
    return happened;
  }

  private boolean takes(Fault fault) {
    if (next.peek() == fault) {
      next.remove();
      happened++;
      return true;
    }
    return false;
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return faulty(
        file,
        super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress));
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return faulty(
        file, super.create(file, overwrite, bufferSize, replication, blockSize, progress));
  }

  private FSDataOutputStream faulty(Path file, FSDataOutputStream out) throws IOException {
    if (!file.getName().contains("checkpoint-")) {
      return out;
    }
    if (takes(Fault.CREATE)) {
      out.close();
      throw new IOException("made up: cannot be made");
    }
    boolean broken = takes(Fault.BROKEN);
    boolean cut = !broken && takes(Fault.SHORT);
    boolean slow = !broken && !cut && takes(Fault.SLOW);
    return new FSDataOutputStream(new Half(out, broken, cut, slow), null);
  }

  /** Takes every second byte of those that are written at once, if it is to. */
  private static final class Half extends FilterOutputStream {
    private final boolean broken;
    private final boolean cut;
    private final boolean slow;

    private Half(OutputStream out, boolean broken, boolean cut, boolean slow) {
      super(out);
      this.broken = broken;
      this.cut = cut;
      this.slow = slow;
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, broken || cut ? length / 2 : length);
      if (broken) {
        throw new IOException("made up: breaks off");
      }
    }

    @Override
    public void close() throws IOException {
      if (slow) {
        try {
          Thread.sleep(300);
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      super.close();
    }
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    if (takes(Fault.RENAME)) {
      return false;
    }
    if (takes(Fault.RENAMED_HALF)) {
      byte[] bytes = new byte[(int) getFileStatus(from).getLen()];
      try (FSDataInputStream in = super.open(from, 4096)) {
        in.readFully(bytes);
      }
      try (FSDataOutputStream out = super.create(to, true, 4096, (short) 1, 1 << 20, null)) {
        out.write(bytes, 0, bytes.length / 2);
      }
      throw new Gone();
    }
    return super.rename(from, to);
  }

  @Override
  public FSDataInputStream open(Path file, int bufferSize) throws IOException {
    if (file.getName().contains("checkpoint-") && takes(Fault.OPEN)) {
      throw new IOException("made up: cannot be opened");
    }
    return super.open(file, bufferSize);
  }

  @Override
  public FileStatus[] listStatus(Path directory) throws IOException {
    if (takes(Fault.LIST)) {
      throw new IOException("made up: cannot be listed");
    }
    return super.listStatus(directory);
  }

  /** Stands for the end of the process: nobody catches it. */
  static final class Gone extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
