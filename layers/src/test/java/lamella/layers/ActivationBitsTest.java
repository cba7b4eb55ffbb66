package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import java.util.stream.Stream;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Pass;
import lamella.core.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Values and gradients of the activations have these bits: fingerprints of trained networks depend
 * on them. Here is their arithmetic as plain Java, one number at a time.
 */
@SuppressWarnings("FloatingPointLiteralPrecision") // the constants as published
class ActivationBitsTest {
  private static final float LAMBDA = (float) SELU.LAMBDA;
  private static final float LAMBDA_ALPHA = (float) (SELU.LAMBDA * SELU.ALPHA);
  private static final float LEAK = (float) 0.01;

  interface FloatFunction {
    float of(float x);
  }

  /** Of x, y = f(x) and dy. */
  interface FloatGradient {
    float of(float x, float y, float dy);
  }

  interface DoubleFunction {
    double of(double x);
  }

  interface DoubleSlope {
    double of(double x, double y);
  }

  static Stream<Arguments> inFloat32() {
    return Stream.of(
        row(new ReLU(), x -> x <= 0 ? 0 : x, (x, y, dy) -> x <= 0 ? 0 : dy),
        row(new LeakyReLU(), x -> x > 0 ? x : LEAK * x, (x, y, dy) -> x > 0 ? dy : LEAK * dy),
        row(
            new Swish(),
            x -> x <= -2000 ? 0 : x * sigmoid(x),
            (x, y, dy) -> {
              float s = sigmoid(x);
              return normalOrZero(dy * Math.fma(Math.min(y, 2000), 1 - s, s));
            }),
        row(
            new SELU(),
            x -> x > 0 ? LAMBDA * x : LAMBDA_ALPHA * expm1(x),
            (x, y, dy) -> normalOrZero(dy * (x > 0 ? LAMBDA : LAMBDA_ALPHA * exp(x)))));
  }

  private static Arguments row(Layer layer, FloatFunction value, FloatGradient gradient) {
    return Arguments.of(layer, value, gradient);
  }

  @ParameterizedTest
  @MethodSource("inFloat32")
  void inFloat32TheyAreThoseOfTheseOperations(
      Layer layer, FloatFunction value, FloatGradient gradient) {
    SplittableRandom random = new SplittableRandom(3);
    int size = 1 << 20;
    FloatTensor x = FloatTensor.zeros(Shape.of(size));
    FloatTensor dy = FloatTensor.zeros(Shape.of(size));
    for (int i = 0; i < size; i++) {
      // All exponents, both signs, infinities and NaN among them; and many of ordinary size.
      x.array()[i] =
          i % 2 == 0 ? Float.intBitsToFloat(i << 12 | i >> 8) : (float) random.nextDouble(-20, 20);
      dy.array()[i] = (float) (random.nextGaussian() * (i % 5 == 0 ? 1e-36 : 1));
    }
    Pass pass = Pass.forGradients();
    float[] y = ((FloatTensor) layer.forward(x, pass)).array();
    float[] dx = ((FloatTensor) layer.backward(dy, pass)).array();
    for (int i = 0; i < size; i++) {
      float input = x.array()[i];
      same(value.of(input), y[i], layer, input);
      same(gradient.of(input, y[i], dy.array()[i]), dx[i], layer, input);
    }
  }

  private static void same(float expected, float actual, Layer layer, float x) {
    if (Float.floatToIntBits(expected) != Float.floatToIntBits(actual)) {
      assertEquals(expected, actual, layer + " at " + x);
    }
  }

  static Stream<Arguments> inFloat64() {
    return Stream.of(
        wide(new ReLU(), x -> x <= 0 ? 0 : x, (x, y) -> x <= 0 ? 0 : 1),
        wide(new LeakyReLU(), x -> x > 0 ? x : 0.01 * x, (x, y) -> x > 0 ? 1 : 0.01),
        wide(
            new Swish(),
            x -> x * wideSigmoid(x),
            (x, y) -> wideSigmoid(x) + y * (1 - wideSigmoid(x))),
        wide(
            new SELU(),
            x -> SELU.LAMBDA * (x > 0 ? x : SELU.ALPHA * StrictMath.expm1(x)),
            (x, y) -> SELU.LAMBDA * (x > 0 ? 1 : SELU.ALPHA * StrictMath.exp(x))));
  }

  private static Arguments wide(Layer layer, DoubleFunction value, DoubleSlope slope) {
    return Arguments.of(layer, value, slope);
  }

  @ParameterizedTest
  @MethodSource("inFloat64")
  void inFloat64TheyAreThoseOfTheseOperations(
      Layer layer, DoubleFunction value, DoubleSlope slope) {
    SplittableRandom random = new SplittableRandom(4);
    int size = 40_001;
    DoubleTensor x = DoubleTensor.zeros(Shape.of(size));
    DoubleTensor dy = DoubleTensor.zeros(Shape.of(size));
    for (int i = 0; i < size; i++) {
      x.array()[i] = random.nextGaussian() * (i % 3 == 0 ? 100 : 2);
      dy.array()[i] = random.nextGaussian();
    }
    Pass pass = Pass.forGradients();
    double[] y = ((DoubleTensor) layer.forward(x, pass)).array();
    double[] dx = ((DoubleTensor) layer.backward(dy, pass)).array();
    assertEquals(DType.FLOAT64, x.dtype());
    for (int i = 0; i < size; i++) {
      double input = x.array()[i];
      assertEquals(value.of(input), y[i]);
      // + 0.0: a zero has no sign.
      assertEquals(dy.array()[i] * slope.of(input, y[i]) + 0.0, dx[i] + 0.0);
    }
  }

  private static double wideSigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  private static float normalOrZero(float x) {
    return Math.abs(x) <= Float.MIN_NORMAL ? 0 : x;
  }

  private static float sigmoid(float x) {
    return x < -87 ? 0 : 1 / (1 + exp(-x));
  }

  /** 2^n (1 + r + r² q(r)) with x = n ln 2 + r. */
  private static float exp(float x) {
    float t = Math.max(-87f, Math.min(89f, x));
    float n = nearest(t);
    float p = 1 + reduced(t, n);
    int half = (int) n >> 1;
    float result = p * powerOfTwo(half) * powerOfTwo((int) n - half);
    return x < -87 ? 0 : result;
  }

  private static float expm1(float x) {
    float t = Math.max(-87f, x);
    float n = nearest(t);
    float scale = powerOfTwo((int) n);
    return Math.fma(scale, reduced(t, n), scale - 1);
  }

  private static float nearest(float t) {
    return Math.fma(t, 1.44269504f, 12582912f) - 12582912f;
  }

  /** e^r - 1 by the polynomial of the Cephes library. */
  private static float reduced(float t, float n) {
    float r = Math.fma(n, 2.12194440e-4f, Math.fma(n, -0.693359375f, t));
    float q = 1.9875691500e-4f;
    for (float coefficient :
        new float[] {
          1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f
        }) {
      q = Math.fma(q, r, coefficient);
    }
    return Math.fma(q * r, r, r);
  }

  private static float powerOfTwo(int n) {
    return Float.intBitsToFloat((n + 127) << 23);
  }
}
