package lamella.contract.mutants;

import java.util.List;
import java.util.random.RandomGenerator;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/** A correct dense layer in plain loops, cut into pieces for mutants to get wrong one at a time. */
class Dense implements Layer {
  final int inputs;
  final int outputs;
  final Parameter weight;
  final Parameter bias;

  Dense(int inputs, int outputs, RandomGenerator random) {
    this.inputs = inputs;
    this.outputs = outputs;
    Tensor w = lamella.core.FloatTensor.zeros(Shape.of(inputs, outputs));
    for (int i = 0; i < w.size(); i++) {
      w.set(i, random.nextGaussian());
    }
    weight = new Parameter("weight", Role.WEIGHT, w);
    bias = new Parameter("bias", Role.BIAS, lamella.core.FloatTensor.zeros(Shape.of(outputs)));
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(weight, bias);
  }

  @Override
  public Shape outputShape(Shape input) {
    if (!Shape.batchOf(inputs).accepts(input)) {
      throw new ShapeException(this, Shape.batchOf(inputs), input);
    }
    return input.withLast(outputs);
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    Tensor y = pass.output(this, x);
    Tensor w = weight.value();
    Tensor b = bias.value();
    for (int row = 0; row < rows(x); row++) {
      for (int j = 0; j < outputs; j++) {
        double sum = b.get(j);
        for (int i = 0; i < inputs; i++) {
          sum += x.get(row * inputs + i) * w.get(i * outputs + j);
        }
        y.set(row * outputs + j, sum);
      }
    }
    return y;
  }

  @Override
  public @Nullable Tensor backward(Tensor dy, Pass pass) {
    Tensor x = pass.recall(this, dy);
    weightGradient(x, dy, pass);
    biasGradient(dy, pass);
    return pass.needsInputGradient() ? inputGradient(dy, pass.inputGradient(this)) : null;
  }

  void weightGradient(Tensor x, Tensor dy, Pass pass) {
    addWeightGradient(x, dy, 0, rows(x), 1, pass.gradient(weight));
  }

  /** dW += factor xᵀ dy over some rows. */
  final void addWeightGradient(Tensor x, Tensor dy, int from, int to, double factor, Tensor dw) {
    for (int row = from; row < to; row++) {
      for (int i = 0; i < inputs; i++) {
        for (int j = 0; j < outputs; j++) {
          int k = i * outputs + j;
          dw.set(k, dw.get(k) + factor * x.get(row * inputs + i) * dy.get(row * outputs + j));
        }
      }
    }
  }

  void biasGradient(Tensor dy, Pass pass) {
    addBiasGradient(dy, 0, rows(dy), 1, pass.gradient(bias));
  }

  /** db += factor sum of some of dy's rows. */
  final void addBiasGradient(Tensor dy, int from, int to, double factor, Tensor db) {
    for (int row = from; row < to; row++) {
      for (int j = 0; j < outputs; j++) {
        db.set(j, db.get(j) + factor * dy.get(row * outputs + j));
      }
    }
  }

  Tensor inputGradient(Tensor dy, Tensor dx) {
    for (int row = 0; row < rows(dy); row++) {
      for (int i = 0; i < inputs; i++) {
        double sum = 0;
        for (int j = 0; j < outputs; j++) {
          sum += dy.get(row * outputs + j) * weight.value().get(i * outputs + j);
        }
        dx.set(row * inputs + i, sum);
      }
    }
    return dx;
  }

  static int rows(Tensor tensor) {
    return tensor.shape().dimension(0);
  }

  @Override
  public String toString() {
    return "Dense(" + inputs + " -> " + outputs + ")";
  }
}
