/**
 * The report as a page: one HTML file that needs nothing beside it, and its pictures as PNG files.
 *
 * <ul>
 *   <li>In: {@link lamella.examples.page.TrainedRun}, {@link lamella.examples.page.Setting}, {@link
 *       lamella.examples.page.StepClock}
 *   <li>Out: {@link lamella.examples.page.ReportPage}
 *   <li>Sections: {@code LossTables}, {@code Charts}, {@code ConfusionSection}, {@code
 *       ExamplesSection}
 *   <li>Pictures: {@code LineChart} with {@code Axis} and {@code Curve}, drawn by {@code
 *       ChartFigure} into the page and by {@code ChartImage} into files; {@code WeightGrid}
 *   <li>Tools: {@code Markup}, {@code Png}
 * </ul>
 */
@NullMarked
package lamella.examples.page;

import org.jspecify.annotations.NullMarked;
