package lamella.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Operators in all of their versions give what NumPy computes by their definitions. */
class OperatorsGoldenTest {

  @TestFactory
  List<DynamicTest> operators() throws IOException {
    try (BufferedReader file =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(getClass().getResourceAsStream("operators_golden.txt")),
                UTF_8))) {
      List<OperatorCase> cases = OperatorCase.read(file);
      assertTrue(cases.size() > 400, () -> "cases: " + cases.size());
      return cases.stream().map(one -> dynamicTest(title(one), () -> check(one))).toList();
    }
  }

  private static String title(OperatorCase one) {
    return "line "
        + one.line()
        + ": "
        + one.node().operator()
        + " of opset "
        + one.node().opset()
        + " "
        + one.inputs();
  }

  private static void check(OperatorCase one) {
    List<OnnxArray> found = one.computed();
    for (int i = 0; i < one.outputs().size(); i++) {
      OnnxArray expected = one.outputs().get(i);
      assertEquals("", OperatorCase.difference(expected, found.get(i), allowed(expected.type())));
    }
  }

  /** A few units of the last place, relative to the number or, below 1, to 1. */
  private static DoubleUnaryOperator allowed(OnnxType type) {
    double unit =
        switch (type) {
          case DOUBLE -> 0x1p-52;
          case FLOAT16 -> 0x1p-12;
          case BFLOAT16 -> 0x1p-9;
          default -> 0x1p-23;
        };
    return expected -> 8 * unit * Math.max(1, Math.abs(expected));
  }
}
