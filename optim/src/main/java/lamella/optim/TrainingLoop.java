package lamella.optim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import lamella.core.Dataset;
import lamella.core.Description;
import lamella.core.Layer;
import lamella.core.Outputs;
import lamella.core.Parameter;
import lamella.core.Sampler;
import lamella.core.TargetKind;
import lamella.optim.History.Step;
import org.jspecify.annotations.Nullable;

/** One call of {@link Trainer#fit}: what is checked before it, its steps, and its end. */
final class TrainingLoop<T> {
  private final TrainerSettings<T> settings;
  private final Layer network;
  private final Optimizer optimizer;
  private final Dataset<T> data;
  private final Sampler sampler;
  private final @Nullable RandomGenerator random;
  private final List<TrainingListener> listeners;
  private final Outputs meaning;
  private final List<Evaluator.Run<?>> evaluations = new ArrayList<>();
  private final Watched watched;
  private final StepGradients<T> gradients;

  /** The same, where a step is divided into shards; null where it is not. */
  private final @Nullable ShardedGradients<T> sharded;

  private final Fit fit;
  private final FiniteGuard<T> guard;

  /**
   * Checks what can be checked before anything changes.
   *
   * @param random that the caller may go on using, if it was given
   */
  TrainingLoop(
      TrainerSettings<T> settings,
      Dataset<T> data,
      Sampler sampler,
      @Nullable RandomGenerator random) {
    this.settings = settings;
    this.network = settings.network;
    this.optimizer = settings.optimizer;
    this.data = data;
    this.sampler = sampler;
    this.random = random;
    listeners = allListeners();
    requireTrainedParameter(network);
    requireMicroBatches();
    Shards.require(settings, data);
    requireSizeOf(sampler, data);
    TargetKind<T> targets = data.newBatch(1, Evaluation.type(network)).targetKind();
    meaning = Meaning.inTraining(network, settings.loss, targets);
    for (Evaluator<?> evaluator : settings.evaluators) {
      evaluations.add(evaluator.begin(network, meaning, null));
      if (settings.average != null) {
        evaluations.add(evaluator.begin(network, meaning, settings.average));
      }
    }
    List<String> names = measurementNames();
    watched = Watched.of(listeners, names);
    fit = new Fit(settings, data.size(), listeners, names);
    if (settings.shards > 1 || settings.runner != null) {
      sharded =
          new ShardedGradients<>(
              settings,
              data,
              settings.runner != null ? settings.runner : new ThreadRunner<>(settings));
      gradients = sharded;
      guard = new FiniteGuard<>(settings, fit, null);
    } else if (settings.gradients == null) {
      LocalGradients<T> local = settings.localGradients();
      sharded = null;
      gradients = local;
      guard = new FiniteGuard<>(settings, fit, local.passOfWholeBatch());
    } else {
      sharded = null;
      gradients = settings.gradients;
      guard = new FiniteGuard<>(settings, fit, null);
    }
  }

  /** The listeners that were given, and those that are the optimiser's schedules. */
  private List<TrainingListener> allListeners() {
    List<TrainingListener> all = new ArrayList<>();
    for (TrainingListener listener : settings.listeners) {
      if (containsThis(all, listener)) {
        throw new IllegalArgumentException(
            "Trainer: the listener " + Description.of(listener) + " is given twice");
      }
      all.add(listener);
    }
    for (Schedule schedule : optimizer.schedules()) {
      if (schedule instanceof TrainingListener listener && !containsThis(all, listener)) {
        all.add(listener);
      }
    }
    return all;
  }

  @SuppressWarnings("ReferenceEquality") // records may be equal
  private static boolean containsThis(List<TrainingListener> all, TrainingListener listener) {
    for (TrainingListener other : all) {
      if (other == listener) {
        return true;
      }
    }
    return false;
  }

  private static void requireTrainedParameter(Layer network) {
    int frozen = 0;
    int statistics = 0;
    for (Parameter parameter : network.parameters()) {
      if (parameter.isTrained()) {
        return;
      }
      statistics += parameter.role().isTrainable() ? 0 : 1;
      frozen += parameter.role().isTrainable() ? 1 : 0;
    }
    throw new IllegalArgumentException(
        "Trainer: "
            + network
            + " has no parameters to train"
            + (frozen + statistics == 0
                ? ""
                : ": "
                    + frozen
                    + " are frozen and "
                    + statistics
                    + " are statistics; unfreeze those that are to be trained"));
  }

  private void requireMicroBatches() {
    if (settings.microBatches > 1 && settings.gradients != null) {
      throw new IllegalArgumentException(
          "Trainer: "
              + Description.of(settings.gradients)
              + " computes the gradients, so there can be no micro-batches of the trainer's own;"
              + " leave out withAccumulation");
    }
    if (settings.microBatches > settings.batchSize) {
      throw new IllegalArgumentException(
          "Trainer: "
              + settings.microBatches
              + " micro-batches need at least as many examples, and a step has "
              + settings.batchSize);
    }
  }

  private static void requireSizeOf(Sampler sampler, Dataset<?> data) {
    if (sampler.examples() != 0 && sampler.examples() != data.size()) {
      throw new IllegalArgumentException(
          "Trainer: "
              + Description.of(sampler)
              + " chooses from "
              + sampler.examples()
              + " examples, and the data have "
              + data.size());
    }
  }

  private List<String> measurementNames() {
    List<String> names = new ArrayList<>();
    Set<String> known = new HashSet<>();
    for (Evaluator.Run<?> evaluation : evaluations) {
      for (String name : evaluation.names()) {
        if (!known.add(name)) {
          throw new IllegalArgumentException(
              "Trainer: \"" + name + "\" is measured twice; name each differently");
        }
        names.add(name);
      }
    }
    return names;
  }

  History fit() {
    Claim claim = Claim.of(settings, listeners, data, sampler, random);
    Fit before = Fit.current();
    Fit.setCurrent(null);
    // With the flag set some files could neither be read nor written.
    boolean interrupted = Thread.interrupted();
    try {
      optimizer.begin(network);
      if (interrupted) {
        fit.interrupt();
      }
      try {
        train(claim);
      } finally {
        interrupted |= fit.isInterrupted();
      }
      return fit.history();
    } finally {
      Fit.setCurrent(before);
      claim.release();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (sharded != null) {
        sharded.ended();
      }
    }
  }

  private void train(Claim claim) {
    try (CheckpointWriter writer = begin()) {
      Meaning.declare(network, meaning);
      Throwable failure = null;
      try {
        run(writer, claim);
      } catch (IOException | RuntimeException | Error e) {
        failure = e;
        throw e;
      } finally {
        end(failure);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where there are checkpoints, puts the training where they say it stands. */
  private @Nullable CheckpointWriter begin() throws IOException {
    return settings.checkpoints == null
        ? null
        : CheckpointWriter.begin(
            settings.checkpoints,
            fit,
            new TrainingDescription.Subject<>(settings, meaning, data, sampler, listeners));
  }

  private void run(@Nullable CheckpointWriter writer, Claim claim) throws IOException {
    for (TrainingListener listener : listeners) {
      listener.started(fit);
    }
    Fit.setCurrent(fit);
    Dataset<T> ofEpoch = data.forEpoch(fit.step() / fit.stepsPerEpoch());
    while (fit.goesOn()) {
      if (fit.step() % fit.stepsPerEpoch() == 0) {
        ofEpoch = data.forEpoch(fit.step() / fit.stepsPerEpoch());
      }
      int steps = settings.stepsOfRound(fit.step(), fit.stepsPerEpoch(), fit.steps());
      fit.beginRound(steps);
      if (sharded == null || steps == 1) {
        step(ofEpoch);
      } else {
        localSteps(sharded, steps, ofEpoch);
      }
      claim.use();
      for (int i = 0; i < evaluations.size(); i++) {
        if (evaluations.get(i).isDue(fit)) {
          evaluations.get(i).evaluate(fit);
        }
      }
      for (int i = 0; i < listeners.size(); i++) {
        listeners.get(i).afterStep(fit);
      }
      watched.afterStep(fit);
      if (Thread.interrupted()) {
        fit.interrupt();
      }
      fit.nextStep();
      if (writer != null) {
        writer.afterStep();
      }
    }
    if (settings.finiteOnly) {
      guard.requireFiniteParameters(ofEpoch);
    }
    if (writer != null) {
      writer.atTheEnd();
    }
    if (fit.isComplete() && !fit.isInterrupted()) {
      evaluateWhatHasNotBeen();
      watched.require(fit);
    }
  }

  private void step(Dataset<T> ofEpoch) throws IOException {
    int[] examples = fit.liveExamples();
    draw(examples, fit.step(), ofEpoch);
    double rate = optimizer.learningRate();
    Rates.require(optimizer, rate);
    double dataLoss = gradients.compute(fit.step(), ofEpoch, examples, fit.gradients());
    fit.recorder().add(dataLoss, optimizer.penalty(fit.parameters()), rate);
    if (settings.finiteOnly) {
      guard.requireFiniteLossAndGradients(ofEpoch);
    }
    for (int i = 0; i < listeners.size(); i++) {
      listeners.get(i).beforeUpdate(fit);
    }
    optimizer.step(fit.gradients());
    gradients.commit();
    if (settings.average != null) {
      settings.average.update(fit.parameters());
    }
  }

  /** A round of several steps, after which the last of them is at hand. */
  private void localSteps(ShardedGradients<T> shards, int steps, Dataset<T> ofEpoch)
      throws IOException {
    int[][] examples = new int[steps][fit.batchSize()];
    for (int i = 0; i < steps; i++) {
      draw(examples[i], fit.step() + i, ofEpoch);
    }
    ShardedGradients.LocalSteps result = shards.computeLocalSteps(fit.step(), examples);
    List<Step> before = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      if (i > 0) {
        before.add(new Step(fit.step(), fit.dataLoss(), fit.penalty(), fit.learningRate()));
        fit.nextStep();
      }
      System.arraycopy(examples[i], 0, fit.liveExamples(), 0, fit.batchSize());
      fit.recorder().add(result.loss(i), result.penalty(i), result.rate(i));
      if (settings.finiteOnly) {
        guard.requireFiniteLossAndGradients(ofEpoch);
      }
      for (int k = 0; i == 0 && k < listeners.size(); k++) {
        listeners.get(k).beforeUpdate(fit);
      }
    }
    fit.setRoundBefore(before);
    shards.apply(result);
    if (settings.finiteOnly) {
      guard.requireFiniteParameters(ofEpoch);
    }
    if (settings.average != null) {
      settings.average.update(fit.parameters());
    }
  }

  /** The examples of a step; of several shards, those of the first one first. */
  private void draw(int[] examples, long step, Dataset<T> ofEpoch) {
    sampler.next(examples);
    requireIndices(examples, step, ofEpoch.size());
    if (settings.shards > 1) {
      Shards.sort(examples, settings.shards, step, sampler);
    }
  }

  private void requireIndices(int[] indices, long step, int size) {
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < 0 || indices[i] >= size) {
        throw new IllegalArgumentException(
            "Trainer: "
                + Description.of(sampler)
                + " chooses example "
                + indices[i]
                + " at step "
                + step
                + ", which is outside [0, "
                + size
                + ")");
      }
    }
  }

  /**
   * After the last step. A checkpoint is written before, because a training that goes on from it
   * would not have measured this.
   */
  private void evaluateWhatHasNotBeen() throws IOException {
    fit.lastStepAgain();
    try {
      for (Evaluator.Run<?> evaluation : evaluations) {
        if (evaluation.isDueAtTheEnd(fit)) {
          evaluation.evaluate(fit);
        }
      }
    } finally {
      fit.nextStep();
    }
  }

  /**
   * Tells all listeners that training has ended, whatever one of them throws: first those that put
   * parameters back.
   */
  private void end(@Nullable Throwable failure) throws IOException {
    Throwable first = failure;
    for (TrainingListener listener : listeners) {
      try {
        listener.finishing(fit);
      } catch (IOException | RuntimeException | Error e) {
        first = collect(first, e);
      }
    }
    for (TrainingListener listener : listeners) {
      try {
        listener.ended(fit);
      } catch (IOException | RuntimeException | Error e) {
        first = collect(first, e);
      }
    }
    if (failure == null && first != null) {
      switch (first) {
        case IOException e -> throw e;
        case RuntimeException e -> throw e;
        default -> throw (Error) first;
      }
    }
  }

  @SuppressWarnings("ReferenceEquality")
  private static Throwable collect(@Nullable Throwable first, Throwable next) {
    if (first == null) {
      return next;
    }
    if (first != next) {
      first.addSuppressed(next);
    }
    return first;
  }
}
