package lamella.examples.page;

import java.util.ArrayList;
import java.util.List;
import lamella.core.DType;
import lamella.core.Fingerprint;
import lamella.core.random.NumPyRandom;
import lamella.data.cifar.Cifar10;
import lamella.data.cifar.ImageDataset;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.MeanImage;
import lamella.examples.Activation;
import lamella.examples.DivergedException;
import lamella.examples.Experiment;
import lamella.examples.InitialWeights;
import lamella.examples.Model;
import lamella.examples.RunOption;
import lamella.examples.Training;
import lamella.optim.Evaluation;

/** Four short runs on random images, as ReportCommand hands them to the page. */
final class SmallRuns {
  static final int ITERATIONS = 45;
  static final int HIDDEN = 5;

  private SmallRuns() {}

  /** Random images whose class shows in their brightness, so that something can be learnt. */
  static ImageDataset data(int size, long seed) {
    NumPyRandom random = new NumPyRandom(seed);
    byte[] labels = new byte[size];
    byte[] pixels = new byte[size * ImageShape.CIFAR10.size()];
    for (int i = 0; i < size; i++) {
      labels[i] = (byte) (i % 10);
      for (int j = 0; j < ImageShape.CIFAR10.size(); j++) {
        pixels[i * ImageShape.CIFAR10.size() + j] =
            (byte) (random.nextInt(128) + 12 * ((j + labels[i]) % 10));
      }
    }
    ImageSet images =
        ImageSet.wrap(ImageShape.CIFAR10, Model.LAYOUT, Cifar10.CLASSES, labels, pixels);
    return new ImageDataset(images, MeanImage.of(images));
  }

  static Experiment experiment() {
    return Experiment.report(Activation.RELU, DType.FLOAT32)
        .with(RunOption.HIDDEN, (long) HIDDEN)
        .with(RunOption.ITERATIONS, (long) ITERATIONS)
        .with(RunOption.BATCH_SIZE, 20L)
        .with(RunOption.INIT_STD, new InitialWeights(1e-2));
  }

  /** The runs; their times are made up. */
  static List<TrainedRun> train(Experiment experiment, ImageDataset data) throws DivergedException {
    List<TrainedRun> runs = new ArrayList<>();
    for (Activation activation : Activation.values()) {
      Experiment with = experiment.with(RunOption.ACTIVATION, activation);
      Training.Result result = Training.run(with, 10, data, data, step -> {});
      double accuracy = Evaluation.of(result.network(), data).accuracy();
      runs.add(
          new TrainedRun(
              with,
              result.network(),
              Fingerprint.of(result.network().parameters()),
              result.history(),
              result.measurements(),
              accuracy,
              accuracy,
              new StepClock.Timing(1.25, 0.002)));
    }
    return runs;
  }
}
