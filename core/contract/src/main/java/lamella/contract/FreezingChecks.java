package lamella.contract;

import java.util.List;
import lamella.core.DType;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Tensor;

/** Promises of a layer whose parameters are frozen. Layers that have none keep them all. */
final class FreezingChecks {
  private FreezingChecks() {}

  /** Freezing some parameters changes nothing but that they get no gradient. */
  static void frozenParametersGetNoGradient(Subject subject) {
    for (DType dtype : DType.values()) {
      subject.in(dtype);
      Tensor x = subject.input.to(dtype);
      Tensor dy = subject.outputGradient(0).to(dtype);
      Step trained = Step.of(subject.layer, x, dy);
      List<double[]> before = subject.parameterValues();
      try {
        for (Parameter parameter : subject.parameters) {
          parameter.freeze();
          requireTheSameBut(subject, parameter.name(), dtype, trained, x, dy);
          parameter.unfreeze();
        }
        subject.parameters.forEach(Parameter::freeze);
        requireTheSameBut(subject, "every parameter", dtype, trained, x, dy);
        requireNothingComputed(subject, x, dy);
      } finally {
        subject.parameters.forEach(Parameter::unfreeze);
      }
      List<double[]> after = subject.parameterValues();
      for (int i = 0; i < before.size(); i++) {
        subject.requireSame(
            "changes the frozen parameter " + subject.all.get(i).name(),
            dtype,
            before.get(i),
            after.get(i));
      }
    }
    subject.in(subject.own());
  }

  private static void requireTheSameBut(
      Subject subject, String frozen, DType dtype, Step trained, Tensor x, Tensor dy) {
    Layer layer = subject.layer;
    String where = " when " + frozen + " is frozen";
    Pass pass = Passes.forGradients();
    Tensor dx;
    try {
      subject.requireSame(
          "gives another output" + where,
          dtype,
          trained.output,
          layer.forward(x, pass).toDoubleArray());
      dx = layer.backward(dy, pass);
    } catch (RuntimeException e) {
      throw new AssertionError(
          layer + ": throws " + e + where + " (pass.needsGradient says whether one is needed)", e);
    }
    if (dx == null) {
      throw subject.error("returns no input gradient" + where + ", although it is needed");
    }
    subject.requireSame(
        "the gradient of the input changes" + where,
        dtype,
        trained.gradients.get(0),
        dx.toDoubleArray());
    for (int i = 0; i < subject.parameters.size(); i++) {
      Parameter parameter = subject.parameters.get(i);
      if (parameter.isFrozen()) {
        continue;
      }
      if (!pass.gradients().has(parameter)) {
        throw subject.error("backward adds no gradient for " + parameter.name() + where);
      }
      subject.requireSame(
          "the gradient of " + parameter.name() + " changes" + where,
          dtype,
          trained.gradients.get(i + 1),
          pass.gradients().of(parameter).toDoubleArray());
    }
  }

  /** Where neither the input's gradient nor a parameter's is needed, backward gives none. */
  private static void requireNothingComputed(Subject subject, Tensor x, Tensor dy) {
    Pass pass = Passes.forTraining();
    subject.layer.forward(x, pass);
    if (subject.layer.backward(dy, pass) != null) {
      throw subject.error(
          "backward returns an input gradient that nobody needs when every parameter is frozen; must"
              + " be null");
    }
    if (!pass.gradients().isEmpty()) {
      throw subject.error("backward adds a gradient for a frozen parameter");
    }
  }
}
