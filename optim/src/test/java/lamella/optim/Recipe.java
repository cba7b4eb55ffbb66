package lamella.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Elementwise;
import lamella.core.FloatTensor;
import lamella.core.Gradients;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Sampler;
import lamella.core.SavedState;
import lamella.core.Shape;
import lamella.core.Stateful;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.losses.SoftmaxCrossEntropy;
import org.jspecify.annotations.Nullable;

/**
 * How a training is set up, to be changed in one thing or another; and layers, losses, datasets and
 * the like as users write them: with fields, with a state, without {@code toString}.
 */
final class Recipe {
  static final int SIZE = 70;

  DType type = DType.FLOAT32;
  int units = 9;
  int batchSize = 8;
  long steps = 40;
  long historyEvery = 1;
  double slope = 0.1;
  long seed;
  boolean frozen;
  boolean twice = true;
  Parameter.Role role = Parameter.Role.BIAS;
  Supplier<Layer> activation = () -> new Leaky(slope);
  Supplier<Dataset<int[]>> data = () -> Toy.points(SIZE, 1);
  Supplier<Dataset<int[]>> held = () -> Toy.points(35, 2);
  String heldName = "held";
  @Nullable LongPredicate due = step -> step % 3 == 0;
  Supplier<Schedule> schedule = () -> Schedule.constant(0.1);
  double l2 = 1e-3;
  double momentum = 0.9;
  @Nullable Supplier<Optimizer> optimizer;
  Supplier<Loss<int[]>> loss = () -> new Smoothed(0.1);
  Supplier<Sampler> sampler = () -> Sampler.shuffled(SIZE, new NumPyRandom(4));
  Supplier<List<TrainingListener>> listeners =
      () -> List.of(EarlyStopping.lowest("held loss", 99), GradientClipping.byNorm(0.5));

  /** One training as the recipe says. */
  record Run(
      Network network,
      Trainer<int[]> trainer,
      Dataset<int[]> data,
      Sampler sampler,
      List<Stateful> parts) {
    History fit(@Nullable Checkpoints checkpoints) {
      return (checkpoints == null ? trainer : trainer.withCheckpoints(checkpoints))
          .fit(data, sampler);
    }
  }

  Run run() {
    NumPyRandom random = new NumPyRandom(2);
    Layer inner = activation.get();
    Network network =
        Network.of(
            Shape.of(2),
            new Linear(type, 2, units, Initializer.he(), random),
            new Inside(twice ? new Twice(inner) : inner),
            new Shift(units, role, type),
            new Linear(type, units, Toy.CLASSES, Initializer.he(), random));
    if (frozen) {
      Layers.freeze(network.layers().getFirst());
    }
    Optimizer rule =
        optimizer == null
            ? Sgd.of(schedule.get()).withL2(l2).withMomentum(momentum)
            : optimizer.get();
    Loss<int[]> objective = loss.get();
    List<TrainingListener> all = listeners.get();
    Dataset<int[]> examples = data.get();
    Sampler order = sampler.get();
    Trainer<int[]> trainer =
        Trainer.of(network, objective, rule)
            .withBatchSize(batchSize)
            .withSteps(steps)
            .withSeed(seed)
            .withHistoryEvery(historyEvery)
            .withListeners(all.toArray(TrainingListener[]::new));
    Dataset<int[]> judged = held.get();
    trainer =
        due == null
            ? trainer.withEvaluation(heldName, judged)
            : trainer.withEvaluation(heldName, judged, due);
    List<Stateful> parts = new ArrayList<>(all);
    parts.add(rule);
    parts.add(order);
    for (Object other : new Object[] {objective, inner, examples, judged}) {
      if (other instanceof Stateful stateful) {
        parts.add(stateful);
      }
    }
    return new Run(network, trainer, examples, order, parts);
  }

  // What users write.

  /** A layer with a setting that it does not tell. */
  static final class Leaky implements Layer {
    private final double slope;

    Leaky(double slope) {
      this.slope = slope;
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      for (int i = 0; i < x.size(); i++) {
        y.set(i, x.get(i) * (x.get(i) < 0 ? slope : 1));
      }
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      Tensor x = pass.recall(this, dy);
      if (!pass.needsInputGradient()) {
        return null;
      }
      Tensor dx = pass.inputGradient(this);
      for (int i = 0; i < dx.size(); i++) {
        dx.set(i, dy.get(i) * (x.get(i) < 0 ? slope : 1));
      }
      return dx;
    }
  }

  /** Another one with the same parameters, none. */
  static final class Cube extends Elementwise {
    @Override
    protected double value(double x) {
      return x * x * x;
    }

    @Override
    protected double slope(double x, double y) {
      return 3 * x * x;
    }
  }

  /** Applies a layer twice; says nothing of itself but what is inside. */
  static final class Twice implements Layer {
    private final Layer inner;

    Twice(Layer inner) {
      this.inner = inner;
    }

    @Override
    public List<Layer> layers() {
      return List.of(inner);
    }

    @Override
    public List<Parameter> parameters() {
      return inner.parameters();
    }

    @Override
    public Shape outputShape(Shape input) {
      return inner.outputShape(input);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      return pass.forward(this, 1, inner, pass.forward(this, 0, inner, x));
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      Tensor between = pass.backward(this, 1, inner, dy, true);
      return pass.backward(this, 0, inner, between, pass.needsInputGradient());
    }
  }

  /** A record, whose text has those of its fields. */
  record Inside(Layer inner) implements Layer {
    @Override
    public List<Layer> layers() {
      return List.of(inner);
    }

    @Override
    public List<Parameter> parameters() {
      return inner.parameters();
    }

    @Override
    public Shape outputShape(Shape input) {
      return inner.outputShape(input);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      return pass.forward(this, 0, inner, x);
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      return pass.backward(this, 0, inner, dy, pass.needsInputGradient());
    }
  }

  /** Adds a vector. */
  static final class Shift implements Layer {
    private final Parameter shift;

    Shift(int width, Parameter.Role role, DType type) {
      shift = new Parameter("shift", role, Tensor.zeros(type, Shape.of(width)));
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(shift);
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      int width = shift.shape().size();
      for (int i = 0; i < x.size(); i++) {
        y.set(i, x.get(i) + shift.value().get(i % width));
      }
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      pass.recall(this, dy);
      Tensor gradient = pass.gradient(shift);
      int width = shift.shape().size();
      for (int i = 0; i < dy.size(); i++) {
        gradient.set(i % width, gradient.get(i % width) + dy.get(i));
      }
      if (!pass.needsInputGradient()) {
        return null;
      }
      Tensor dx = pass.inputGradient(this);
      dx.copyFrom(dy);
      return dx;
    }
  }

  /** Hides numbers at random; the random numbers are its state. */
  static final class Dropout implements Layer, Stateful {
    private final NumPyRandom random;

    Dropout() {
      this(new NumPyRandom(5));
    }

    Dropout(NumPyRandom random) {
      this.random = random;
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      Tensor mask = pass.buffer(this, 0, x.shape());
      for (int i = 0; i < x.size(); i++) {
        mask.set(i, !pass.isTraining() ? 1 : random.nextDouble() < 0.5 ? 0 : 2);
        y.set(i, x.get(i) * mask.get(i));
      }
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      pass.recall(this, dy);
      if (!pass.needsInputGradient()) {
        return null;
      }
      Tensor mask = pass.buffer(this, 0, dy.shape());
      Tensor dx = pass.inputGradient(this);
      for (int i = 0; i < dx.size(); i++) {
        dx.set(i, dy.get(i) * mask.get(i));
      }
      return dx;
    }

    @Override
    public void save(SavedState state) {
      random.save(state.inside("random"));
    }

    @Override
    public void load(SavedState state) {
      random.load(state.inside("random"));
    }
  }

  /** Subtracts a running mean, which is a parameter that no gradient changes. */
  static final class RunningMean implements Layer {
    private final Parameter mean;

    RunningMean(int width) {
      mean = new Parameter("mean", Parameter.Role.BIAS, FloatTensor.zeros(Shape.of(width)));
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(mean);
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      int width = mean.shape().size();
      for (int i = 0; i < x.size() && pass.isTraining(); i++) {
        double before = mean.value().get(i % width);
        mean.value().set(i % width, before + 0.01 * (x.get(i) - before));
      }
      for (int i = 0; i < x.size(); i++) {
        y.set(i, x.get(i) - mean.value().get(i % width));
      }
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      pass.recall(this, dy);
      if (!pass.needsInputGradient()) {
        return null;
      }
      Tensor dx = pass.inputGradient(this);
      dx.copyFrom(dy);
      return dx;
    }
  }

  /** A loss with a setting that it does not tell. */
  static class Smoothed implements Loss<int[]> {
    private final SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    private final double scale;

    Smoothed(double smoothing) {
      scale = 1 - smoothing;
    }

    double scale() {
      return scale;
    }

    @Override
    public double valueAndGradient(Tensor output, int[] target, Tensor gradient) {
      double value = loss.valueAndGradient(output, target, gradient);
      for (int i = 0; i < gradient.size(); i++) {
        gradient.set(i, gradient.get(i) * scale());
      }
      return value * scale();
    }

    @Override
    public double value(Tensor output, int[] target) {
      return loss.value(output, target) * scale();
    }
  }

  /** A loss that falls with the number of its uses. */
  static final class Annealed extends Smoothed implements Stateful {
    private long uses;

    Annealed() {
      super(0);
    }

    @Override
    double scale() {
      return 1 / (1 + 0.01 * uses);
    }

    @Override
    public double valueAndGradient(Tensor output, int[] target, Tensor gradient) {
      uses++;
      return super.valueAndGradient(output, target, gradient);
    }

    @Override
    public void save(SavedState state) {
      state.put("uses", uses);
    }

    @Override
    public void load(SavedState state) {
      uses = state.integer("uses", 0, Long.MAX_VALUE);
    }
  }

  /** A dataset of which only the interface is known. */
  record Plain(Dataset<int[]> inside) implements WrappedExamples<int[]> {
    @Override
    public List<Dataset<?>> datasets() {
      return List.of(inside);
    }
  }

  /** Adds noise to what is read, from random numbers that are its state. */
  static final class Noisy implements WrappedExamples<int[]>, Stateful {
    private final Dataset<int[]> inside;
    private final NumPyRandom random = new NumPyRandom(6);

    Noisy(Dataset<int[]> inside) {
      this.inside = inside;
    }

    @Override
    public Dataset<int[]> inside() {
      return inside;
    }

    @Override
    public void read(int[] indices, Batch<int[]> batch) {
      inside.read(indices, batch);
      Tensor inputs = batch.inputs();
      for (int i = 0; i < inputs.size(); i++) {
        inputs.set(i, inputs.get(i) + 0.1 * random.nextGaussian());
      }
    }

    @Override
    public void save(SavedState state) {
      random.save(state);
    }

    @Override
    public void load(SavedState state) {
      random.load(state);
    }
  }

  /** w = w - rate g, with a memory that only saves what it has. */
  static final class OwnRule implements Optimizer {
    private final double rate;
    private final List<Schedule> schedules;
    private long steps;

    OwnRule(double rate, Schedule... schedules) {
      this.rate = rate;
      this.schedules = List.of(schedules);
    }

    @Override
    public void step(Gradients gradients) {
      for (Parameter parameter : gradients.parameters()) {
        Tensor w = parameter.value();
        for (int i = 0; i < w.size(); i++) {
          w.set(i, w.get(i) - learningRate() * gradients.of(parameter).get(i));
        }
      }
      gradients.clear();
      steps++;
    }

    @Override
    public long steps() {
      return steps;
    }

    @Override
    public List<Schedule> schedules() {
      return schedules;
    }

    @Override
    public double learningRate() {
      return schedules.isEmpty() ? rate : schedules.getFirst().at(steps);
    }

    @Override
    public double penalty(List<Parameter> parameters) {
      return 0;
    }

    @Override
    public void save(SavedState state) {
      state.put("steps", steps);
    }

    @Override
    public void load(SavedState state) {
      steps = state.integer("steps", 0, Long.MAX_VALUE);
    }

    @Override
    public String toString() {
      return "OwnRule(" + rate + ")";
    }
  }

  /** A listener with a state and a way to fail when it takes it up. */
  static final class Counter implements TrainingListener {
    private final boolean failing;
    private long steps;
    private long started;

    Counter(boolean failing) {
      this.failing = failing;
    }

    long started() {
      return started;
    }

    @Override
    public void started(Fit fit) {
      started++;
    }

    @Override
    public void afterStep(Fit fit) {
      steps++;
    }

    @Override
    public void save(SavedState state) {
      state.put("steps", steps);
    }

    @Override
    public void load(SavedState state) {
      long there = state.integer("steps", 0, Long.MAX_VALUE);
      steps = there;
      if (failing && there > 0) {
        throw new UnsupportedOperationException("half way");
      }
    }
  }
}
