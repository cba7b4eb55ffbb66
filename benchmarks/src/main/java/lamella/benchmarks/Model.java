package lamella.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import lamella.core.ByteRows;
import lamella.core.FloatTensor;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.OnnxExport;
import lamella.layers.GELU;
import lamella.layers.LayerNorm;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.AdamW;
import lamella.optim.Optimizer;
import lamella.optim.Sgd;

/**
 * A network with ReLU between its layers, or with LayerNorm and GELU, a batch for it, and the steps
 * that are timed.
 */
final class Model {
  private final Network network;
  private final FloatTensor inputs;
  private final int[] labels;
  private final Tensor logitsGradient;
  private final SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
  private final Optimizer optimizer;

  /** The network of a workload, one whose task {@link Workload.Task#isNetwork runs a network}. */
  Model(Workload workload) {
    List<Integer> widths = workload.widths();
    Random random = new Random(2);
    // Centred bytes are 74 times as large as standard normal inputs; with He's weights the first
    // steps would diverge.
    Initializer initializer =
        workload.task() == Workload.Task.LOOP ? Initializer.normal(1e-4) : Initializer.he();
    boolean modern = workload.task() == Workload.Task.MODERN;
    optimizer =
        modern
            ? AdamW.of(Data.LEARNING_RATE)
                .withBetas(Data.BETA1, Data.BETA2)
                .withEpsilon(Data.EPSILON)
                .withDecay(Data.WEIGHT_DECAY)
            : Sgd.of(Data.LEARNING_RATE).withL2(Data.L2);
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i + 1 < widths.size(); i++) {
      int in = widths.get(i);
      int out = widths.get(i + 1);
      layers.add(
          workload.task() == Workload.Task.PREDICT
              ? Linear.of(
                  FloatTensor.wrap(Shape.of(in, out), Data.weights(in, out)),
                  FloatTensor.wrap(Shape.of(out), Data.biases(out)))
              : new Linear(in, out, initializer, random));
      if (i + 2 < widths.size() && modern) {
        layers.add(new LayerNorm(out));
        layers.add(new GELU());
      } else if (i + 2 < widths.size()) {
        layers.add(new ReLU());
      }
    }
    int n = workload.batch();
    network = Network.of(Shape.of(workload.inputs()), layers);
    Shape batch = Shape.of(n, workload.inputs());
    inputs =
        workload.task() == Workload.Task.LOOP
            ? ByteRows.tensor(batch) // as that of a dataset of images
            : FloatTensor.wrap(batch, Data.inputs(n, workload.inputs()));
    labels = Data.labels(n, workload.outputs());
    logitsGradient = FloatTensor.zeros(Shape.of(n, workload.outputs()));
  }

  /** The batch [n, inputs]. */
  FloatTensor inputs() {
    return inputs;
  }

  /** Writes the network for those who read ONNX; its input is called x, its output y. */
  void export(Path file) throws IOException {
    OnnxExport.of(network).withNames("x", "y").write(file);
  }

  /** Lends passes to threads that bring none. */
  Predictor predictor() {
    return Predictor.of(network);
  }

  /** Safe to share between threads that bring a pass each. */
  Tensor forward(Pass pass) {
    return network.forward(inputs, pass);
  }

  /** Forward and loss: what must come before {@link #backward}, and once for each. */
  double forwardAndLoss(Pass pass) {
    return loss.valueAndGradient(network.forward(inputs, pass), labels, logitsGradient);
  }

  /** Backward alone; its result, the gradients, is the pass's. */
  void backward(Pass pass) {
    // Null: the pass is one for training, which asks for no gradient of the input.
    Tensor inputGradient = network.backward(logitsGradient, pass);
    if (inputGradient != null) {
      throw new IllegalStateException("a pass for training computed the gradient of the input");
    }
  }

  /** Forward, loss, backward, update. */
  double trainingStep(Pass pass) {
    double value = forwardAndLoss(pass);
    backward(pass);
    optimizer.step(pass.gradients());
    return value;
  }
}
