package lamella.examples.page;

import java.awt.AWTError;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.awt.image.BufferedImage;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import lamella.examples.page.LineChart.Line;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws a chart as an image, for slides and papers: black on white, whatever the screen. */
final class ChartImage {
  private static final int WIDTH = 1200;
  private static final int HEIGHT = 700;
  private static final float STROKE = 3;
  private static final int FAINT = 70;
  private static final Color INK = new Color(0x1B1F24);
  private static final Color GRID = new Color(0xE3E6EA);

  private ChartImage() {}

  /**
   * Whether text can be drawn. A JDK on a machine without fonts fails in many ways at the first
   * attempt, none of them documented.
   */
  static boolean fontsWork() {
    try {
      FontRenderContext context = new FontRenderContext(null, true, true);
      return new Font(Font.SANS_SERIF, Font.PLAIN, 12).getStringBounds("0", context).getWidth() > 0;
    } catch (RuntimeException | LinkageError | InternalError | AWTError e) {
      return false;
    }
  }

  /** The chart, 1200 x 700 pixels. */
  static BufferedImage of(LineChart chart) {
    XYChart image =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title(chart))
            .xAxisTitle(chart.x().label())
            .yAxisTitle(chart.y().label())
            .build();
    style(image, chart);
    image.setCustomXAxisTickLabelsFormatter(value -> tick(value, chart.x()));
    image.setCustomYAxisTickLabelsFormatter(value -> tick(value, chart.y()));
    for (Line line : chart.lines()) {
      Curve curve = line.curve();
      // XChart tells series apart by their names, and some of ours have none.
      String name = "series " + image.getSeriesCollection().size();
      XYSeries series = image.addSeries(name, curve.x(), curve.y());
      series.setLabel(line.label()).setShowInLegend(!line.label().isEmpty());
      series.setMarker(SeriesMarkers.NONE);
      Color colour = Palette.LINES.get(line.colour());
      switch (line.look()) {
        case SOLID -> series.setLineColor(colour).setLineStyle(stroke(STROKE));
        case DASHED -> series.setLineColor(colour).setLineStyle(stroke(STROKE - 1, 6, 7));
        case FAINT ->
            series
                .setLineColor(
                    new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), FAINT))
                .setLineStyle(stroke(1));
      }
    }
    return BitmapEncoder.getBufferedImage(image);
  }

  private static String title(LineChart chart) {
    String quantity = chart.y().label();
    return chart.title().toLowerCase(Locale.ROOT).contains(quantity)
        ? chart.title()
        : chart.title() + ": " + quantity;
  }

  /**
   * By how much an axis is longer than ours, at either end. XChart leaves out ticks at the very
   * ends; and where data are evenly spaced from end to end it puts the ticks on data: 38, 76, ...
   */
  private static double hair(Axis axis) {
    return (axis.to() - axis.from()) / 1000;
  }

  /** XChart computes ticks by adding, and 0.1 + 0.2 is not 0.3. */
  private static String tick(double value, Axis axis) {
    BigDecimal exact = new BigDecimal(value).round(new MathContext(10)).stripTrailingZeros();
    return Axis.text(exact.setScale(Math.max(exact.scale(), axis.step().scale())));
  }

  private static BasicStroke stroke(float width, float... dash) {
    return new BasicStroke(
        width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND, 1, dash.length == 0 ? null : dash, 0);
  }

  private static void style(XYChart image, LineChart chart) {
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 20);
    image
        .getStyler()
        .setXAxisMin(chart.x().from() - hair(chart.x()))
        .setXAxisMax(chart.x().to() + hair(chart.x()))
        .setYAxisMin(chart.y().from() - hair(chart.y()))
        .setYAxisMax(chart.y().to() + hair(chart.y()))
        .setAxisTitleFont(font)
        .setAxisTickLabelsFont(font.deriveFont(17f))
        .setAxisTickLabelsColor(INK)
        .setAxisTicksLineVisible(false)
        .setAxisTicksMarksVisible(false)
        .setPlotGridLinesColor(GRID)
        .setPlotGridLinesStroke(stroke(1))
        .setPlotGridVerticalLinesVisible(false)
        .setXAxisTickMarkSpacingHint(WIDTH / 8)
        .setYAxisTickMarkSpacingHint(HEIGHT / 9)
        .setPlotMargin(0);
    image
        .getStyler()
        .setPlotContentSize(1)
        .setPlotBorderVisible(false)
        .setPlotBackgroundColor(Color.WHITE)
        .setChartBackgroundColor(Color.WHITE)
        .setChartFontColor(INK)
        .setChartPadding(24)
        .setChartTitleFont(font.deriveFont(Font.BOLD, 24f))
        .setChartTitleBoxVisible(false)
        .setChartTitlePadding(20)
        .setLegendFont(font)
        .setLegendBorderColor(Color.WHITE)
        .setLegendPosition(Styler.LegendPosition.OutsideE)
        .setLegendVisible(chart.lines().stream().anyMatch(line -> !line.label().isEmpty()));
  }
}
