package lamella.optim;

import java.util.Arrays;
import java.util.List;
import lamella.core.Activation;
import lamella.core.Compute;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Fingerprint;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Sampler;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.LayerFormat;
import lamella.core.random.NumPyRandom;
import lamella.layers.BatchNorm;
import lamella.layers.Dropout;
import lamella.layers.Formats;
import lamella.layers.GELU;
import lamella.layers.LayerNorm;
import lamella.layers.Linear;
import lamella.layers.Mish;
import lamella.layers.Residual;
import lamella.layers.Scale;
import lamella.layers.Softmax;
import lamella.losses.SoftmaxCrossEntropy;

/**
 * Trains small networks and prints their fingerprints: what one JVM says to compare with another.
 */
final class TrainingRun {
  private TrainingRun() {}

  /** Arguments: inputs, hidden units, batch size, steps. */
  public static void main(String[] args) throws ReflectiveOperationException {
    int inputs = Integer.parseInt(args[0]);
    int hidden = Integer.parseInt(args[1]);
    int batch = Integer.parseInt(args[2]);
    int steps = Integer.parseInt(args[3]);
    for (LayerFormat<?> format : new Formats().formats()) {
      if (Activation.class.isAssignableFrom(format.layerClass())) {
        Layer activation = format.layerClass().getConstructor().newInstance();
        for (DType dtype : DType.values()) {
          System.out.println(
              dtype
                  + " "
                  + activation
                  + " "
                  + fingerprint(dtype, activation, inputs, hidden, batch, steps));
        }
      }
    }
    for (DType dtype : DType.values()) {
      Layer rows =
          Network.of(
              Shape.of(hidden),
              new LayerNorm(dtype, hidden),
              new BatchNorm(dtype, hidden),
              new Scale(dtype, hidden),
              new Softmax());
      System.out.println(
          dtype + " " + rows + " " + fingerprint(dtype, rows, inputs, hidden, batch, steps));
    }
    for (DType dtype : DType.values()) {
      for (Optimizer optimizer : optimizers(steps)) {
        System.out.println(
            dtype + " " + optimizer + " " + mixed(dtype, optimizer, inputs, hidden, batch, steps));
      }
    }
    System.err.println(Compute.description());
  }

  private static List<Optimizer> optimizers(int steps) {
    return List.of(
        AdamW.of(Schedule.warmUp(2).then(Schedule.cosine(0.01, 0, steps))).withL2(1e-3),
        Lion.of(Schedule.cosineLog(0.01, 2L * steps)).withDecay(0.1),
        Sgd.of(Schedule.oneCycle(0.1, steps)).withMomentum(0.9).withNesterov().withDecay(0.1));
  }

  /**
   * A training with mixed examples, and layers that draw and keep statistics; the fingerprints of
   * its parameters and of their average.
   */
  private static String mixed(
      DType dtype, Optimizer optimizer, int inputs, int hidden, int batch, int steps) {
    int examples = 2 * batch;
    int classes = 7;
    int width = 4 * hidden; // so that updates are divided over threads, too
    NumPyRandom random = new NumPyRandom(1);
    Tensor data = Tensor.zeros(dtype, Shape.of(examples, inputs));
    Initializer.normal(1).fill(data, inputs, inputs, random);
    int[] labels = new int[examples];
    Arrays.setAll(labels, i -> i % classes);
    Network network =
        Network.of(
            Shape.of(inputs),
            new Linear(dtype, inputs, width, Initializer.he(), random),
            new BatchNorm(dtype, width),
            new GELU(),
            new Dropout(0.2),
            new Residual(new LayerNorm(dtype, width), new Mish(), new Dropout(0.1)),
            new Linear(dtype, width, classes, Initializer.he(), random));
    WeightAverage average = WeightAverage.of(0.9);
    Trainer.of(network, new SoftmaxCrossEntropy().withProbabilities(), optimizer)
        .withBatchSize(batch)
        .withSteps(steps)
        .withAverage(average)
        .fit(Mixup.of(Dataset.of(data, labels), classes, 0.2, 1), random);
    String trained = Fingerprint.of(network.parameters());
    average.copyTo(network);
    return trained + " " + Fingerprint.of(network.parameters());
  }

  private static String fingerprint(
      DType dtype, Layer middle, int inputs, int hidden, int batch, int steps) {
    int examples = 5 * batch;
    int classes = 7;
    NumPyRandom random = new NumPyRandom(1);
    Tensor data = Tensor.zeros(dtype, Shape.of(examples, inputs));
    Initializer.normal(1).fill(data, inputs, inputs, random);
    Network network =
        Network.of(
            Shape.of(inputs),
            new Linear(dtype, inputs, hidden, Initializer.he(), random),
            middle,
            new Linear(dtype, hidden, classes, Initializer.he(), random));
    Sampler sampler = Sampler.shuffled(examples, random);
    Sgd sgd =
        Sgd.of(Schedule.exponentialDecay(0.1, 0.9, 5)).withL2(1e-3).withMomentum(steps % 2 * 0.9);
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    Pass pass = Pass.forTraining();
    Tensor x = Tensor.zeros(dtype, Shape.of(batch, inputs));
    int[] labels = new int[batch];
    int[] indices = new int[batch];
    for (int step = 0; step < steps; step++) {
      pass.beginStep(step);
      sampler.next(indices);
      for (int row = 0; row < batch; row++) {
        labels[row] = indices[row] % classes;
        for (int j = 0; j < inputs; j++) {
          x.set(row * inputs + j, data.get(indices[row], j));
        }
      }
      Tensor logits = network.forward(x, pass);
      Tensor gradient = pass.outputGradient(logits);
      loss.valueAndGradient(logits, labels, gradient);
      network.backward(gradient, pass);
      sgd.step(pass.gradients());
      pass.commit();
    }
    return Fingerprint.of(network.parameters());
  }
}
