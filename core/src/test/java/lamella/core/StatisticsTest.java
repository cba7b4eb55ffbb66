package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lamella.core.Parameter.Role;
import lamella.core.io.Parameters;
import lamella.core.io.SafeTensors;
import lamella.core.io.WeightLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statistics are written through the pass, and change with its commit only. */
class StatisticsTest {
  private final RunningNorm norm = new RunningNorm(1);
  private final Pass pass = Pass.forTraining();

  private static Tensor column(double... values) {
    return DoubleTensor.of(Shape.of(values.length, 1), values).to(DType.FLOAT32);
  }

  private double[] running() {
    return new double[] {norm.mean.value().get(0), norm.variance.value().get(0)};
  }

  /** x = 1, 2, 3, 4: mean 2.5, unbiased variance 5/3; PyTorch's running variance 1.0666667. */
  @Test
  void changeWithCommitOnly() {
    norm.forward(column(1, 2, 3, 4), pass);
    assertArrayEquals(new double[] {0, 1}, running());
    norm.backward(column(1, 0, 0, 0), pass);
    pass.commit();
    assertArrayEquals(new double[] {0.25, 1.0666667}, running(), 1e-6);
    pass.commit();
    assertArrayEquals(new double[] {0.25, 1.0666667}, running(), 1e-6);
  }

  @Test
  void theSecondUseInAStepGoesOnFromTheFirst() {
    Network twice = Network.of(Shape.of(1), norm, norm);
    twice.forward(column(1, 2, 3, 4), pass);
    pass.commit();
    // The second batch has mean 0 and, but for epsilon, unbiased variance 4/3.
    assertArrayEquals(new double[] {0.9 * 0.25, 0.9 * 1.0666667 + 0.1 * 4 / 3}, running(), 1e-5);
  }

  @Test
  void partsOfABatchFollowEachOtherAndAnotherStepForgetsWhatWasNotCommitted() {
    pass.beginStep(1, 0);
    norm.forward(column(1, 2, 3, 4), pass);
    pass.beginStep(1, 4);
    norm.forward(column(2.5, 2.5), pass);
    pass.commit();
    assertEquals(0.9 * 0.25 + 0.25, norm.mean.value().get(0), 1e-6);
    norm.forward(column(100, 200), pass);
    pass.beginStep(2);
    double before = norm.mean.value().get(0);
    norm.forward(column(1, 1), pass);
    pass.commit();
    assertEquals(0.9 * before + 0.1, norm.mean.value().get(0), 1e-6);
  }

  @Test
  void areNotUpdatedInInference() {
    norm.forward(column(1, 2, 3, 4), Pass.forInference());
    assertArrayEquals(new double[] {0, 1}, running());
    Pass inference = Pass.forInference();
    assertEquals(
        "running_mean float32[1]: updated on a pass for inference; update statistics only where"
            + " pass.isTraining()",
        assertThrows(IllegalStateException.class, () -> inference.update(norm.mean)).getMessage());
  }

  @Test
  void parametersThatGradientsTrainAreNotUpdated() {
    assertEquals(
        "gain float32[1]: is trained by gradients, as its role GAIN says; forward updates"
            + " statistics only",
        assertThrows(IllegalArgumentException.class, () -> pass.update(norm.gain)).getMessage());
  }

  @Test
  void getNoGradient() {
    norm.forward(column(1, 2, 3, 4), pass);
    norm.backward(column(1, 0, 0, 0), pass);
    assertEquals(List.of(norm.gain, norm.bias), pass.gradients().parameters());
    pass.gradient(norm.mean).fill(1);
    assertEquals(List.of(norm.gain, norm.bias), pass.gradients().parameters());
  }

  @Test
  void frozenOnesStayAsTheyAre() {
    norm.forward(column(1, 2, 3, 4), pass);
    Layers.freeze(norm);
    pass.commit();
    assertArrayEquals(new double[] {0, 1}, running());
    pass.update(norm.mean).fill(7);
    pass.commit();
    assertArrayEquals(new double[] {0, 1}, running());
  }

  /** What a container keeps out of its parameters is not updated either. */
  @Test
  void thoseThatAContainerDoesNotNameStayAsTheyAre() {
    Layer hiding =
        new Layer() {
          @Override
          public List<Layer> layers() {
            return List.of(norm);
          }

          @Override
          public Shape outputShape(Shape input) {
            return input;
          }

          @Override
          public Tensor forward(Tensor x, Pass on) {
            return on.forward(this, 0, norm, x);
          }

          @Override
          public Tensor backward(Tensor dy, Pass on) {
            return on.backward(this, 0, norm, dy, on.needsInputGradient());
          }
        };
    hiding.forward(column(1, 2, 3, 4), pass);
    pass.commit();
    assertArrayEquals(new double[] {0, 1}, running());
  }

  @Test
  void theTensorIsTheSameInEveryStep() {
    Tensor first = pass.update(norm.mean);
    pass.commit();
    pass.beginStep(1);
    assertSame(first, pass.update(norm.mean));
    norm.mean.convertTo(DType.FLOAT64);
    assertEquals(DType.FLOAT64, pass.update(norm.mean).dtype());
    pass.update(norm.mean).fill(3);
    pass.commit();
    assertEquals(3, norm.mean.value().get(0));
  }

  @Test
  void areSavedAndLoadedLikeAnyParameter(@TempDir Path directory) throws Exception {
    RunningNorm wide = new RunningNorm(3);
    Network network = Network.of(Shape.of(4), new Dense(4, 3), wide);
    for (int step = 0; step < 3; step++) {
      pass.beginStep(step);
      network.forward(Numbers.eighths(DType.FLOAT32, Shape.of(5, 4), step), pass);
      pass.commit();
    }
    RunningNorm other = new RunningNorm(3);
    Network loaded = Network.of(Shape.of(4), new Dense(4, 3), other);
    Path file = directory.resolve("model.safetensors");
    SafeTensors.of(Parameters.of(network), Map.of()).write(file);
    Parameters.load(loaded, SafeTensors.read(file).tensors(), WeightLayout.IN_OUT);
    assertArrayEquals(wide.mean.value().toDoubleArray(), other.mean.value().toDoubleArray());
    assertArrayEquals(
        wide.variance.value().toDoubleArray(), other.variance.value().toDoubleArray());
    assertEquals(Fingerprint.of(network.parameters()), Fingerprint.of(loaded.parameters()));
    Map<String, Parameter> names = Layers.parameters(network);
    assertSame(wide.variance, names.get("1.running_var"));
    assertEquals(Role.STATISTIC, names.get("1.running_var").role());
  }
}
