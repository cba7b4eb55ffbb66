package lamella.optim.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.Supplier;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.optim.Optimizer;
import lamella.optim.RuleOptimizer.Settings;
import lamella.optim.Schedule;
import org.junit.jupiter.api.Test;

/** Known rules are a few lines; the numbers were computed in NumPy. */
class RulesTest {
  private static final double[] GRADIENTS = {0.5, -0.2, 0.1};

  private static Settings settings(double rate, double decay) {
    return Settings.of(Schedule.constant(rate)).withDecay(decay);
  }

  private static void follows(Supplier<Optimizer> maker, double[] gradients, double... expected) {
    for (DType dtype : DType.values()) {
      Parameter weight =
          new Parameter("weight", Role.WEIGHT, DoubleTensor.of(Shape.of(1), 1).to(dtype));
      Optimizer optimizer = maker.get();
      Pass pass = Pass.forTraining();
      for (int i = 0; i < gradients.length; i++) {
        pass.gradient(weight).fill(gradients[i]);
        optimizer.step(pass.gradients());
        double allowed = dtype == DType.FLOAT32 ? 2e-7 : 1e-15;
        assertEquals(expected[i], weight.value().get(0), allowed, optimizer + " " + dtype);
      }
    }
  }

  @Test
  void adamWithDecoupledDecay() {
    follows(
        () -> new AdamW(settings(0.1, 0.01)),
        GRADIENTS,
        0.8990000019999999,
        0.8635404181145107,
        0.8247377004155809);
    follows(
        () -> new AdamW(settings(0.1, 0)),
        GRADIENTS,
        0.9000000019999999,
        0.8654394181165107,
        0.8275002408356955);
  }

  @Test
  void lion() {
    follows(() -> new Lion(settings(0.1, 0.01)), GRADIENTS, 0.899, 0.998101, 0.8971028990000001);
  }

  @Test
  void nesterovsMomentum() {
    follows(
        () -> new Nesterov(settings(0.1, 0.01), 0.9),
        GRADIENTS,
        0.9031,
        0.89807411,
        0.855657258191);
    follows(() -> new Nesterov(settings(0.1, 0), 0.9), new double[] {1, 1, 1}, 0.81, 0.539, 0.1951);
  }
}
