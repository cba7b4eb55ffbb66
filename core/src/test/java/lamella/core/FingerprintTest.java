package lamella.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import lamella.core.Parameter.Role;
import org.junit.jupiter.api.Test;

/**
 * The expected digests are Python's: {@code hashlib.sha256(a.tobytes() + b.tobytes()).hexdigest()}
 * of NumPy arrays.
 */
class FingerprintTest {

  private static Parameter parameter(Tensor value) {
    return new Parameter("p", Role.WEIGHT, value);
  }

  @Test
  void isTheSha256OfAllBitsInOrder() {
    Parameter w =
        parameter(
            FloatTensor.of(
                Shape.of(2, 3), 1, -0f, 0.1f, Float.POSITIVE_INFINITY, Float.MIN_VALUE, -3.5f));
    Parameter b =
        parameter(DoubleTensor.of(Shape.of(3), 0.1, Double.NEGATIVE_INFINITY, Double.MIN_VALUE));
    assertEquals(
        "41516c98df21da9405f4e06bfa848371c9a8389d434e00a8b311285f37309b60",
        Fingerprint.of(List.of(w, b)));
    assertNotEquals(Fingerprint.of(List.of(w, b)), Fingerprint.of(List.of(b, w)));
  }

  @Test
  void ofNothingIsThatOfNoBytes() {
    assertEquals(
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        Fingerprint.of(List.of()));
  }

  @Test
  void tensorsOfManyBlocksAreReadWhole() {
    FloatTensor floats = FloatTensor.zeros(Shape.of(1000, 100));
    DoubleTensor doubles = DoubleTensor.zeros(Shape.of(50_000));
    for (int i = 0; i < floats.size(); i++) {
      floats.set(i, i);
    }
    for (int i = 0; i < doubles.size(); i++) {
      doubles.set(i, i);
    }
    assertEquals(
        "f4024f85b2367e8f373184dc9c368c3d2415613444537f2dc654613359834ac4",
        Fingerprint.of(List.of(parameter(floats), parameter(doubles))));
  }

  @Test
  void tellsNaNsAndZerosApartByTheirBits() {
    assertEquals(
        "eb102d795135b9e15c138aeb670a476eee220da16c5c48406c6146142edb576d",
        Fingerprint.of(
            List.of(parameter(FloatTensor.of(Shape.of(1), Float.intBitsToFloat(0x7fc00001))))));
    assertNotEquals(
        Fingerprint.of(List.of(parameter(FloatTensor.of(Shape.of(1), 0f)))),
        Fingerprint.of(List.of(parameter(FloatTensor.of(Shape.of(1), -0f)))));
  }
}
