package lamella.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import lamella.core.DoubleTensor;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A statistic has no gradient, is not checked, and is left as it was. */
class StatisticCheckTest {

  /** y = w x + s, where s follows the first number of each batch. */
  private static final class Following implements Layer {
    private final Parameter weight =
        new Parameter("weight", Role.GAIN, DoubleTensor.of(Shape.of(1), 2));
    private final Parameter statistic =
        new Parameter("running_first", Role.STATISTIC, DoubleTensor.of(Shape.of(1), 0.5));

    @Override
    public List<Parameter> parameters() {
      return List.of(weight, statistic);
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      for (int i = 0; i < x.size(); i++) {
        y.set(i, weight.value().get(0) * x.get(i) + statistic.value().get(0));
      }
      if (pass.isTraining()) {
        pass.update(statistic).set(0, x.get(0));
      }
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      Tensor x = pass.recall(this, dy);
      Tensor dw = pass.gradient(weight);
      for (int i = 0; i < x.size(); i++) {
        dw.set(0, dw.get(0) + x.get(i) * dy.get(i));
      }
      if (!pass.needsInputGradient()) {
        return null;
      }
      Tensor dx = pass.inputGradient(this);
      for (int i = 0; i < x.size(); i++) {
        dx.set(i, weight.value().get(0) * dy.get(i));
      }
      return dx;
    }
  }

  @Test
  void isLeftOutByNameAndKeepsItsValue() {
    Following layer = new Following();
    GradientReport report = new GradientCheck().run(layer, Shape.of(3));
    report.assertCorrect();
    assertTrue(report.toString().contains("running_first"), report.toString());
    assertEquals(0.5, layer.statistic.value().get(0));
  }
}
