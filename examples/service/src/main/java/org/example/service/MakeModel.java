package org.example.service;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.io.ModelFile;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.layers.Swish;

/** {@code FILE}: writes a model, and prints what it says of (0.5, -1). */
public final class MakeModel {
  private MakeModel() {}

  public static void main(String[] args) throws IOException {
    var random = new NumPyRandom(1);
    var network =
        Network.of(
                Shape.of(2),
                new Linear(2, 64, random),
                new Swish(),
                new Linear(64, 8, random),
                new Softsign(),
                new Linear(8, 3, random))
            .withOutputs(Outputs.CLASSES);
    ModelFile.of(network).write(Path.of(args[0]));
    System.out.println(
        Arrays.toString(Predictor.of(network).probabilities(new float[] {0.5f, -1})));
  }
}
