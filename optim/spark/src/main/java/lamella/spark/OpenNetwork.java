package lamella.spark;

import java.util.List;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import lamella.layers.InputNorm;
import org.jspecify.annotations.Nullable;

/** A network. */
final class OpenNetwork extends OpenModel {
  private static final String MEAN = "mean_image";

  private final Network network;
  private final Predictor predictor;

  OpenNetwork(Network network, List<String> labels) {
    super(network.inputShape().size(), network.outputShape(), network.outputs(), labels);
    this.network = network;
    this.predictor = Predictor.of(network);
  }

  /** A file's network, less the mean image where the file has one. */
  static OpenNetwork of(String name, ModelFile file) throws FileFormatException {
    Network network = file.network();
    Tensor mean = file.tensors().get(MEAN);
    if (mean != null) {
      try {
        network = network.withHead(InputNorm.centring(mean.to(network.dtype())));
      } catch (IllegalArgumentException e) {
        throw FileFormatException.because(name, "its mean image", e);
      }
    }
    return new OpenNetwork(network, labels(file.metadata()));
  }

  @Override
  Network network() {
    return network;
  }

  @Override
  void toProbabilities(double[] outputs) {
    Tensor row = Tensor.zeros(network.dtype(), network.outputShape().batch(1));
    for (int i = 0; i < outputs.length; i++) {
      row.set(i, outputs[i]);
    }
    predictor.toProbabilities(row);
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = row.get(i);
    }
  }

  @Override
  Batch batch(int rows) {
    return new NetworkBatch(rows);
  }

  private final class NetworkBatch extends Batch {
    private final int rows;
    private final Tensor inputs;
    private final Tensor outputs;
    private final Tensor probabilities;

    /** Of fewer rows: the last of a partition. */
    private @Nullable NetworkBatch smaller;

    /** Where the numbers are now. */
    private NetworkBatch current = this;

    NetworkBatch(int rows) {
      this.rows = rows;
      this.inputs = Tensor.zeros(network.dtype(), network.inputShape().batch(rows));
      Shape shape = network.outputShape().batch(rows);
      this.outputs = Tensor.zeros(network.dtype(), shape);
      this.probabilities = Tensor.zeros(network.dtype(), shape);
    }

    @Override
    @Nullable String put(int row, double[] numbers, FeatureReader reader) {
      int size = inputs();
      return switch (inputs) {
        case FloatTensor x -> reader.narrow(numbers, size, x.array(), row * size);
        case DoubleTensor x -> {
          System.arraycopy(numbers, 0, x.array(), row * size, size);
          yield null;
        }
      };
    }

    @Override
    boolean compute(int n, boolean withProbabilities) {
      current = n == rows ? this : smaller(n);
      return current.run(withProbabilities);
    }

    private NetworkBatch smaller(int n) {
      NetworkBatch batch = smaller;
      if (batch == null || batch.rows != n) {
        batch = new NetworkBatch(n);
        smaller = batch;
      }
      switch (inputs) {
        case FloatTensor x ->
            System.arraycopy(
                x.array(), 0, ((FloatTensor) batch.inputs).array(), 0, batch.inputs.size());
        case DoubleTensor x ->
            System.arraycopy(
                x.array(), 0, ((DoubleTensor) batch.inputs).array(), 0, batch.inputs.size());
      }
      return batch;
    }

    private boolean run(boolean withProbabilities) {
      inputs.markChanged();
      predictor.outputs(inputs, outputs);
      boolean isFinite = isFinite();
      if (withProbabilities && isFinite) {
        probabilities.copyFrom(outputs);
        predictor.toProbabilities(probabilities);
      }
      return isFinite;
    }

    private boolean isFinite() {
      boolean isFinite = true;
      switch (outputs) {
        case FloatTensor y -> {
          for (float output : y.array()) {
            isFinite &= Math.abs(output) <= Float.MAX_VALUE;
          }
        }
        case DoubleTensor y -> {
          for (double output : y.array()) {
            isFinite &= Math.abs(output) <= Double.MAX_VALUE;
          }
        }
      }
      return isFinite;
    }

    @Override
    double output(int row, int place) {
      return current.outputs.get(row * outputs() + place);
    }

    @Override
    double answer(int row, int place) {
      Tensor numbers = isNumber() ? current.outputs : current.probabilities;
      return numbers.get(row * outputs() + place);
    }
  }

  /** The type of its numbers. */
  DType dtype() {
    return network.dtype();
  }
}
