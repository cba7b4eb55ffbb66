package lamella.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** y = x + f(x), as a third party would write it: a container that is no network. */
public record Residual(Layer f) implements Layer {
  @Override
  public List<Layer> layers() {
    return List.of(f);
  }

  @Override
  public List<Parameter> parameters() {
    return f.parameters();
  }

  @Override
  public Shape outputShape(Shape input) {
    return Layers.outputShape(0, f, input);
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    Tensor y = pass.output(this, x);
    Tensor fx = pass.forward(this, 0, f, x);
    for (int i = 0; i < y.size(); i++) {
      y.set(i, x.get(i) + fx.get(i));
    }
    return y;
  }

  @Override
  public @Nullable Tensor backward(Tensor dy, Pass pass) {
    pass.recall(this, dy);
    boolean needed = pass.needsInputGradient();
    Tensor dfx = pass.backward(this, 0, f, dy, needed);
    if (!needed || dfx == null) {
      return null;
    }
    Tensor dx = pass.inputGradient(this);
    for (int i = 0; i < dx.size(); i++) {
      dx.set(i, dy.get(i) + dfx.get(i));
    }
    return dx;
  }

  @Override
  public String toString() {
    return "Residual(" + f + ")";
  }
}
