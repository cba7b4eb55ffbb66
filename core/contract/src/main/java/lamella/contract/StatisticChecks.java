package lamella.contract;

import java.util.List;
import lamella.core.DType;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Tensor;

/** Promises of a layer about its statistics. Layers that have none keep them all. */
final class StatisticChecks {
  private StatisticChecks() {}

  /** What forward counts or averages goes through the pass, and predictions leave it alone. */
  static void statisticsChangeByCommitOnly(Subject subject) {
    if (subject.all.stream().allMatch(parameter -> parameter.role().isTrainable())) {
      return;
    }
    Layer layer = subject.layer;
    for (DType dtype : DType.values()) {
      subject.in(dtype);
      List<double[]> before = subject.parameterValues();
      Tensor x = subject.input.to(dtype);
      Pass inference = Pass.forInference();
      layer.forward(x, inference);
      layer.forward(x, inference);
      requireUnchanged(subject, dtype, before, "a prediction changes");
      Pass fresh = Passes.forTraining();
      layer.forward(x, fresh);
      requireUnchanged(
          subject, dtype, before, "forward changes, which pass.update(it) and commit are for,");
      List<double[]> committed = committed(subject, fresh, before);
      requireFinite(subject, committed);

      Pass used = Passes.forTraining();
      layer.forward(subject.otherInput(1).to(dtype), used);
      used.beginStep(1);
      layer.forward(subject.otherInput(0).to(dtype), used);
      committed(subject, used, before);
      used.beginStep(0);
      layer.forward(x, used);
      List<double[]> again = committed(subject, used, before);
      for (int i = 0; i < again.size(); i++) {
        subject.requireSame(
            "updates "
                + subject.all.get(i).name()
                + " otherwise on a pass that was used before (is a value of its own kept, in place"
                + " of the one in pass.update(it)?)",
            dtype,
            committed.get(i),
            again.get(i));
      }
    }
    subject.in(subject.own());
  }

  /** What the parameters are after a commit; they are what they were afterwards. */
  private static List<double[]> committed(Subject subject, Pass pass, List<double[]> before) {
    pass.commit();
    List<double[]> after = subject.parameterValues();
    for (int i = 0; i < before.size(); i++) {
      Tensor value = subject.all.get(i).value();
      for (int j = 0; j < value.size(); j++) {
        value.set(j, before.get(i)[j]);
      }
    }
    return after;
  }

  private static void requireUnchanged(
      Subject subject, DType dtype, List<double[]> before, String what) {
    List<double[]> after = subject.parameterValues();
    for (int i = 0; i < before.size(); i++) {
      Parameter parameter = subject.all.get(i);
      subject.requireSame(
          what
              + " the "
              + (parameter.role().isTrainable() ? "parameter " : "statistic ")
              + parameter.name(),
          dtype,
          before.get(i),
          after.get(i));
    }
  }

  private static void requireFinite(Subject subject, List<double[]> values) {
    for (int i = 0; i < values.size(); i++) {
      for (double value : values.get(i)) {
        if (!Double.isFinite(value)) {
          throw subject.error(
              "updates "
                  + subject.all.get(i).name()
                  + " to "
                  + value
                  + " for a batch of "
                  + subject.input.shape().dimension(0));
        }
      }
    }
  }
}
