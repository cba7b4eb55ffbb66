package lamella.optim;

import java.nio.file.Path;
import lamella.core.Fingerprint;

/** A training with checkpoints, for a JVM of its own. */
final class CheckpointRun {
  private CheckpointRun() {}

  /** Arguments: directory, steps, milliseconds each takes. Prints when it starts and its result. */
  public static void main(String[] args) {
    Recipe recipe = new Recipe();
    recipe.steps = Long.parseLong(args[1]);
    long pause = Long.parseLong(args[2]);
    Recipe.Run run = recipe.run();
    TrainingListener slow =
        new TrainingListener() {
          @Override
          public void started(Fit fit) {
            System.out.println("started at " + fit.step());
          }

          @Override
          public void afterStep(Fit fit) {
            try {
              Thread.sleep(pause);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        };
    run.trainer()
        .withListeners(slow)
        .withCheckpoints(Checkpoints.in(Path.of(args[0])).every(5).resuming())
        .fit(run.data(), run.sampler());
    System.out.println(Fingerprint.of(run.network().parameters()));
  }
}
