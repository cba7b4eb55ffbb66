package lamella.examples.page;

import java.util.List;

/**
 * A chart of lines, on the page and as an image.
 *
 * @param name of its file, and unique in the page: {@code loss-relu}
 * @param title a few words
 * @param description what it shows, for those who do not see it
 * @param lines drawn in this order
 */
record LineChart(String name, String title, String description, Axis x, Axis y, List<Line> lines) {

  /** How a line looks. */
  enum Look {
    /** The matter. */
    SOLID,
    /** What the matter is compared with. */
    DASHED,
    /** What the matter was computed from. */
    FAINT
  }

  /**
   * One line.
   *
   * @param label written at its end; empty for none
   * @param colour an index into the page's palette of four
   */
  record Line(String label, int colour, Look look, Curve curve) implements Mark {}

  /** The chart as the page draws it. */
  Chart onPage() {
    return new Chart(name, title, description, x, y, lines);
  }
}
