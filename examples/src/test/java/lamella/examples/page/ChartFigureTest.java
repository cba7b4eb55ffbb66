package lamella.examples.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ChartFigureTest {
  @Test
  void pointsStandWhereTheAxesPutThem() {
    Chart chart =
        new Chart(
            "n", "t", "d", Axis.over("x", 0, 200, 2, 1), Axis.over("y", 1, 3, 2, 0), List.of());
    Curve curve = new Curve(new double[] {0, 50, 200, 33.333}, new double[] {3, 2.5, 1, 1});
    // x: 0 to 200 is 0 to 1000; y: 3 to 1 is 0 to 1000, downwards.
    assertEquals("0,0 250,250 1000,1000 166.7,1000", ChartFigure.points(chart, curve));
  }

  @Test
  void dotsAndBarsStandWhereTheAxesPutThem() {
    Chart chart =
        new Chart(
            "n", "t", "d", Axis.over("x", 0, 4, 4, 1), Axis.over("y", 0, 10, 5, 1), List.of());
    Curve places = new Curve(new double[] {0, 1, 3.5}, new double[] {10, 5, 0});
    assertEquals("M0 0h0M250 500h0M875 1000h0", ChartFigure.dots(chart, places, 0, 1));
    assertEquals("M250 500h0", ChartFigure.dots(chart, places, 1, 2));
    Histogram histogram = Histogram.of(new double[] {0.5, 1, 1.5, 3, 4, 9, -2}, 0, 4, 4);
    assertArrayEquals(new int[] {2, 2, 0, 3}, histogram.counts());
    assertEquals(3, histogram.most());
    assertEquals(
        "M0 1000V800H250V1000zM250 1000V800H500V1000zM750 1000V700H1000V1000z",
        ChartFigure.bars(chart, histogram));
  }

  @Test
  void labelsThatCollideAreSpreadAroundWhereTheyBelong() {
    assertEquals(List.of(10.0, 50.0), ChartFigure.spread(List.of(10.0, 50.0)));
    assertEquals(List.of(46.5, 53.5), ChartFigure.spread(List.of(50.0, 50.0)));
    assertArrayEquals(
        new double[] {43, 50, 57},
        ChartFigure.spread(List.of(49.0, 50.0, 51.0)).stream().mapToDouble(d -> d).toArray(),
        1e-12);
  }

  @Property
  void noTwoLabelsOverlapAndTheirOrderStays(
      @ForAll @Size(min = 1, max = 6) List<@DoubleRange(min = 0, max = 100) Double> wanted) {
    List<Double> places = ChartFigure.spread(wanted.stream().sorted().toList());
    assertEquals(wanted.size(), places.size());
    for (int i = 1; i < places.size(); i++) {
      assertTrue(places.get(i) - places.get(i - 1) >= 7 - 1e-9, places.toString());
    }
    double mean = wanted.stream().mapToDouble(d -> d).average().orElseThrow();
    assertEquals(mean, places.stream().mapToDouble(d -> d).average().orElseThrow(), 1e-9);
  }
}
