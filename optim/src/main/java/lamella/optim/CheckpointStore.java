package lamella.optim;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * A place for the checkpoints of one training. {@link Checkpoints#in(Path)} uses a directory of
 * this machine; another implementation may use a file system that outlives it.
 *
 * <p>Files have names without folders. One appears under its name only when all of it is there; a
 * place where that cannot be had may show half of one after a crash, which its checksum gives away,
 * and then the one before it is used. {@code toString} is the place as people know it: messages
 * begin with it.
 */
public interface CheckpointStore {

  /**
   * Reads a file of this machine.
   *
   * @param <R> what comes out
   */
  @FunctionalInterface
  interface Reader<R> {
    /**
     * {@return what was read}
     *
     * @param file whole, and there for this call only
     * @throws IOException if it cannot be read; a {@link lamella.core.io.FileFormatException} if it
     *     is damaged
     */
    R read(Path file) throws IOException;
  }

  /** Writes a file of this machine. */
  @FunctionalInterface
  interface Writer {
    /**
     * Writes the file, whole or not at all.
     *
     * @param file is not there yet, or is replaced
     * @throws IOException if it cannot be written
     */
    void write(Path file) throws IOException;
  }

  /**
   * Finds out whether checkpoints can be here, before hours have gone into a training; changes
   * nothing. By default it can.
   *
   * @throws IOException if they cannot; says why
   */
  default void requireUsable() throws IOException {}

  /**
   * {@return the names of the files there are, in any order, others than checkpoints too; none
   * where the place does not exist yet}
   *
   * @throws IOException if that cannot be found out
   */
  List<String> names() throws IOException;

  /**
   * {@return what the reader makes of a file}
   *
   * @param <R> what comes out
   * @param name one of {@link #names}
   * @param reader given the file, or a copy of it on this machine
   * @throws IOException what the reader throws, or if there is no such file
   */
  <R> R read(String name, Reader<R> reader) throws IOException;

  /**
   * Writes a file, in place of one of this name if there is one.
   *
   * @param name of the file
   * @param writer given where the file is to be, or a place on this machine from which it is copied
   * @throws IOException what the writer throws, or if it cannot be kept; then it does not appear
   */
  void write(String name, Writer writer) throws IOException;

  /**
   * Deletes a file, if it is there.
   *
   * @param name of the file
   * @throws IOException if it remains
   */
  void delete(String name) throws IOException;

  /**
   * Takes the place for one training, makes it if need be, and removes what an earlier one left
   * unfinished.
   *
   * @param log told what the user should know, one line each
   * @return gives the place back
   * @throws IOException if another training has it, or there can be no such place
   */
  Closeable lock(Consumer<String> log) throws IOException;

  /**
   * {@return a file as people know it, for messages}
   *
   * @param name of the file
   */
  default String path(String name) {
    return this + "/" + name;
  }
}
