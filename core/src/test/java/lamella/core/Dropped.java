package lamella.core;

import org.jspecify.annotations.Nullable;

/** A dropout for tests: y = x m / keep, m 1 with probability keep, anew in each step. */
final class Dropped implements Layer {
  private static final int MASK = 0;
  private final double keep;

  Dropped(double keep) {
    this.keep = keep;
  }

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    Tensor y = pass.output(this, x);
    if (!pass.isTraining()) {
      y.copyFrom(x);
      return y;
    }
    Tensor mask = pass.buffer(this, MASK, x.shape());
    pass.random(this).bernoulli(mask, keep, 1 / keep);
    multiply(x, mask, y);
    return y;
  }

  @Override
  public @Nullable Tensor backward(Tensor dy, Pass pass) {
    Tensor x = pass.recall(this, dy);
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor dx = pass.inputGradient(this);
    multiply(dy, pass.buffer(this, MASK, x.shape()), dx);
    return dx;
  }

  private static void multiply(Tensor a, Tensor b, Tensor product) {
    for (int i = 0; i < a.size(); i++) {
      product.set(i, a.get(i) * b.get(i));
    }
  }

  @Override
  public String toString() {
    return "Dropped(" + keep + ")";
  }
}
