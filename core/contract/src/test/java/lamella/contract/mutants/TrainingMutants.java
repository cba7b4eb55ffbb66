package lamella.contract.mutants;

import static lamella.contract.mutants.Dense.rows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import lamella.contract.LayerChecks;
import lamella.contract.mutants.CorrectLayersTest.Correct;
import lamella.contract.mutants.MutantLayersTest.Mutant;
import lamella.core.FloatTensor;
import lamella.core.KeyedRandom;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Layers that do something in training only: they draw random numbers, they keep statistics; and
 * layers some of whose parameters are frozen.
 */
final class TrainingMutants {
  private TrainingMutants() {}

  /** A dropout: y = x m / keep, m 1 with probability keep, anew in each step. */
  static class Dropout implements Layer {
    static final double KEEP = 0.75;

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    void draw(Tensor mask, Pass pass) {
      pass.random(this).bernoulli(mask, KEEP, 1 / KEEP);
    }

    boolean draws(Pass pass) {
      return pass.isTraining();
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      if (!draws(pass)) {
        y.copyFrom(x);
        return y;
      }
      Tensor mask = pass.buffer(this, 0, x.shape());
      draw(mask, pass);
      return times(x, mask, y);
    }

    Tensor maskAgain(Tensor mask, Pass pass) {
      return mask;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      Tensor x = pass.recall(this, dy);
      if (!pass.needsInputGradient()) {
        return null;
      }
      Tensor mask = maskAgain(pass.buffer(this, 0, x.shape()), pass);
      return times(dy, mask, pass.inputGradient(this));
    }

    private static Tensor times(Tensor a, Tensor b, Tensor product) {
      for (int i = 0; i < a.size(); i++) {
        product.set(i, a.get(i) * b.get(i));
      }
      return product;
    }

    @Override
    public String toString() {
      return "Dropout";
    }
  }

  /** y = x + noise that is normal, the same in all rows or other in each. */
  private record Noise(boolean shared) implements Layer {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      y.copyFrom(x);
      if (pass.isTraining()) {
        KeyedRandom random = pass.random(this);
        int width = x.size() / rows(x);
        for (int i = 0; i < x.size(); i++) {
          double noise = shared ? random.uniform(i % width) : random.gaussian(i / width, i % width);
          y.set(i, x.get(i) + noise);
        }
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

  /** y = x - m, m the mean of the batch's column in training and a running mean in inference. */
  static class Centred implements Layer {
    private static final double MOMENTUM = 0.25;

    final Parameter mean =
        new Parameter("running_mean", Role.STATISTIC, FloatTensor.zeros(Shape.of(4)));

    @Override
    public List<Parameter> parameters() {
      return List.of(mean);
    }

    @Override
    public Shape outputShape(Shape input) {
      if (!Shape.batchOf(4).accepts(input)) {
        throw new ShapeException(this, Shape.batchOf(4), input);
      }
      return input;
    }

    /** Where the new running mean goes; null for nowhere. */
    @Nullable Tensor running(Pass pass) {
      return pass.isTraining() ? pass.update(mean) : null;
    }

    double updated(double running, double ofBatch, int rows) {
      return (1 - MOMENTUM) * running + MOMENTUM * ofBatch;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      Tensor running = running(pass);
      for (int j = 0; j < 4; j++) {
        double ofBatch = 0;
        for (int row = 0; row < rows(x); row++) {
          ofBatch += x.get(row * 4 + j) / rows(x);
        }
        double m = pass.isTraining() ? ofBatch : mean.value().get(j);
        if (running != null) {
          running.set(j, updated(running.get(j), ofBatch, rows(x)));
        }
        for (int row = 0; row < rows(x); row++) {
          y.set(row * 4 + j, x.get(row * 4 + j) - m);
        }
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
      for (int j = 0; j < 4; j++) {
        double sum = 0;
        for (int row = 0; row < rows(dy); row++) {
          sum += dy.get(row * 4 + j);
        }
        for (int row = 0; row < rows(dy); row++) {
          dx.set(row * 4 + j, dy.get(row * 4 + j) - sum / rows(dy));
        }
      }
      return dx;
    }

    @Override
    public String toString() {
      return "Centred";
    }
  }

  private static LayerChecks unlike(LayerChecks checks) {
    return checks.mixingRows().differingInInference();
  }

  /** Correct ones. */
  static List<Correct> correct() {
    return List.of(
        new Correct("Dropout", LayerChecks.of(random -> new Dropout()).differingInInference()),
        new Correct(
            "Dropout that draws its mask again in backward",
            LayerChecks.of(random ->
                    new Dropout() {
                      @Override
                      Tensor maskAgain(Tensor mask, Pass pass) {
                        mask.fill(Double.NaN);
                        draw(mask, pass);
                        return mask;
                      }
                    })
                .differingInInference()),
        new Correct("Noise", LayerChecks.of(random -> new Noise(false)).differingInInference()),
        new Correct(
            "Noise, the same for all rows",
            LayerChecks.of(random -> new Noise(true)).differingInInference()),
        new Correct("Centred", unlike(LayerChecks.of(random -> new Centred()))),
        new Correct(
            "Dense that computes no gradient of what is frozen",
            LayerChecks.of(random ->
                new Dense(3, 2, random) {
                  @Override
                  void weightGradient(Tensor x, Tensor dy, Pass pass) {
                    if (pass.needsGradient(weight)) {
                      super.weightGradient(x, dy, pass);
                    }
                  }
                })));
  }

  private static Mutant dropout(String fault, String message, LayerChecks.Maker maker) {
    return new Mutant(fault, message, LayerChecks::differingInInference, maker);
  }

  private static Mutant centred(String fault, String message, LayerChecks.Maker maker) {
    return new Mutant(fault, message, TrainingMutants::unlike, maker);
  }

  /** Wrong ones. */
  static List<Mutant> layers() {
    List<Mutant> all = new ArrayList<>();
    all.addAll(random());
    all.addAll(statistics());
    all.addAll(frozen());
    return all;
  }

  private static List<Mutant> random() {
    return List.of(
        dropout(
            "a mask from a stream of random numbers",
            "two forwards of the same input differ .*random numbers come from pass.random"
                + "|draws random numbers that are not those of pass.random",
            maker ->
                new Dropout() {
                  private final Random stream = new Random(1);

                  @Override
                  void draw(Tensor mask, Pass pass) {
                    for (int i = 0; i < mask.size(); i++) {
                      mask.set(i, stream.nextDouble() < KEEP ? 1 / KEEP : 0);
                    }
                  }
                }),
        dropout(
            "the mask of the pass's first step, used again in every step",
            "in step \\d on a pass that made other steps before",
            maker ->
                new Dropout() {
                  @Override
                  void draw(Tensor mask, Pass pass) {
                    boolean empty = true;
                    for (int i = 0; i < mask.size(); i++) {
                      empty &= mask.get(i) == 0;
                    }
                    if (empty) {
                      super.draw(mask, pass);
                    }
                  }
                }),
        dropout(
            "random numbers of the row's place in what is computed, not in the batch",
            "output of row \\d in a batch of \\d differs .*random numbers",
            maker ->
                new Dropout() {
                  @Override
                  void draw(Tensor mask, Pass pass) {
                    KeyedRandom.of(7, 0, 0).bernoulli(mask, KEEP, 1 / KEEP);
                  }
                }),
        dropout(
            "the first row's random numbers for every row",
            "output of row \\d in a batch of \\d differs .*random numbers"
                + "|batch in two parts .*random numbers drawn by the row of the part",
            maker ->
                new Dropout() {
                  @Override
                  void draw(Tensor mask, Pass pass) {
                    int width = mask.size() / rows(mask);
                    for (int i = 0; i < mask.size(); i++) {
                      double u = pass.random(this).uniform(0, i % width);
                      mask.set(i, u < KEEP ? 1 / KEEP : 0);
                    }
                  }
                }),
        dropout(
            "numbers of a seed that is the pass object's",
            "random numbers (that are not those of|come from) pass.random"
                + "|two backwards of the same input and output gradient differ",
            maker ->
                new Dropout() {
                  private final Map<Pass, Integer> seeds =
                      Collections.synchronizedMap(new IdentityHashMap<>());

                  @Override
                  void draw(Tensor mask, Pass pass) {
                    int seed = seeds.computeIfAbsent(pass, other -> seeds.size());
                    KeyedRandom.of(seed, 0, 0).bernoulli(mask, KEEP, 1 / KEEP);
                  }
                }),
        dropout(
            "another mask in backward",
            "gradients are wrong",
            maker ->
                new Dropout() {
                  @Override
                  Tensor maskAgain(Tensor mask, Pass pass) {
                    pass.random(this, 1).bernoulli(mask, KEEP, 1 / KEEP);
                    return mask;
                  }
                }),
        dropout(
            "draws in inference too",
            "a prediction throws .*random numbers on a pass for inference",
            maker ->
                new Dropout() {
                  @Override
                  boolean draws(Pass pass) {
                    return true;
                  }
                }));
  }

  private static List<Mutant> statistics() {
    return List.of(
        centred(
            "a statistic that is written in place",
            "its running_mean was changed between forward and backward; write a statistic's new value"
                + " to the tensor of Pass.update",
            maker ->
                new Centred() {
                  @Override
                  @Nullable Tensor running(Pass pass) {
                    return pass.isTraining() ? mean.value() : null;
                  }
                }),
        centred(
            "a statistic that predictions write to in place",
            "a prediction changes the statistic running_mean|predicts otherwise",
            maker ->
                new Centred() {
                  @Override
                  @Nullable Tensor running(Pass pass) {
                    return pass.isTraining() ? pass.update(mean) : mean.value();
                  }
                }),
        centred(
            "a statistic that is updated in inference",
            "a prediction throws .*updated on a pass for inference",
            maker ->
                new Centred() {
                  @Override
                  Tensor running(Pass pass) {
                    return pass.update(mean);
                  }
                }),
        centred(
            "a running mean of its own beside the statistic",
            "updates running_mean otherwise on a pass that was used before",
            maker ->
                new Centred() {
                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    Tensor y = super.forward(x, pass);
                    if (pass.isTraining()) {
                      Tensor own = pass.buffer(this, 0, Shape.of(4));
                      for (int j = 0; j < 4; j++) {
                        own.set(j, 0.5 * own.get(j) + 0.5 * x.get(j));
                      }
                      pass.update(mean).copyFrom(own);
                    }
                    return y;
                  }
                }),
        centred(
            "a statistic that is not finite for a batch of one",
            "updates running_mean to (NaN|-?Infinity) for a batch of 1",
            maker ->
                new Centred() {
                  @Override
                  double updated(double running, double ofBatch, int rows) {
                    return super.updated(running, ofBatch * rows / (rows - 1), rows);
                  }
                }));
  }

  /** Dense layers that are wrong only if something is frozen. */
  private static List<Mutant> frozen() {
    return List.of(
        new Mutant(
            "gives no input gradient where its weights are frozen",
            "returns no input gradient when (weight|every parameter) is frozen",
            random ->
                new Dense(3, 2, random) {
                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    if (pass.needsGradient(weight)) {
                      return super.backward(dy, pass);
                    }
                    Tensor x = pass.recall(this, dy);
                    biasGradient(dy, pass);
                    return x == dy ? x : null;
                  }
                }),
        new Mutant(
            "leaves the bias out where the weights are frozen",
            "no gradient for bias when weight is frozen",
            random ->
                new Dense(3, 2, random) {
                  @Override
                  void biasGradient(Tensor dy, Pass pass) {
                    if (pass.needsGradient(weight)) {
                      super.biasGradient(dy, pass);
                    }
                  }
                }),
        new Mutant(
            "reads the gradient of a frozen parameter",
            "throws .*no gradient for weight.* when weight is frozen",
            random ->
                new Dense(3, 2, random) {
                  @Override
                  void biasGradient(Tensor dy, Pass pass) {
                    super.biasGradient(dy, pass);
                    pass.gradients().of(weight);
                  }
                }),
        new Mutant(
            "gives an input gradient that nobody needs where everything is frozen",
            "input gradient that nobody needs when every parameter is frozen",
            random ->
                new Dense(3, 2, random) {
                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    Tensor dx = super.backward(dy, pass);
                    return pass.needsGradient(weight) || pass.needsGradient(bias)
                        ? dx
                        : inputGradient(dy, pass.inputGradient(this));
                  }
                }),
        new Mutant(
            "decays its frozen weights itself",
            "changes the frozen parameter weight|changes when weight is frozen",
            random ->
                new Dense(3, 2, random) {
                  @Override
                  void weightGradient(Tensor x, Tensor dy, Pass pass) {
                    super.weightGradient(x, dy, pass);
                    if (!pass.needsGradient(weight)) {
                      weight.value().set(0, 0.5 * weight.value().get(0));
                    }
                  }
                }));
  }
}
