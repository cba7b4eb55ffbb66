package lamella.examples.page;

/** What a chart draws. */
sealed interface Mark permits LineChart.Line, Mark.Points, Mark.Bars {

  /**
   * Dots, each for itself.
   *
   * @param colour an index into the page's palette of four
   * @param strong for few dots; many are pale, so that where they are dense shows
   */
  record Points(int colour, boolean strong, Curve places) implements Mark {}

  /**
   * Bars side by side, from the axis' begin up.
   *
   * @param colour an index into the page's palette of four
   */
  record Bars(int colour, Histogram histogram) implements Mark {}
}
