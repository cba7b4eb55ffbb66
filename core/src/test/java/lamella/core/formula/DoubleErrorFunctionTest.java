package lamella.core.formula;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Against mpmath with 60 digits: see error_function.py. */
class DoubleErrorFunctionTest {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  private static void assertClose(double expected, double actual, String what) {
    if (Math.abs(expected) < Double.MIN_NORMAL) {
      assertEquals(expected, actual, 1e-300, what);
    } else {
      double ulps = Math.abs(actual - expected) / Math.ulp(expected);
      assertTrue(ulps <= 5, what + ": " + actual + ", not " + expected + ": " + ulps + " units");
    }
  }

  @Test
  void errsByAFewUnitsInTheLastPlace() throws Exception {
    int rows = 0;
    try (InputStream in =
        Objects.requireNonNull(getClass().getResourceAsStream("error_function.txt"))) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.US_ASCII).split("\n", -1)) {
        if (!line.isEmpty()) {
          String[] words = line.split(" ", -1);
          double x = Double.parseDouble(words[0]);
          assertClose(Double.parseDouble(words[1]), DoubleErrorFunction.erf(x), "erf " + x);
          assertClose(Double.parseDouble(words[2]), DoubleErrorFunction.erfc(x), "erfc " + x);
          assertClose(Double.parseDouble(words[3]), DoubleErrorFunction.normal(x), "normal " + x);
          rows++;
        }
      }
    }
    assertEquals(57, rows);
  }

  @Test
  void endsAndNaN() {
    assertEquals(1, DoubleErrorFunction.erf(INFINITY));
    assertEquals(-1, DoubleErrorFunction.erf(-INFINITY));
    assertEquals(-0.0, DoubleErrorFunction.erf(-0.0));
    assertEquals(0, DoubleErrorFunction.erfc(INFINITY));
    assertEquals(2, DoubleErrorFunction.erfc(-INFINITY));
    assertEquals(0, DoubleErrorFunction.normal(-INFINITY));
    assertEquals(1, DoubleErrorFunction.normal(INFINITY));
    assertTrue(Double.isNaN(DoubleErrorFunction.erf(Double.NaN)));
    assertTrue(Double.isNaN(DoubleErrorFunction.erfc(Double.NaN)));
    assertTrue(Double.isNaN(DoubleErrorFunction.normal(Double.NaN)));
  }
}
