package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import lamella.contract.Allocation;
import lamella.core.DType;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A predictor that fills the caller's memory allocates nothing. */
class PredictorAllocationTest {
  private static Network network(DType dtype) {
    SplittableRandom random = new SplittableRandom(1);
    Network network =
        Network.of(
            Shape.of(5),
            new Linear(5, 4, random),
            new Swish(),
            new Linear(4, 3, random),
            new ReLU());
    network.parameters().forEach(parameter -> parameter.convertTo(dtype));
    return network;
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void fillingTheCallersMemoryAllocatesNothing(DType dtype) {
    Predictor predictor = Predictor.of(network(dtype));
    float[] example = {1, 2, 3, 4, 5};
    float[] answer = new float[3];
    Tensor inputs = Tensor.zeros(dtype, Shape.of(3, 5));
    inputs.fill(0.5);
    Tensor answers = Tensor.zeros(dtype, Shape.of(3, 3));
    int[] classes = new int[3];
    assertEquals(
        0,
        Allocation.perStep(() -> {
          predictor.outputs(example, answer);
          predictor.probabilities(example, answer);
          classes[0] = predictor.classOf(example);
          predictor.outputs(inputs, answers);
          predictor.probabilities(inputs, answers);
          predictor.classes(inputs, classes);
        }));
  }

  @ParameterizedTest
  @EnumSource(Outputs.class)
  void yesOrNoAllocatesNothingEither(Outputs meaning) {
    Predictor predictor = Predictor.of(network(DType.FLOAT32).withOutputs(meaning));
    Tensor inputs = FloatTensor.zeros(Shape.of(4, 5));
    Tensor answers = FloatTensor.zeros(Shape.of(4, 3));
    float[] example = {1, 2, 3, 4, 5};
    float[] answer = new float[3];
    assertEquals(
        0,
        Allocation.perStep(() -> {
          if (meaning != Outputs.NUMBERS) {
            predictor.probabilities(example, answer);
            predictor.probabilities(inputs, answers);
          }
          predictor.outputs(inputs, answers);
        }));
  }
}
