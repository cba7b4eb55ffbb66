package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packed weights, and inputs that come in arrays and buffers. */
class PackedPredictorTest {
  private static Network network(int inputs, int hidden, int outputs) {
    Network network =
        Network.of(
            Shape.of(inputs), new Dense(inputs, hidden), new Square(), new Dense(hidden, outputs));
    int seed = 1;
    for (Parameter parameter : network.parameters()) {
      Tensor values = Numbers.uniform(DType.FLOAT32, parameter.shape(), seed++);
      parameter.value().copyFrom(values);
    }
    return network;
  }

  private static float[] numbers(int n, int width) {
    return ((FloatTensor) Numbers.uniform(DType.FLOAT32, Shape.of(n, width), n)).array();
  }

  private static float[] expected(Network network, int n, float[] inputs) {
    int width = network.inputShape().size();
    Tensor x = FloatTensor.of(Shape.of(n, width), Arrays.copyOf(inputs, n * width));
    Tensor y = network.forward(x.to(network.dtype())).to(DType.FLOAT32);
    return ((FloatTensor) y).array();
  }

  @Property(tries = 40)
  void anyBatchHasTheBitsOfForward(
      @ForAll @IntRange(min = 1, max = 40) int n,
      @ForAll @IntRange(min = 1, max = 70) int inputs,
      @ForAll @IntRange(min = 1, max = 130) int hidden,
      @ForAll @IntRange(min = 1, max = 20) int outputs) {
    checkBits(network(inputs, hidden, outputs), n);
  }

  @Test
  void largeBatchesAndWeightsHaveTheBitsOfForward() {
    for (int n : new int[] {1, 2, 16, 257}) {
      checkBits(network(1100, 330, 10), n);
    }
  }

  private static void checkBits(Network network, int n) {
    boolean packs = FastTiles.await();
    float[] inputs = numbers(n, network.inputShape().size());
    float[] expected = expected(network, n, inputs);
    Predictor packed = Predictor.of(network);
    Predictor unpacked = packed.withPackedWeights(false);
    for (int call = 0; call < 3; call++) {
      for (Predictor predictor : List.of(packed, unpacked)) {
        float[] outputs = new float[expected.length];
        predictor.outputs(n, inputs, outputs);
        assertArrayEquals(expected, outputs);
        Tensor tensor = FloatTensor.wrap(Shape.of(n, network.inputShape().size()), inputs);
        assertArrayEquals(expected, ((FloatTensor) predictor.outputs(tensor)).array());
        if (n == 1) {
          assertArrayEquals(expected, predictor.outputs(inputs));
        }
      }
    }
    assertEquals(packs, packed.packedBytes() > 0);
    assertEquals(0, unpacked.packedBytes());
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void arraysMayBeLongerThanNeededAndTheSame(DType dtype) {
    FastTiles.await();
    Network network = network(6, 5, 4);
    network.parameters().forEach(parameter -> parameter.convertTo(dtype));
    Predictor predictor = Predictor.of(network);
    float[] many = numbers(9, 6);
    for (int n : new int[] {9, 3, 1, 9, 2, 4, 5, 6, 7, 3}) {
      float[] inputs = many.clone();
      float[] outputs = new float[40];
      Arrays.fill(outputs, 77);
      predictor.outputs(n, inputs, outputs);
      assertArrayEquals(expected(network, n, many), Arrays.copyOf(outputs, 4 * n));
      assertEquals(77, outputs[4 * n]);
      assertArrayEquals(many, inputs);
      predictor.outputs(n, inputs, inputs);
      assertArrayEquals(expected(network, n, many), Arrays.copyOf(inputs, 4 * n));
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void buffersAreTakenAndFilledFromTheirPositions(DType dtype) {
    FastTiles.await();
    Network network = network(6, 5, 4);
    network.parameters().forEach(parameter -> parameter.convertTo(dtype));
    Predictor predictor = Predictor.of(network);
    float[] values = numbers(3, 6);
    float[] expected = expected(network, 3, values);
    ByteBuffer memory = ByteBuffer.allocateDirect(400);
    for (FloatBuffer inputs :
        List.of(
            FloatBuffer.allocate(25),
            memory.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer(),
            memory.order(ByteOrder.BIG_ENDIAN).asFloatBuffer())) {
      for (FloatBuffer outputs :
          List.of(
              FloatBuffer.allocate(20),
              ByteBuffer.allocateDirect(80).asFloatBuffer(),
              // In the same memory, from the second of the inputs on.
              inputs.duplicate().position(3).slice())) {
        inputs.clear().position(2).put(values).flip().position(2);
        FloatBuffer given = inputs.isDirect() ? inputs : inputs.asReadOnlyBuffer();
        outputs.clear().position(1);
        predictor.outputs(given, outputs);
        assertEquals(20, given.position());
        assertEquals(20, given.limit());
        assertEquals(13, outputs.position());
        float[] filled = new float[12];
        outputs.get(1, filled);
        assertArrayEquals(expected, filled);
      }
    }
  }

  @Test
  void wrongArraysAndBuffersAreRefused() {
    Predictor predictor = Predictor.of(network(6, 5, 4));
    refuses(
        "Predictor: expects inputs of 2 times 6 numbers [6], got 11",
        () -> predictor.outputs(2, new float[11], new float[8]));
    refuses(
        "Predictor: expects outputs of 2 times 4 numbers [4], got 7",
        () -> predictor.outputs(2, new float[12], new float[7]));
    refuses(
        "Predictor: expects at least 1 example, got n = 0",
        () -> predictor.outputs(0, new float[12], new float[8]));
    refuses(
        "Predictor: expects inputs of 400000000 times 6 numbers [6], got 12",
        () -> predictor.outputs(400_000_000, new float[12], new float[8]));
    FloatBuffer outputs = FloatBuffer.allocate(8);
    for (int numbers : new int[] {0, 5, 13}) {
      FloatBuffer inputs = FloatBuffer.allocate(20).limit(numbers);
      refuses(
          "Predictor: expects inputs of one or more examples of 6 numbers [6], got "
              + numbers
              + " numbers from the buffer's position to its limit",
          () -> predictor.outputs(inputs, outputs));
    }
    FloatBuffer inputs = FloatBuffer.allocate(13).position(1);
    refuses(
        "Predictor: expects outputs of 2 times 4 numbers [4], got 7",
        () -> predictor.outputs(inputs, outputs.duplicate().position(1)));
    refuses(
        "Predictor: expects a buffer for the outputs that can be written to, got a read-only one",
        () -> predictor.outputs(inputs, outputs.asReadOnlyBuffer()));
    refuses(
        "Predictor: expects two buffers, each with a position of its own, got one as inputs and"
            + " outputs; give a duplicate()",
        () -> predictor.outputs(inputs, inputs));
    assertEquals(1, inputs.position());
    assertEquals(0, outputs.position());
  }

  private static void refuses(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  /** What training, loading or a conversion changes is seen by the next call. */
  @Test
  void changedParametersAreCopiedAnew() {
    FastTiles.await();
    Network network = network(6, 5, 4);
    Predictor predictor = Predictor.of(network);
    float[] inputs = numbers(3, 6);
    for (Parameter parameter : network.parameters()) {
      for (int change = 0; change < 2; change++) {
        for (int call = 0; call < 3; call++) {
          float[] outputs = new float[12];
          predictor.outputs(3, inputs, outputs);
          assertArrayEquals(expected(network, 3, inputs), outputs);
        }
        if (change == 0) {
          parameter.value().set(2, 0.75);
        } else {
          parameter.setValue(Numbers.uniform(DType.FLOAT32, parameter.shape(), 99));
        }
      }
    }
  }

  /** A layer's own use of two weights, one of them without a bias, and of one weight twice. */
  @Test
  void aLayerMayMultiplyBySeveralWeights() {
    Dense first = new Dense(6, 6);
    Dense second = new Dense(6, 6);
    Layer both =
        new Layer() {
          @Override
          public List<Parameter> parameters() {
            return List.of(first.weight, first.bias, second.weight);
          }

          @Override
          public Shape outputShape(Shape input) {
            return input;
          }

          @Override
          public Tensor forward(Tensor x, Pass pass) {
            Tensor y = pass.output(this, x);
            Tensor a = pass.buffer(this, 0, x.shape());
            Tensor b = pass.buffer(this, 1, x.shape());
            pass.multiply(x, first.weight, first.bias, a);
            pass.multiply(a, second.weight, null, b);
            pass.multiply(b, first.weight, null, y);
            return y;
          }

          @Override
          public Tensor backward(Tensor dy, Pass pass) {
            throw new UnsupportedOperationException("forward only");
          }
        };
    Network network = Network.of(Shape.of(6), both, first, both);
    checkBits(network, 1);
    checkBits(network, 5);
  }

  @Test
  void aWrongResultIsRefusedAsByProducts() {
    FastTiles.await();
    Dense dense = new Dense(3, 2);
    PackedParameters packed = new PackedParameters();
    Tensor x = Numbers.uniform(DType.FLOAT32, Shape.of(4, 3), 1);
    Tensor y = Tensor.zeros(DType.FLOAT32, Shape.of(4, 2));
    for (Pass pass : List.of(Pass.forInference(), Pass.forInference(packed))) {
      pass.multiply(x, dense.weight, dense.bias, y);
      pass.multiply(x, dense.weight, dense.bias, y);
      for (Tensor wrong :
          List.of(Tensor.zeros(DType.FLOAT32, Shape.of(4, 3)), y.reshape(Shape.of(8)))) {
        String message =
            assertThrows(
                    ShapeException.class, () -> pass.multiply(x, dense.weight, dense.bias, wrong))
                .getMessage();
        assertEquals("Products.multiply: y: expects [4, 2], got " + wrong.shape(), message);
      }
      Tensor wide = Tensor.zeros(DType.FLOAT32, Shape.of(4, 5));
      assertEquals(
          "Products.multiply: W: expects [5, 2], got [3, 2]",
          assertThrows(ShapeException.class, () -> pass.multiply(wide, dense.weight, dense.bias, y))
              .getMessage());
    }
  }

  @Test
  void manyThreadsShareOneCopy() throws InterruptedException {
    boolean packs = FastTiles.await();
    Network network = network(300, 130, 7);
    float[] inputs = numbers(5, 300);
    float[] expected = expected(network, 5, inputs);
    float[] one = expected(network, 1, inputs);
    for (int round = 0; round < 20; round++) {
      Predictor predictor = Predictor.of(network);
      AtomicReference<Throwable> failure = new AtomicReference<>();
      List<Thread> threads =
          IntStream.range(0, 8)
              .mapToObj(t ->
                  Thread.ofPlatform()
                      .start(() -> {
                        try {
                          for (int call = 0; call < 20; call++) {
                            float[] outputs = new float[35];
                            predictor.outputs(5, inputs, outputs);
                            assertArrayEquals(expected, outputs);
                            predictor.outputs(1, inputs, outputs);
                            assertArrayEquals(one, Arrays.copyOf(outputs, 7));
                          }
                        } catch (Throwable e) {
                          failure.set(e);
                        }
                      }))
              .toList();
      for (Thread thread : threads) {
        thread.join();
      }
      assertNull(failure.get());
      long bytes = 4L * (301 * 130 + 131 * 7);
      if (packs) {
        assertTrue(bytes <= predictor.packedBytes(), "all weights are packed");
        assertTrue(predictor.packedBytes() < 1.3 * bytes, "and packed once");
      }
    }
  }

  /** The caller's array is used, and not kept. */
  @Test
  void theCallersArrayIsNotKeptAlive() throws InterruptedException {
    Predictor predictor = Predictor.of(network(6, 5, 4));
    float[] outputs = new float[20];
    WeakReference<float[]> inputs = new WeakReference<>(new float[30]);
    predictor.outputs(5, inputs.get(), outputs);
    for (int i = 0; i < 50 && inputs.get() != null; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertNull(inputs.get());
    assertSame(predictor.network(), predictor.withPackedWeights(false).network());
  }
}
