package lamella.contract;

import lamella.core.DType;
import lamella.core.Layer;
import lamella.core.Pass;
import lamella.core.Tensor;

/** Promises of a layer about predictions. */
final class InferenceChecks {
  private InferenceChecks() {}

  /**
   * A prediction is a function of its input: on a fresh pass, on one that has predicted other
   * things, and between the steps of a training, which it does not disturb. It is what training
   * computes, unless the layer says that it differs in inference.
   */
  static void predictionsAreAFunctionOfTheInput(Subject subject) {
    Layer layer = subject.layer;
    for (DType dtype : DType.values()) {
      subject.in(dtype);
      Tensor x = subject.input.to(dtype);
      Tensor dy = subject.outputGradient(0).to(dtype);
      Step trained = Step.of(layer, x, dy);
      double[] fresh = layer.forward(x).toDoubleArray();
      if (!subject.traits.differsInInference()) {
        subject.requireSame(
            "gives another output for inference (a layer that does so on purpose says so:"
                + " differsInInference)",
            dtype,
            trained.output,
            fresh);
      }
      Pass pass = Pass.forInference();
      for (int more = 0; more < 3; more++) {
        layer.forward(subject.otherInput(more).to(dtype), pass);
        subject.requireSame(
            "predicts otherwise on a pass that has predicted something else",
            dtype,
            fresh,
            layer.forward(x, pass).toDoubleArray());
      }
      subject.requireSame(
          "trains otherwise after it has predicted something (is something of a call kept in a"
              + " field?)",
          dtype,
          trained,
          Step.of(layer, x, dy));
      Tensor other = subject.otherInput(1).to(dtype);
      Step.of(layer, other, subject.outputGradient(other, 1).to(dtype));
      subject.requireSame(
          "predicts otherwise after a forward in training (is something of a call kept in a field?)",
          dtype,
          fresh,
          layer.forward(x).toDoubleArray());
    }
  }

  /**
   * A layer that differs in inference predicts each example by itself, even if it mixes the rows of
   * a batch in training: nobody can say which examples are asked for together.
   */
  static void predictionsDoNotDependOnTheBatch(Subject subject) {
    if (subject.traits.mixesRows() && !subject.traits.differsInInference()) {
      return;
    }
    Layer layer = subject.in(DType.FLOAT64).layer;
    Tensor x = subject.input;
    int n = x.shape().dimension(0);
    double[] batch = layer.forward(x).toDoubleArray();
    for (int row = 0; row < n; row++) {
      String difference =
          LayerChecks.rowDifference(batch, row, layer.forward(subject.row(x, row)).toDoubleArray());
      if (difference != null) {
        throw subject.error(
            "the prediction for row "
                + row
                + " in a batch of "
                + n
                + " differs from that for the row alone: "
                + difference
                + " (in inference a layer must not use the statistics of the batch)");
      }
    }
  }
}
