import lamella.core.*;
import lamella.core.random.NumPyRandom;
import lamella.layers.*;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.*;

/** Learns which of three spirals a point belongs to, and draws where it would put all others. */
void main() {
  var random = new NumPyRandom(1);
  var points = FloatTensor.zeros(Shape.of(1500, 2));
  var spirals = new int[1500];
  for (int i = 0; i < spirals.length; i++) {
    spirals[i] = i % 3;
    double radius = random.nextDouble();
    double angle = 6 * radius + 2 * Math.PI / 3 * spirals[i] + 0.15 * random.nextGaussian();
    points.set(2 * i, radius * StrictMath.cos(angle));
    points.set(2 * i + 1, radius * StrictMath.sin(angle));
  }
  var network = Network.of(Shape.of(2), new Linear(2, 32, random), new Swish(),
      new Linear(32, 32, random), new Swish(), new Linear(32, 3, random));
  Trainer.of(network, new SoftmaxCrossEntropy(), Sgd.of(0.1).withMomentum(0.9))
      .withBatchSize(50).withEpochs(20).fit(Dataset.of(points, spirals), random);

  var predictor = Predictor.of(network);
  for (int row = -14; row <= 14; row++) {
    for (int column = -28; column <= 28; column++) {
      float[] point = {column / 28f, -row / 14f};
      IO.print(".o#".charAt(predictor.classOf(point)));
    }
    IO.println();
  }
}
