package lamella.optim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.random.RandomGenerator;
import lamella.core.Batch;
import lamella.core.Dataset;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Pass;
import lamella.core.Sampler;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The training loop: draws a batch, computes loss and gradients, updates; and between two steps
 * evaluates, writes checkpoints, and calls listeners.
 *
 * {@snippet file="SnippetsTest.java" region="trainer"}
 *
 * <p>A trainer does not change; each {@code with} gives another one. But the network, the optimiser
 * and most listeners do: one training, one of each. A step allocates nothing, unless a listener
 * does. Loss and gradients that are not finite end the training with a {@link NonFiniteException}.
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
   * batch size of them, rounded down, at least 1.
   *
   * @param number how many
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
   * {@code NAME accuracy}, after the last step of every epoch.
   *
   * @param name begins the names of what is measured
   * @param data all of it is read each time
   * @return a new trainer like this one
   */
  public Trainer<T> withEvaluation(String name, Dataset<T> data) {
    return withJudge(new Judge<>(name, data, null));
  }

  /**
   * Measures {@code NAME loss} and, where the targets are labels and the outputs have classes,
   * {@code NAME accuracy}, after the steps that {@code due} names.
   *
   * @param name begins the names of what is measured
   * @param data all of it is read each time
   * @param due told the number of a step, from 0, after its update
   * @return a new trainer like this one
   */
  public Trainer<T> withEvaluation(String name, Dataset<T> data, LongPredicate due) {
    return withJudge(new Judge<>(name, data, due));
  }

  private Trainer<T> withJudge(Judge<T> judge) {
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
   */
  public History fit(Dataset<T> data, RandomGenerator random) {
    return fit(data, Sampler.shuffled(data.size(), random));
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
   * @throws IllegalArgumentException if the loss takes the network's outputs for something else
   *     than they are
   * @throws NonFiniteException at the first loss, gradient or parameter that is not finite
   * @throws UncheckedIOException if checkpoints, or a listener's files, cannot be read or written
   */
  public History fit(Dataset<T> data, Sampler sampler) {
    Pass pass = Pass.forTraining();
    Batch<T> batch = data.newBatch(batchSize, Evaluation.type(network));
    Outputs meaning = Meaning.inTraining(network, loss, batch.targets());
    long epoch = Math.max(1, data.size() / batchSize);
    Fit fit =
        new Fit(
            network,
            optimizer,
            listeners,
            measurementNames(meaning),
            pass.gradients(),
            batch.inputs(),
            steps > 0 ? steps : Math.multiplyExact(epochs, epoch),
            epoch);
    try (CheckpointWriter writer = begin(fit, data, sampler, meaning)) {
      Meaning.declare(network, meaning);
      Throwable failure = null;
      try {
        run(fit, writer, pass, batch, data, sampler);
      } catch (IOException | RuntimeException | Error e) {
        failure = e;
        throw e;
      } finally {
        end(fit, failure);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return fit.history();
  }

  /** Where there are checkpoints, puts the training where they say it stands. */
  private @Nullable CheckpointWriter begin(
      Fit fit, Dataset<T> data, Sampler sampler, Outputs meaning) throws IOException {
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
            network, meaning, loss, optimizer, batchSize, data, sampler, evaluations, listeners));
  }

  private void run(
      Fit fit,
      @Nullable CheckpointWriter writer,
      Pass pass,
      Batch<T> batch,
      Dataset<T> data,
      Sampler sampler)
      throws IOException {
    for (TrainingListener listener : listeners) {
      listener.started(fit);
    }
    int[] indices = new int[batchSize];
    Dataset<T> examples = data.forEpoch(fit.step() / fit.stepsPerEpoch());
    while (fit.goesOn()) {
      if (fit.step() % fit.stepsPerEpoch() == 0) {
        examples = data.forEpoch(fit.step() / fit.stepsPerEpoch());
      }
      sampler.next(indices);
      examples.read(indices, batch);
      step(fit, pass, batch);
      evaluate(fit);
      for (int i = 0; i < listeners.size(); i++) {
        listeners.get(i).afterStep(fit);
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
  }

  private void step(Fit fit, Pass pass, Batch<T> batch) throws IOException {
    Tensor outputs = network.forward(batch.inputs(), pass);
    Tensor outputGradient = pass.outputGradient(outputs);
    double dataLoss = loss.valueAndGradient(outputs, batch.targets(), outputGradient);
    double penalty = optimizer.penalty(fit.parameters());
    network.backward(outputGradient, pass);
    fit.recorder().add(dataLoss, penalty, optimizer.learningRate());
    if (finiteOnly) {
      FiniteGuard.requireFiniteLossAndGradients(fit);
    }
    for (int i = 0; i < listeners.size(); i++) {
      listeners.get(i).beforeUpdate(fit);
    }
    optimizer.step(pass.gradients());
  }

  private void evaluate(Fit fit) throws IOException {
    for (int i = 0; i < judges.size(); i++) {
      Judge<T> judge = judges.get(i);
      LongPredicate due = judge.due;
      if (due == null ? (fit.step() + 1) % fit.stepsPerEpoch() == 0 : due.test(fit.step())) {
        if (hasClasses(judge.data, Meaning.said(network))) {
          @SuppressWarnings("unchecked") // its targets are labels, so T is int[]
          Evaluation evaluation =
              Evaluation.of(network, (Loss<int[]>) loss, (Dataset<int[]>) judge.data);
          fit.measure(judge.name + LOSS, evaluation.loss());
          fit.measure(judge.name + ACCURACY, evaluation.accuracy());
        } else {
          fit.measure(judge.name + LOSS, Evaluation.loss(network, loss, judge.data));
        }
      }
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

  private void end(Fit fit, @Nullable Throwable failure) throws IOException {
    for (TrainingListener listener : listeners) {
      try {
        listener.ended(fit);
      } catch (IOException | RuntimeException e) {
        if (failure == null) {
          throw e;
        }
        failure.addSuppressed(e);
      }
    }
  }
}
