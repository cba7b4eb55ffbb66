package lamella.optim;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import lamella.core.SavedState;
import org.jspecify.annotations.Nullable;

/** The checkpoints of one training: where it begins, and writing those that are due. */
final class CheckpointWriter implements AutoCloseable {
  private final Checkpoints checkpoints;
  private final Snapshot snapshot;
  private final Closeable lock;
  private final Fit fit;
  private long lastTime = System.nanoTime();
  private long lastSteps = -1;

  private CheckpointWriter(Checkpoints checkpoints, Snapshot snapshot, Closeable lock) {
    this.checkpoints = checkpoints;
    this.snapshot = snapshot;
    this.lock = lock;
    this.fit = snapshot.fit();
  }

  /**
   * Puts the training where its newest checkpoint stands, if it is to be resumed, and takes the
   * directory. First everything is read and checked, then the first thing changes.
   *
   * @throws IOException if checkpoints cannot be read or written, or are another training's;
   *     nothing has changed then
   * @throws IllegalStateException if a part of the training cannot be saved
   */
  static CheckpointWriter begin(
      Checkpoints checkpoints, Fit fit, TrainingDescription.Subject<?> subject) throws IOException {
    checkpoints.requireUsable();
    Snapshot snapshot = new Snapshot(fit, subject, checkpoints);
    snapshot.requireSaveable();
    while (true) {
      List<String> found = checkpoints.files();
      Checkpoints.Saved saved = checked(checkpoints, snapshot);
      SavedState before = saved == null ? null : snapshot.load(saved);
      Closeable lock = null;
      boolean begun = false;
      try {
        // Last, as it is the first thing that changes the directory.
        lock = checkpoints.lock();
        if (checkpoints.files().equals(found)) {
          begun = true;
          return new CheckpointWriter(checkpoints, snapshot, lock);
        }
        // Another training wrote one, and ended, just now: again.
      } finally {
        if (!begun) {
          if (before != null) {
            snapshot.putBack(before);
          }
          if (lock != null) {
            lock.close();
          }
        }
      }
    }
  }

  private static Checkpoints.@Nullable Saved checked(Checkpoints checkpoints, Snapshot snapshot)
      throws IOException {
    Checkpoints.Saved saved = checkpoints.begin(snapshot.fit().parameters());
    if (saved != null) {
      snapshot.requireSame(saved);
    }
    return saved;
  }

  void afterStep() throws IOException {
    if (checkpoints.isDue(fit.step(), fit.roundSteps(), System.nanoTime() - lastTime)) {
      write();
    }
  }

  void atTheEnd() throws IOException {
    if (checkpoints.isDueAtTheEnd(fit.stopReason().isPresent()) && lastSteps != fit.step()) {
      write();
    }
  }

  private void write() throws IOException {
    checkpoints.write(fit.step(), lastSteps < 0, snapshot.save(fit.step()));
    lastSteps = fit.step();
    lastTime = System.nanoTime();
  }

  /** Gives the directory back. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
