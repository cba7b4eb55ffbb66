package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
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
import org.junit.jupiter.params.provider.ValueSource;

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
    float[] seven = new float[35];
    float[] answersOfSeven = new float[21];
    FloatBuffer direct = ByteBuffer.allocateDirect(4 * 35).asFloatBuffer();
    FloatBuffer heap = FloatBuffer.allocate(21);
    assertEquals(
        0,
        Allocation.perStep(() -> {
          predictor.outputs(7, seven, answersOfSeven);
          predictor.outputs(2, seven, answersOfSeven);
          predictor.outputs(direct.clear(), heap.clear());
          predictor.outputs(direct.clear().limit(5), heap.clear());
          predictor.outputs(example, answer);
          predictor.probabilities(example, answer);
          classes[0] = predictor.classOf(example);
          predictor.outputs(inputs, answers);
          predictor.probabilities(inputs, answers);
          predictor.classes(inputs, classes);
        }));
  }

  /** With packed weights and without. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void manyExamplesAllocateNothing(boolean packs) {
    SplittableRandom random = new SplittableRandom(1);
    Network network =
        Network.of(
            Shape.of(300), new Linear(300, 130, random), new ReLU(), new Linear(130, 7, random));
    Predictor predictor = Predictor.of(network).withPackedWeights(packs);
    float[] inputs = new float[300 * 64];
    float[] outputs = new float[7 * 64];
    Runnable step =
        () -> {
          predictor.outputs(64, inputs, outputs);
          predictor.outputs(16, inputs, outputs);
          predictor.outputs(1, inputs, outputs);
        };
    // Until copies are faster, where they ever are.
    long all = 4L * (301 * 130 + 131 * 7);
    long end = System.nanoTime() + 60_000_000_000L;
    while (packs && predictor.packedBytes() < all && System.nanoTime() < end) {
      step.run();
    }
    assertEquals(0, Allocation.perStep(step));
    assertEquals(packs, predictor.packedBytes() > 0);
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
