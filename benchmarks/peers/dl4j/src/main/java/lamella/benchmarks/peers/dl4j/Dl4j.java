package lamella.benchmarks.peers.dl4j;

import java.util.List;
import java.util.Properties;
import lamella.benchmarks.Data;
import lamella.benchmarks.TimedProcess;
import lamella.benchmarks.Workload;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Deeplearning4j's process of a comparison: its MultiLayerNetwork with its memory workspaces, which
 * are on by default, features and labels prepared in advance, L2 on the weights.
 */
public final class Dl4j {
  private Dl4j() {}

  /** {@code [--warmup SECONDS] [--seconds SECONDS] NAME...}: see {@link Workload}. */
  public static void main(String[] args) {
    TimedProcess.fact("Deeplearning4j", version());
    Properties environment = Nd4j.getExecutioner().getEnvironmentInformation();
    TimedProcess.fact("Deeplearning4j threads", String.valueOf(environment.get("omp.threads")));
    TimedProcess.fact("Deeplearning4j's BLAS", String.valueOf(environment.get("blas.vendor")));
    TimedProcess.run(args, Dl4j::code);
  }

  /** From its jar's name, for nothing else tells. */
  private static String version() {
    String jar =
        String.valueOf(MultiLayerNetwork.class.getProtectionDomain().getCodeSource().getLocation());
    return jar.replaceFirst(".*deeplearning4j-nn-", "").replaceFirst("\\.jar$", "");
  }

  private static Runnable code(Workload workload) {
    MultiLayerNetwork network = network(workload.widths());
    int n = workload.batch();
    INDArray inputs = matrix(Data.inputs(n, workload.inputs()), n, workload.inputs());
    INDArray targets = matrix(Data.oneHot(n, workload.outputs()), n, workload.outputs());
    return switch (workload.task()) {
      case STEP -> () -> network.fit(inputs, targets);
      case FORWARD -> () -> network.output(inputs, false);
      default -> throw new IllegalArgumentException("Deeplearning4j does not run " + workload);
    };
  }

  private static INDArray matrix(float[] values, int rows, int columns) {
    return Nd4j.create(values, new long[] {rows, columns}, 'c');
  }

  private static MultiLayerNetwork network(List<Integer> widths) {
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder()
            .seed(2)
            .weightInit(WeightInit.RELU)
            .updater(new Sgd(Data.LEARNING_RATE))
            .l2(Data.L2)
            .list();
    int last = widths.size() - 2;
    for (int i = 0; i < last; i++) {
      layers.layer(
          new DenseLayer.Builder()
              .nIn(widths.get(i))
              .nOut(widths.get(i + 1))
              .activation(Activation.RELU)
              .build());
    }
    layers.layer(
        new OutputLayer.Builder(LossFunction.MCXENT)
            .nIn(widths.get(last))
            .nOut(widths.get(last + 1))
            .activation(Activation.SOFTMAX)
            .build());
    MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
    network.init();
    return network;
  }
}
