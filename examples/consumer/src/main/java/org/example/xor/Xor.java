package org.example.xor;

import lamella.core.Compute;
import lamella.core.Dataset;
import lamella.core.Fingerprint;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.Evaluation;
import lamella.optim.Sgd;
import lamella.optim.Trainer;

/** Learns exclusive or, and prints what computed it, how well, and the parameters' fingerprint. */
public final class Xor {
  private Xor() {}

  public static void main(String[] args) {
    var inputs = FloatTensor.of(Shape.of(4, 2), 0, 0, 0, 1, 1, 0, 1, 1);
    var data = Dataset.of(inputs, new int[] {0, 1, 1, 0});
    var random = new NumPyRandom(1);
    var network =
        Network.of(
            Shape.of(2), new Linear(2, 64, random), new ReLU(), new Linear(64, 2, random));
    Trainer.of(network, new SoftmaxCrossEntropy(), Sgd.of(0.1).withMomentum(0.9))
        .withBatchSize(4)
        .withSteps(200)
        .fit(data, random);
    System.out.printf(
        "%s: %d of 4 right, parameters sha256 %s%n",
        Compute.description(),
        Evaluation.of(network, data).correct(),
        Fingerprint.of(network.parameters()));
  }
}
