package lamella.contract;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import lamella.core.DType;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Promises of a layer about its use: by several passes in turn, several times on one pass, with
 * parameters that change, inside and around other layers. Their numbers are checked elsewhere.
 */
final class UseChecks {
  private UseChecks() {}

  /** What a pass gave stays as it is while other passes run, in whatever order. */
  static void passesDoNotDisturbEachOther(Subject subject) {
    Layer layer = subject.layer;
    for (DType dtype : DType.values()) {
      subject.in(dtype);
      Tensor x = subject.input.to(dtype);
      Tensor other = subject.otherInput(0).to(dtype);
      Tensor dy = subject.outputGradient(0).to(dtype);
      Step first = Step.of(layer, x, dy);
      Step second = Step.of(layer, other, dy);
      for (Pass inference : List.of(Pass.forInference(), Passes.forTraining())) {
        if (LayerChecks.sharesElements(x, layer.forward(x, inference))) {
          throw subject.error(
              "forward returns its input; the output must be a tensor of the pass, for inference too");
        }
      }
      Pass a = Passes.forGradients();
      Pass b = Passes.forGradients();
      Tensor ya = layer.forward(x, a);
      layer.forward(other, b);
      subject.requireSame(
          "the output of a pass changes when another pass runs (is it kept in a field?)",
          dtype,
          first.output,
          ya.toDoubleArray());
      Tensor dxa = layer.backward(dy, a);
      Tensor dxb = layer.backward(dy, b);
      String otherwise =
          "gives other gradients if two passes take turns (is something of a call kept in a field?)";
      // The first pass's result is looked at only now, after the second has written its own.
      subject.requireSame(otherwise, dtype, first, Step.snapshot(layer, first.output, dxa, a));
      subject.requireSame(otherwise, dtype, second, Step.snapshot(layer, second.output, dxb, b));
    }
  }

  /** A backward belongs to the last forward of its pass, whatever was forwarded before. */
  static void theLastForwardCounts(Subject subject) {
    Layer layer = subject.layer;
    for (DType dtype : DType.values()) {
      subject.in(dtype);
      Tensor x = subject.input.to(dtype);
      Tensor dy = subject.outputGradient(0).to(dtype);
      Step fresh = Step.of(layer, x, dy);
      for (int moreRows = 0; moreRows < 2; moreRows++) {
        Pass twice = Passes.forGradients();
        layer.forward(subject.otherInput(moreRows).to(dtype), twice);
        subject.requireSame(
            "gives other gradients after a forward without a backward: they must be those of the last"
                + " forward",
            dtype,
            fresh,
            Step.on(twice, layer, x, dy));
      }
      Pass pass = Passes.forGradients();
      layer.forward(x, pass);
      layer.forward(subject.otherInput(1).to(dtype));
      layer.forward(subject.otherInput(0).to(dtype));
      Tensor dx = layer.backward(dy, pass);
      subject.requireSame(
          "gives other gradients if it predicts between forward and backward",
          dtype,
          fresh,
          Step.snapshot(layer, fresh.output, dx, pass));
    }
  }

  /** What an optimiser does to parameters shows at once, in forward and in backward. */
  static void changedParametersAreUsed(Subject subject) {
    Layer layer = subject.layer;
    for (DType dtype : DType.values()) {
      subject.in(dtype);
      Tensor x = subject.input.to(dtype);
      Tensor dy = subject.outputGradient(0).to(dtype);
      Pass pass = Passes.forGradients();
      Step.on(pass, layer, x, dy);
      pass.gradients().clear();
      RandomGenerator random = subject.random();
      for (Parameter parameter : subject.all) {
        Tensor value = parameter.value();
        for (int i = 0; i < value.size(); i++) {
          value.set(i, (float) (value.get(i) * (0.5 + 0.4 * random.nextDouble())));
        }
        value.markChanged();
      }
      Step inPlace = Step.on(pass, layer, x, dy);
      for (Parameter parameter : subject.all) {
        parameter.setValue(parameter.value().copy());
      }
      subject.requireSame(
          "computes with old values after parameters were changed in place (are they kept, or something"
              + " made of them?)",
          dtype,
          Step.of(layer, x, dy),
          inPlace);
    }
    subject.in(DType.FLOAT64);
    if (!LayerChecks.isFinite(subject.forward(subject.input))) {
      return;
    }
    try {
      subject
          .gradientCheck()
          .withMostSkipped(1)
          .run(layer, subject.input, subject.random())
          .assertNotWrong();
    } catch (AssertionError e) {
      throw new AssertionError(
          layer
              + ": is wrong after parameters were changed (are they kept, or something made of them?): "
              + e.getMessage(),
          e);
    }
  }

  /** Backward after the input was changed refuses, or is still right. */
  static void anInputThatChangedIsRefused(Subject subject) {
    Layer layer = subject.layer;
    subject.in(DType.FLOAT64);
    Tensor x = subject.input.copy();
    Tensor dy = subject.outputGradient(0);
    Step right = Step.of(layer, x, dy);
    Pass pass = Passes.forGradients();
    layer.forward(x, pass);
    for (int i = 0; i < x.size(); i++) {
      x.set(i, subject.traits.defined(0.5 * x.get(i)));
    }
    Tensor dx;
    try {
      dx = layer.backward(dy, pass);
    } catch (IllegalStateException e) {
      return;
    }
    subject.requireSame(
        "computes with an input that was changed between forward and backward; must be refused"
            + " (pass.recall does it)",
        DType.FLOAT64,
        right,
        Step.snapshot(layer, right.output, dx, pass));
  }

  /** A copy computes the same, and what happens to it does not happen to the original. */
  static void aCopyIsOnItsOwn(Subject subject) {
    Layer layer = subject.layer;
    IdentityHashMap<Layer, Layer> known = new IdentityHashMap<>();
    Layer copy;
    try {
      copy = copied(layer, known);
    } catch (UnsupportedOperationException e) {
      return;
    }
    List<Parameter> copies = copy.parameters();
    if (copies.size() != subject.all.size()) {
      throw subject.error(
          "copy has " + copies.size() + " parameters instead of " + subject.all.size());
    }
    DType dtype = subject.own();
    Tensor x = subject.input.to(dtype);
    Tensor dy = subject.outputGradient(0).to(dtype);
    Step original = Step.of(layer, x, dy);
    subject.requireSame("copy computes otherwise", dtype, original, Step.of(copy, x, dy));
    RandomGenerator random = new SplittableRandom(subject.seed);
    for (Parameter parameter : copies) {
      Tensor value = parameter.value();
      for (int i = 0; i < value.size(); i++) {
        value.set(i, (float) (value.get(i) + random.nextDouble()));
      }
      value.markChanged();
    }
    subject.requireSame(
        "changes when the parameters of its copy do", dtype, original, Step.of(layer, x, dy));
  }

  private static Layer copied(Layer layer, IdentityHashMap<Layer, Layer> known) {
    @Nullable Layer copy = known.get(layer);
    if (copy == null) {
      copy = layer.copy(inner -> copied(inner, known));
      known.put(layer, copy);
    }
    return copy;
  }
}
