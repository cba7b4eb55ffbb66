package lamella.optim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.random.RandomGenerator;
import lamella.core.Batch;
import lamella.core.Dataset;
import lamella.core.Description;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Sampler;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The training loop: draws a batch, computes loss and gradients, updates; and between two steps
 * evaluates, writes checkpoints, and calls listeners.
 *
 * {@snippet file="SnippetsTest.java" region="trainer"}
 *
 * <p>A trainer does not change; each {@code with} gives another one. But the network, the optimiser
 * and most listeners do: one training, one of each. {@link #fit} refuses an optimiser that has made
 * steps for other parameters, a listener or loss whose state is that of an earlier training, and
 * whatever another training uses at this moment, the network's parameters first of all. The same
 * optimiser may go on with the same parameters.
 *
 * <p>A step allocates nothing, unless a listener does. Loss and gradients that are not finite end
 * the training with a {@link NonFiniteException}. If its thread is interrupted, training ends after
 * the step at hand, with a last checkpoint and the stop reason {@code interrupted}; the thread is
 * still interrupted when {@code fit} returns.
 *
 * @param <T> the targets: {@code int[]} labels, or a {@link Tensor}
 */
public final class Trainer<T> {
  private static final String LOSS = " loss";
  private static final String ACCURACY = " accuracy";

  /** A set on which the network is judged from time to time. */
  private record Judge<T>(String name, Dataset<T> data, @Nullable LongPredicate due) {}

  private final Layer network;
  private final Loss<T> loss;
  private final Optimizer optimizer;
  private int batchSize = 32;
  private long steps;
  private long epochs = 10;
  private long historyEvery = 1;
  private long seed;
  private boolean finiteOnly = true;
  private List<TrainingListener> listeners = List.of();
  private List<Judge<T>> judges = List.of();
  private @Nullable Checkpoints checkpoints;

  private Trainer(Layer network, Loss<T> loss, Optimizer optimizer) {
    this.network = network;
    this.loss = loss;
    this.optimizer = optimizer;
  }

  private Trainer(Trainer<T> other) {
    this(other.network, other.loss, other.optimizer);
    batchSize = other.batchSize;
    steps = other.steps;
    epochs = other.epochs;
    historyEvery = other.historyEvery;
    seed = other.seed;
    finiteOnly = other.finiteOnly;
    listeners = other.listeners;
    judges = other.judges;
    checkpoints = other.checkpoints;
  }

  /**
   * {@return a trainer for ten epochs in batches of 32}
   *
   * @param <T> the kind of target
   * @param network what is trained
   * @param loss what is to become small
   * @param optimizer the rule of the updates; keeps its state
   */
  public static <T> Trainer<T> of(Layer network, Loss<T> loss, Optimizer optimizer) {
    return new Trainer<>(network, loss, optimizer);
  }

  /**
   * Takes so many examples a step.
   *
   * @param examples at least 1
   * @return a new trainer like this one
   * @throws IllegalArgumentException if below 1
   */
  public Trainer<T> withBatchSize(int examples) {
    requirePositive("batch size", examples);
    Trainer<T> copy = new Trainer<>(this);
    copy.batchSize = examples;
    return copy;
  }

  /**
   * Trains for so many steps.
   *
   * @param number how many
   * @return a new trainer like this one
   * @throws IllegalArgumentException if below 1
   */
  public Trainer<T> withSteps(long number) {
    requirePositive("number of steps", number);
    Trainer<T> copy = new Trainer<>(this);
    copy.steps = number;
    return copy;
  }

  /**
   * Trains for so many times as many steps as it takes to see as many examples as there are: size /
   * batch size of them, rounded down, at least 1. Of 1,000 examples in batches of 32 an epoch is 31
   * steps, which see 992 of them; as a batch may reach over the end of an order of examples, the
   * other 8 begin the next epoch.
   *
   * @param number how many; {@code Long.MAX_VALUE} until something stops it
   * @return a new trainer like this one
   * @throws IllegalArgumentException if below 1
   */
  public Trainer<T> withEpochs(long number) {
    requirePositive("number of epochs", number);
    Trainer<T> copy = new Trainer<>(this);
    copy.steps = 0;
    copy.epochs = number;
    return copy;
  }

  private static void requirePositive(String what, long number) {
    if (number < 1) {
      throw new IllegalArgumentException("Trainer: " + what + " must be at least 1, got " + number);
    }
  }

  /**
   * Gives the random numbers that layers draw in training ({@link Pass#random}), as a dropout does,
   * another seed than 0. They are a function of it, of the step and of the example's place in the
   * batch. The order of the examples has random numbers of its own: {@link #fit(Dataset,
   * RandomGenerator)}.
   *
   * @param number any; 0 is an ordinary seed
   * @return a new trainer like this one
   */
  public Trainer<T> withSeed(long number) {
    Trainer<T> copy = new Trainer<>(this);
    copy.seed = number;
    return copy;
  }

  /**
   * Keeps every n-th step in the history, and the last, so that a very long training needs less
   * memory: see {@link History}.
   *
   * @param number n
   * @return a new trainer like this one
   * @throws IllegalArgumentException if below 1
   */
  public Trainer<T> withHistoryEvery(long number) {
    requirePositive("number of steps from one in the history to the next", number);
    Trainer<T> copy = new Trainer<>(this);
    copy.historyEvery = number;
    return copy;
  }

  /**
   * Adds listeners, called after those there are.
   *
   * @param more in the order in which they are called
   * @return a new trainer like this one
   */
  public Trainer<T> withListeners(TrainingListener... more) {
    Trainer<T> copy = new Trainer<>(this);
    copy.listeners = new ArrayList<>(listeners);
    copy.listeners.addAll(List.of(more));
    return copy;
  }

  /**
   * Measures {@code NAME loss} and, where the targets are labels and the outputs have classes,
   * {@code NAME accuracy}, after the last step of every epoch, and after the last step of all.
   *
   * @param name begins the names of what is measured
   * @param data all of it is read each time
   * @return a new trainer like this one
   * @throws IllegalArgumentException if there is an evaluation of this name
   */
  public Trainer<T> withEvaluation(String name, Dataset<T> data) {
    return withJudge(new Judge<>(name, data, null));
  }

  /**
   * Measures {@code NAME loss} and, where the targets are labels and the outputs have classes,
   * {@code NAME accuracy}, after the steps that {@code due} names; after the last step if it names
   * none.
   *
   * @param name begins the names of what is measured
   * @param data all of it is read each time
   * @param due told the number of a step, from 0, after its update
   * @return a new trainer like this one
   * @throws IllegalArgumentException if there is an evaluation of this name
   */
  public Trainer<T> withEvaluation(String name, Dataset<T> data, LongPredicate due) {
    return withJudge(new Judge<>(name, data, due));
  }

  private Trainer<T> withJudge(Judge<T> judge) {
    for (Judge<T> other : judges) {
      if (other.name.equals(judge.name)) {
        throw new IllegalArgumentException(
            "Trainer: there is an evaluation \""
                + judge.name
                + "\" already; name each differently");
      }
    }
    Trainer<T> copy = new Trainer<>(this);
    copy.judges = new ArrayList<>(judges);
    copy.judges.add(judge);
    return copy;
  }

  /**
   * Writes checkpoints, or resumes from them.
   *
   * @param where their directory, and how often
   * @return a new trainer like this one
   */
  public Trainer<T> withCheckpoints(Checkpoints where) {
    Trainer<T> copy = new Trainer<>(this);
    copy.checkpoints = where;
    return copy;
  }

  /**
   * Goes on whatever the numbers are.
   *
   * @return a new trainer like this one
   */
  public Trainer<T> withoutFiniteGuard() {
    Trainer<T> copy = new Trainer<>(this);
    copy.finiteOnly = false;
    return copy;
  }

  /**
   * Trains on the examples in a new random order each epoch.
   *
   * @param data what to learn from
   * @param random the order of the examples
   * @return the losses and measurements of every step
   * @throws IllegalStateException as the other method
   * @throws IllegalArgumentException as the other method
   */
  public History fit(Dataset<T> data, RandomGenerator random) {
    return fit(data, Sampler.shuffled(data.size(), random), random);
  }

  /**
   * Trains on the examples that the sampler chooses, as they are in each epoch: {@link
   * Dataset#forEpoch}.
   *
   * <p>Says what the network's outputs mean, if nobody has ({@link Network#outputs}): what the loss
   * takes them for, or else classes for labels and numbers for tensors.
   *
   * @param data what to learn from
   * @param sampler chooses the examples of each step
   * @return the losses and measurements of every step
   * @throws IllegalStateException if the optimiser has made steps for other parameters, a listener
   *     has served another training, or something is in another training at this moment; then
   *     nothing has changed
   * @throws IllegalArgumentException if the sampler is for another number of examples, a listener
   *     is given twice, the loss takes the network's outputs for something else than they are, or
   *     nobody measures what a listener watches; if a target is not valid: names the step and the
   *     example; if the optimiser's rate is negative or not finite
   * @throws NonFiniteException at the first loss, gradient or parameter that is not finite
   * @throws UncheckedIOException if checkpoints, or a listener's files, cannot be read or written
   */
  public History fit(Dataset<T> data, Sampler sampler) {
    return fit(data, sampler, null);
  }

  private History fit(Dataset<T> data, Sampler sampler, @Nullable RandomGenerator random) {
    List<TrainingListener> all = allListeners();
    requireTrainedParameter(network);
    requireSizeOf(sampler, data);
    Batch<T> batch = data.newBatch(batchSize, Evaluation.type(network));
    Outputs meaning = Meaning.inTraining(network, loss, batch.targets());
    List<String> names = measurementNames(meaning);
    Watched watched = Watched.of(all, names);
    Claim claim = Claim.of(network, loss, optimizer, all, data, sampler, random);
    Fit before = Fit.current();
    Fit.setCurrent(null);
    // With the flag set some files could neither be read nor written.
    boolean interrupted = Thread.interrupted();
    try {
      optimizer.begin(network);
      Pass pass = Pass.forTraining(seed);
      long epoch = Math.max(1, data.size() / batchSize);
      Fit fit =
          new Fit(
              network,
              optimizer,
              all,
              names,
              pass,
              batch,
              steps > 0 ? steps : epochs > Long.MAX_VALUE / epoch ? Long.MAX_VALUE : epochs * epoch,
              epoch,
              historyEvery);
      if (interrupted) {
        fit.interrupt();
      }
      try {
        train(fit, meaning, watched, claim, pass, batch, data, sampler, all);
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
    }
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

  /** The listeners that were given, and those that are the optimiser's schedules. */
  private List<TrainingListener> allListeners() {
    List<TrainingListener> all = new ArrayList<>();
    for (TrainingListener listener : listeners) {
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

  private void requireSizeOf(Sampler sampler, Dataset<T> data) {
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

  private void train(
      Fit fit,
      Outputs meaning,
      Watched watched,
      Claim claim,
      Pass pass,
      Batch<T> batch,
      Dataset<T> data,
      Sampler sampler,
      List<TrainingListener> all) {
    try (CheckpointWriter writer = begin(fit, data, sampler, meaning, all)) {
      Meaning.declare(network, meaning);
      Throwable failure = null;
      try {
        run(fit, writer, watched, claim, pass, batch, data, sampler, all);
      } catch (IOException | RuntimeException | Error e) {
        failure = e;
        throw e;
      } finally {
        end(fit, all, failure);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where there are checkpoints, puts the training where they say it stands. */
  private @Nullable CheckpointWriter begin(
      Fit fit, Dataset<T> data, Sampler sampler, Outputs meaning, List<TrainingListener> all)
      throws IOException {
    if (checkpoints == null) {
      return null;
    }
    List<TrainingDescription.Evaluated<T>> evaluations = new ArrayList<>();
    for (Judge<T> judge : judges) {
      evaluations.add(new TrainingDescription.Evaluated<>(judge.name, judge.data, judge.due));
    }
    return CheckpointWriter.begin(
        checkpoints,
        fit,
        new TrainingDescription.Subject<>(
            network, meaning, loss, optimizer, batchSize, seed, data, sampler, evaluations, all));
  }

  private void run(
      Fit fit,
      @Nullable CheckpointWriter writer,
      Watched watched,
      Claim claim,
      Pass pass,
      Batch<T> batch,
      Dataset<T> data,
      Sampler sampler,
      List<TrainingListener> all)
      throws IOException {
    for (TrainingListener listener : all) {
      listener.started(fit);
    }
    Fit.setCurrent(fit);
    int[] indices = fit.examples();
    Dataset<T> examples = data.forEpoch(fit.step() / fit.stepsPerEpoch());
    while (fit.goesOn()) {
      if (fit.step() % fit.stepsPerEpoch() == 0) {
        examples = data.forEpoch(fit.step() / fit.stepsPerEpoch());
      }
      sampler.next(indices);
      requireIndices(indices, examples.size(), sampler, fit);
      examples.read(indices, batch);
      step(fit, pass, batch, all);
      claim.use();
      evaluateWhatIsDue(fit);
      for (int i = 0; i < all.size(); i++) {
        all.get(i).afterStep(fit);
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
    if (finiteOnly) {
      FiniteGuard.requireFiniteParameters(fit);
    }
    if (writer != null) {
      writer.atTheEnd();
    }
    if (fit.isComplete() && !fit.isInterrupted()) {
      evaluateWhatHasNotBeen(fit);
      watched.require(fit);
    }
  }

  private static void requireIndices(int[] indices, int size, Sampler sampler, Fit fit) {
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < 0 || indices[i] >= size) {
        throw new IllegalArgumentException(
            "Trainer: "
                + Description.of(sampler)
                + " chooses example "
                + indices[i]
                + " at step "
                + fit.step()
                + ", which is outside [0, "
                + size
                + ")");
      }
    }
  }

  private void step(Fit fit, Pass pass, Batch<T> batch, List<TrainingListener> all)
      throws IOException {
    double rate = optimizer.learningRate();
    Rates.require(optimizer, rate);
    pass.beginStep(fit.step());
    Tensor outputs = network.forward(batch.inputs(), pass);
    Tensor outputGradient = pass.outputGradient(outputs);
    double dataLoss = lossAndGradient(fit, outputs, batch, outputGradient);
    double penalty = optimizer.penalty(fit.parameters());
    network.backward(outputGradient, pass);
    fit.recorder().add(dataLoss, penalty, rate);
    if (finiteOnly) {
      FiniteGuard.requireFiniteLossAndGradients(fit);
    }
    for (int i = 0; i < all.size(); i++) {
      all.get(i).beforeUpdate(fit);
    }
    optimizer.step(pass.gradients());
    pass.commit();
  }

  private double lossAndGradient(Fit fit, Tensor outputs, Batch<T> batch, Tensor gradient) {
    try {
      return loss.valueAndGradient(outputs, batch.targets(), gradient);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw Mistakes.named("step " + fit.step(), fit.examples(), e);
    }
  }

  private void evaluateWhatIsDue(Fit fit) throws IOException {
    for (int i = 0; i < judges.size(); i++) {
      Judge<T> judge = judges.get(i);
      LongPredicate due = judge.due;
      if (due == null ? (fit.step() + 1) % fit.stepsPerEpoch() == 0 : due.test(fit.step())) {
        evaluate(fit, judge);
      }
    }
  }

  /**
   * After the last step. A checkpoint is written before, because a training that goes on from it
   * would not have measured this.
   */
  private void evaluateWhatHasNotBeen(Fit fit) throws IOException {
    fit.lastStepAgain();
    try {
      for (Judge<T> judge : judges) {
        long last = fit.recorder().lastStepOf(judge.name + LOSS);
        if (judge.due == null ? last != fit.step() : last < 0) {
          evaluate(fit, judge);
        }
      }
    } finally {
      fit.nextStep();
    }
  }

  private void evaluate(Fit fit, Judge<T> judge) throws IOException {
    double value;
    double accuracy = Double.NaN;
    boolean classes = hasClasses(judge.data, Meaning.said(network));
    try {
      if (classes) {
        @SuppressWarnings("unchecked") // its targets are labels, so T is int[]
        Evaluation evaluation =
            Evaluation.of(network, (Loss<int[]>) loss, (Dataset<int[]>) judge.data);
        value = evaluation.loss();
        accuracy = evaluation.accuracy();
      } else {
        value = Evaluation.loss(network, loss, judge.data);
      }
    } catch (ShapeException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "evaluation \"" + judge.name + "\" after step " + fit.step() + ": " + e.getMessage(), e);
    }
    fit.evaluated(judge.name + LOSS, value);
    if (classes) {
      fit.evaluated(judge.name + ACCURACY, accuracy);
    }
  }

  private boolean hasClasses(Dataset<T> data, Outputs meaning) {
    Shape outputs = network.outputShape(data.exampleShape().openBatch()).example();
    return meaning.classes(outputs) > 0
        && data.newBatch(1, Evaluation.type(network)).targets() instanceof int[];
  }

  private List<String> measurementNames(Outputs meaning) {
    List<String> names = new ArrayList<>();
    for (Judge<T> judge : judges) {
      names.add(judge.name + LOSS);
      if (hasClasses(judge.data, meaning)) {
        names.add(judge.name + ACCURACY);
      }
    }
    return names;
  }

  /**
   * Tells all listeners that training has ended, whatever one of them throws: first those that put
   * parameters back.
   */
  private static void end(Fit fit, List<TrainingListener> all, @Nullable Throwable failure)
      throws IOException {
    Throwable first = failure;
    for (TrainingListener listener : all) {
      try {
        listener.finishing(fit);
      } catch (IOException | RuntimeException | Error e) {
        first = collect(first, e);
      }
    }
    for (TrainingListener listener : all) {
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

  /** For example {@code Trainer(Sgd(l2 0.0, momentum 0.9), 10 epochs, batches of 32)}. */
  @Override
  public String toString() {
    return "Trainer("
        + Description.of(optimizer)
        + ", "
        + (steps > 0 ? steps + " steps" : epochs + " epochs")
        + ", batches of "
        + batchSize
        + ')';
  }
}
