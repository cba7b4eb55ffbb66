package lamella.benchmarks.peers.pytorch;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import lamella.benchmarks.Data;
import lamella.benchmarks.Expected;
import lamella.benchmarks.LatencyProcess;
import lamella.benchmarks.TimedProcess;
import lamella.benchmarks.Workload;

/**
 * PyTorch's process of a comparison, through DJL.
 *
 * <p>As fast as DJL lets it be: every tensor prepared in advance, DJL's functions beneath its
 * GradientCollector (which walks over all tensors that exist in each step), PyTorch's fused linear
 * layer with weights as PyTorch stores them ([outputs, inputs]), the update in place, and every
 * intermediate closed at once, so that PyTorch reuses its memory. AdamW is the one of DJL's native
 * code, a few operations for each tensor; PyTorch's fused one cannot be reached through DJL.
 */
public final class PyTorch {
  private PyTorch() {}

  /**
   * {@code [--warmup SECONDS] [--seconds SECONDS] NAME...}: see {@link Workload}; or what {@link
   * LatencyProcess} is told, with one set of weights for all callers.
   */
  public static void main(String[] args) {
    Engine engine = Engine.getInstance();
    try (NDManager manager = NDManager.newBaseManager()) {
      TimedProcess.fact("PyTorch", engine.getVersion() + " through DJL " + Engine.getDjlVersion());
      TimedProcess.fact("PyTorch threads", JniUtils.getNumThreads());
      if (LatencyProcess.isAsked(args)) {
        LatencyProcess.run(
            args, (workload, examples) -> new Net(workload, manager).callers(examples));
      } else {
        TimedProcess.run(args, workload -> code(workload, manager));
      }
    }
  }

  private static Runnable code(Workload workload, NDManager manager) {
    Net net = new Net(workload, manager);
    return switch (workload.task()) {
      case STEP -> faster(net::stepByOperations, net::stepByDjl);
      case MODERN -> net::stepByAdamW;
      case FORWARD -> net::forward;
      case PREDICT -> {
        Expected.check(workload, net.outputs());
        yield net::forward;
      }
      default -> throw new IllegalArgumentException("PyTorch does not run " + workload);
    };
  }

  /** The one whose best of some short runs is faster: the peer gets its best on every machine. */
  private static Runnable faster(Runnable first, Runnable second) {
    long best = Long.MAX_VALUE;
    Runnable fastest = first;
    for (int round = 0; round < 4; round++) {
      for (Runnable candidate : List.of(first, second)) {
        candidate.run();
        long begin = System.nanoTime();
        for (int i = 0; i < 3; i++) {
          candidate.run();
        }
        long nanos = System.nanoTime() - begin;
        if (nanos < best) {
          best = nanos;
          fastest = candidate;
        }
      }
    }
    return fastest;
  }

  /** A parameter with AdamW's means of its gradient and of the gradient's square. */
  private record Averaged(PtNDArray parameter, PtNDArray mean, PtNDArray square) {}

  private static final class Net {
    private final NDManager manager;
    private final boolean training;
    private final PtNDArray inputs;

    /** -onehot / n: the loss is the sum of its product with log softmax. */
    private final PtNDArray negativeTargets;

    private final List<PtNDArray> weights = new ArrayList<>();
    private final List<PtNDArray> biases = new ArrayList<>();

    /** Of LayerNorm, one of each hidden layer; none where the network has ReLU alone. */
    private final List<PtNDArray> gains = new ArrayList<>();

    private final List<PtNDArray> shifts = new ArrayList<>();

    /** What AdamW updates: each weight, bias, gain and shift. */
    private final List<Averaged> averages = new ArrayList<>();

    private int steps;
    private final PtNDArray decay;
    private final PtNDArray rate;
    private final PtNDArray one;
    private final List<NDArray> intermediates = new ArrayList<>();

    Net(Workload workload, NDManager manager) {
      this.manager = manager;
      training = workload.task().isTraining();
      boolean modern = workload.task() == Workload.Task.MODERN;
      int n = workload.batch();
      inputs = tensor(Data.inputs(n, workload.inputs()), n, workload.inputs());
      float[] targets = Data.oneHot(n, workload.outputs());
      for (int i = 0; i < targets.length; i++) {
        targets[i] = -targets[i] / n;
      }
      negativeTargets = tensor(targets, n, workload.outputs());
      List<Integer> widths = workload.widths();
      for (int i = 0; i + 1 < widths.size(); i++) {
        int in = widths.get(i);
        int out = widths.get(i + 1);
        weights.add(parameter(tensor(transposed(Data.weights(in, out), in, out), out, in)));
        boolean predicts = workload.task() == Workload.Task.PREDICT;
        biases.add(parameter(tensor(predicts ? Data.biases(out) : new float[out], out)));
        if (modern && i + 2 < widths.size()) {
          gains.add(parameter(tensor(filled(out, 1), out)));
          shifts.add(parameter(tensor(new float[out], out)));
        }
      }
      for (List<PtNDArray> parameters : List.of(weights, biases, gains, shifts)) {
        for (PtNDArray parameter : parameters) {
          if (modern) {
            averages.add(new Averaged(parameter, zeros(parameter), zeros(parameter)));
          }
        }
      }
      decay = scalar(1 - Data.LEARNING_RATE * Data.L2);
      rate = scalar(Data.LEARNING_RATE);
      one = scalar(1);
    }

    private PtNDArray tensor(float[] values, long... shape) {
      return (PtNDArray) manager.create(values, new Shape(shape));
    }

    private PtNDArray zeros(PtNDArray like) {
      return (PtNDArray) manager.zeros(like.getShape());
    }

    private static float[] filled(int size, float value) {
      float[] values = new float[size];
      Arrays.fill(values, value);
      return values;
    }

    private PtNDArray scalar(float value) {
      return (PtNDArray) manager.create(value);
    }

    private PtNDArray parameter(PtNDArray array) {
      if (training) {
        JniUtils.attachGradient(array, true);
      }
      return array;
    }

    private static float[] transposed(float[] weights, int inputs, int outputs) {
      float[] result = new float[weights.length];
      for (int i = 0; i < inputs; i++) {
        for (int j = 0; j < outputs; j++) {
          result[j * inputs + i] = weights[i * outputs + j];
        }
      }
      return result;
    }

    void forward() {
      JniUtils.setGradMode(false);
      logits();
      closeIntermediates();
    }

    /** Each thread's calls close what they made; the examples are tensors already. */
    Supplier<LatencyProcess.Caller> callers(float[][] examples) {
      List<PtNDArray> tensors = new ArrayList<>();
      for (float[] example : examples) {
        tensors.add(tensor(example, 1, example.length));
      }
      return () ->
          (example, outputs) -> {
            JniUtils.setGradMode(false);
            PtNDArray input = tensors.get(example);
            PtNDArray layer = input;
            for (int i = 0; i < weights.size(); i++) {
              PtNDArray linear = JniUtils.linear(layer, weights.get(i), biases.get(i));
              if (i > 0) {
                layer.close();
              }
              layer = linear;
              if (i + 1 < weights.size()) {
                layer = JniUtils.relu(linear);
                linear.close();
              }
            }
            System.arraycopy(layer.toFloatArray(), 0, outputs, 0, outputs.length);
            layer.close();
          };
    }

    float[] outputs() {
      JniUtils.setGradMode(false);
      float[] values = logits().toFloatArray();
      closeIntermediates();
      return values;
    }

    private PtNDArray logits() {
      PtNDArray tensor = inputs;
      for (int i = 0; i < weights.size(); i++) {
        tensor = keep(JniUtils.linear(tensor, weights.get(i), biases.get(i)));
        if (i < gains.size()) {
          Shape width = gains.get(i).getShape();
          tensor = keep(JniUtils.layerNorm(tensor, width, gains.get(i), shifts.get(i), 1e-5));
          tensor = keep(JniUtils.gelu(tensor));
        } else if (i + 1 < weights.size()) {
          tensor = keep(JniUtils.relu(tensor));
        }
      }
      return tensor;
    }

    void stepByOperations() {
      computeGradients();
      for (int i = 0; i < weights.size(); i++) {
        JniUtils.muli(weights.get(i), decay);
        updateByOperations(weights.get(i));
        updateByOperations(biases.get(i));
      }
      closeIntermediates();
    }

    void stepByDjl() {
      computeGradients();
      for (int i = 0; i < weights.size(); i++) {
        updateByDjl(weights.get(i), Data.L2);
        updateByDjl(biases.get(i), 0);
      }
      closeIntermediates();
    }

    void stepByAdamW() {
      computeGradients();
      steps++;
      double correction = Math.sqrt(1 - Math.pow(Data.BETA2, steps));
      float corrected =
          (float) (Data.LEARNING_RATE * correction / (1 - Math.pow(Data.BETA1, steps)));
      for (Averaged averaged : averages) {
        PtNDArray parameter = averaged.parameter;
        // Gains, shifts and biases are vectors, which do not decay.
        float decays = parameter.getShape().dimension() > 1 ? Data.WEIGHT_DECAY : 0;
        PtNDArray gradient = keep(JniUtils.getGradient(parameter));
        JniUtils.adamUpdate(
            parameter,
            gradient,
            averaged.mean,
            averaged.square,
            Data.LEARNING_RATE,
            corrected,
            decays,
            1,
            -1,
            Data.BETA1,
            Data.BETA2,
            Data.EPSILON,
            true);
        JniUtils.zeroGrad(parameter);
      }
      closeIntermediates();
    }

    private void computeGradients() {
      JniUtils.setGradMode(true);
      PtNDArray logProbabilities = keep(JniUtils.logSoftmax(logits(), 1, inputs.getDataType()));
      PtNDArray loss = keep(JniUtils.sum(keep(JniUtils.mul(logProbabilities, negativeTargets))));
      JniUtils.backward(loss, one, false, false);
      JniUtils.setGradMode(false);
    }

    /** w -= rate g, in place, and g = 0. */
    private void updateByOperations(PtNDArray parameter) {
      PtNDArray gradient = keep(JniUtils.getGradient(parameter));
      JniUtils.muli(gradient, rate);
      JniUtils.subi(parameter, gradient);
      JniUtils.zeroGrad(parameter);
    }

    /** The same by the function beneath DJL's optimiser: no momentum, no rescaling, no clipping. */
    private void updateByDjl(PtNDArray parameter, float l2) {
      PtNDArray gradient = keep(JniUtils.getGradient(parameter));
      JniUtils.sgdUpdate(parameter, gradient, null, Data.LEARNING_RATE, l2, 1, -1, 0);
      JniUtils.zeroGrad(parameter);
    }

    private PtNDArray keep(PtNDArray array) {
      intermediates.add(array);
      return array;
    }

    private void closeIntermediates() {
      for (NDArray array : intermediates) {
        array.close();
      }
      intermediates.clear();
    }
  }
}
