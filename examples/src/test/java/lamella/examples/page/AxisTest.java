package lamella.examples.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AxisTest {
  private static List<String> texts(Axis axis) {
    return axis.ticks().stream().map(Axis::text).toList();
  }

  @Test
  void ticksAreRoundAndEncloseTheValues() {
    assertEquals(
        List.of("0", "200", "400", "600", "800", "1000"),
        texts(Axis.over("iteration", 0, 1000, 5, 1)));
    assertEquals(
        List.of("1.0", "1.2", "1.4", "1.6", "1.8", "2.0", "2.2", "2.4"),
        texts(Axis.over("loss", 1.03, 2.3036, 6, 0)));
    assertEquals(
        List.of("0.0", "0.1", "0.2", "0.3"), texts(Axis.over("accuracy", 0.08, 0.27, 2, 0)));
    // 0.6 is a step wanted, and 0.5 nearer to it than 1.
    assertEquals(List.of("-1.0", "-0.5", "0.0", "0.5"), texts(Axis.over("x", -0.9, 0.3, 2, 0)));
  }

  @Test
  void countsHaveNoHalves() {
    assertEquals(List.of("0", "1", "2"), texts(Axis.over("iteration", 0, 2, 5, 1)));
  }

  @Test
  void valuesThatAreAllTheSameHaveAnAxisToo() {
    for (double value : new double[] {0, 0.1, -3, 2.3025, 1e30}) {
      Axis axis = Axis.over("loss", value, value, 6, 0);
      assertTrue(axis.from() <= value && value <= axis.to() && axis.from() < axis.to());
    }
  }

  @Property
  void everyAxisCoversItsValuesWithAboutTheWantedSteps(
      @ForAll @DoubleRange(min = -1e6, max = 1e6) double low,
      @ForAll @DoubleRange(min = 0.01, max = 1e6) double span,
      @ForAll @IntRange(min = 3, max = 10) int steps) {
    Axis axis = Axis.over("y", low, low + span, steps, 0);
    double slack = 1e-9 * (Math.abs(low) + span);
    assertTrue(axis.from() <= low + slack && axis.to() >= low + span - slack, axis.toString());
    assertEquals(0, axis.share(axis.from()));
    assertEquals(1, axis.share(axis.to()));
    int got = axis.ticks().size() - 1;
    assertTrue(got >= steps / 2.0 && got <= 2 * steps + 2, axis.toString());
    assertTrue(
        Set.of("1", "2", "5").contains(axis.step().unscaledValue().toString()), axis.toString());
  }
}
