package lamella.optim;

import java.io.IOException;

/** Writes the checkpoints of one training when they are due. */
final class CheckpointWriter {
  private final Checkpoints checkpoints;
  private final Snapshot snapshot;
  private final Fit fit;
  private long lastTime = System.nanoTime();
  private long lastSteps = -1;

  CheckpointWriter(Checkpoints checkpoints, Snapshot snapshot) {
    this.checkpoints = checkpoints;
    this.snapshot = snapshot;
    this.fit = snapshot.fit();
  }

  void afterStep() throws IOException {
    if (checkpoints.isDue(fit.step(), System.nanoTime() - lastTime)) {
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
}
