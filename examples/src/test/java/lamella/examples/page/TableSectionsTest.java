package lamella.examples.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import lamella.optim.History;
import lamella.optim.History.Measurement;
import lamella.optim.History.Step;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TableSectionsTest {
  private static final ClassAnswers ANSWERS =
      new ClassAnswers(
          List.of("no", "yes"),
          List.of(3, 4, 7, 9),
          new int[] {0, 1, 1, 0},
          new double[][] {{0.9, 0.1}, {0.55, 0.45}, {0.2, 0.8}, {0.88, 0.12}});

  @Test
  void figuresHaveFourDigitsThatCount() {
    assertEquals("0.5000", PageParts.figure(0.5));
    assertEquals("0.0123", PageParts.figure(0.01234));
    assertEquals("0.0000", PageParts.figure(0));
    assertEquals("12.35", PageParts.figure(12.345678));
    assertEquals("−1.500", PageParts.figure(-1.5));
    assertEquals("12,346", PageParts.figure(12345.6));
    assertEquals("1.235e−05", PageParts.figure(1.2345678e-5));
    assertEquals("–", PageParts.figure(Double.NaN));
  }

  @Test
  void longTextsAreShortenedBetweenCharacters() {
    assertEquals("abc", TableDataSection.shortened("abc", 3));
    assertEquals("ab…", TableDataSection.shortened("abcd", 3));
    String faces = "\uD83D\uDE00".repeat(4);
    assertEquals("\uD83D\uDE00\uD83D\uDE00…", TableDataSection.shortened(faces, 3));
  }

  @Property(tries = 100)
  void aSampleHasDifferentRowsInOrder(
      @ForAll @IntRange(min = 0, max = 300) int size,
      @ForAll @IntRange(min = 1, max = 200) int most) {
    int[] sample = Sample.of(size, most);
    assertEquals(Math.min(size, most), sample.length);
    assertArrayEquals(Arrays.stream(sample).sorted().distinct().toArray(), sample);
    assertTrue(Arrays.stream(sample).allMatch(row -> row >= 0 && row < size));
    assertArrayEquals(sample, Sample.of(size, most));
  }

  @Test
  void aSampleIsOfTheWholeTable() {
    int[] sample = Sample.of(1_000_000, 10_000);
    int[] ofTenths = new int[10];
    for (int row : sample) {
      ofTenths[row / 100_000]++;
    }
    for (int found : ofTenths) {
      // 1000 are expected, with a standard deviation of 30.
      assertTrue(found > 850 && found < 1150, Arrays.toString(ofTenths));
    }
  }

  @Test
  void answersKnowTheirLikeliestClassAndLoss() {
    assertEquals(0, ANSWERS.likeliest(1));
    assertFalse(ANSWERS.isRight(1));
    assertEquals(0.45, ANSWERS.ofTruth(1));
    assertEquals(0.7985076962177716, ANSWERS.loss(1), 1e-15); // -ln 0.45
    ClassAnswers certain =
        new ClassAnswers(List.of("a", "b"), List.of(0), new int[] {1}, new double[][] {{1, 0}});
    assertEquals(34.538776394910684, certain.loss(0), 1e-13); // -ln 1e-15
  }

  @Test
  void theWorstComeFirst() {
    assertEquals(List.of(1, 2, 3, 0), WorstRowsSection.worst(4, ANSWERS::loss));
    assertEquals(WorstRowsSection.ROWS, WorstRowsSection.worst(100, row -> 1).size());
    assertEquals(0, WorstRowsSection.worst(100, row -> 1).getFirst());
  }

  /** By hand: in 5 bins 0.55 stands alone, 0.8 is in the fourth, 0.9 and 0.88 are in the last. */
  @Test
  void reliabilityCountsConfidenceAndWhatIsRight() {
    Reliability reliability = Reliability.of(ANSWERS, 5);
    assertArrayEquals(new int[] {0, 0, 1, 1, 2}, reliability.rows());
    assertEquals(0.55, reliability.confidence()[2]);
    assertEquals(0, reliability.right()[2]);
    assertEquals(0.89, reliability.confidence()[4], 1e-15);
    assertEquals(1, reliability.right()[4]);
    assertTrue(Double.isNaN(reliability.right()[0]));
    // (0.55 + 0.2 + 2 * 0.11) / 4
    assertEquals(0.2425, reliability.expectedError(), 1e-15);
    assertEquals(0, reliability.error(4));
  }

  @Test
  void pairsThatAreConfusedMostComeFirst() {
    int[] truths = {0, 1, 2, 2, 1, 0};
    int[] said = {1, 2, 1, 1, 1, 0};
    double[][] probabilities = new double[6][3];
    IntStream.range(0, 6).forEach(i -> probabilities[i][said[i]] = 1);
    ClassAnswers answers =
        new ClassAnswers(List.of("a", "b", "c"), List.of(0, 1, 2, 3, 4, 5), truths, probabilities);
    Markup html = new Markup();
    ConfusionTables.mostFrequent(html, "caption", answers, 2);
    String text = html.toString().replaceAll("<[^>]*>", " ").replaceAll("\\s+", " ").strip();
    assertEquals("caption true predicted rows c b 2 a b 1", text);
  }

  private static History history(int epochs, int stepsOfEpoch) {
    List<Step> steps = new ArrayList<>();
    for (int step = 0; step < epochs * stepsOfEpoch; step++) {
      steps.add(new Step(step, 1.0 / (step + 1), 0, 0.1));
    }
    List<Measurement> measured = new ArrayList<>();
    for (int epoch = 1; epoch <= epochs; epoch++) {
      long step = (long) epoch * stepsOfEpoch - 1;
      measured.add(new Measurement(step, "validation log-loss", 1 + Math.abs(epoch - 2)));
      measured.add(new Measurement(step, "validation accuracy", epoch == 3 ? Double.NaN : 0.5));
    }
    return new History(steps, measured, Optional.of("no better for 2 epochs"));
  }

  @Test
  void measurementsAreAnEpochApart() {
    assertEquals(7, TableCurvesSection.stepsOfEpoch(history(5, 7)));
    assertEquals(7, TableCurvesSection.stepsOfEpoch(history(1, 7)));
    assertEquals(
        1, TableCurvesSection.stepsOfEpoch(new History(List.of(), List.of(), Optional.empty())));
  }

  @Test
  void curvesStandOverEpochsAndTheKeptOneIsMarked() {
    Markup html = new Markup();
    TableCurvesSection.write(html, history(5, 10), OptionalInt.of(2));
    String page = html.toString();
    assertTrue(
        page.contains("The weights kept are those after epoch 2, where the dashed line is."));
    assertTrue(page.contains("Training stopped early: no better for 2 epochs."), page);
    // Five epochs, so that epoch 2 is at 400 of 1000; its loss 1 is the lowest of 1 to 4.
    assertTrue(page.contains("class=\"line c1 dashed\" points=\"400,1000 400,0\""), page);
    assertTrue(page.contains("class=\"dots c1 strong\" d=\"M400 1000h0\""), page);
    assertTrue(page.contains("points=\"200,666.7 400,1000 600,666.7 800,333.3 1000,0\""), page);
    assertTrue(
        page.contains(
            "Validation log loss over the epochs, from 2.000 to 4.000, 1.000 after the epoch kept."),
        page);
    assertTrue(page.contains("<figcaption>Validation accuracy</figcaption>"), page);
  }

  @Test
  void whatTheAverageOfTheWeightsGivesIsTheMatterOfAChart() {
    List<Step> steps = List.of(new Step(0, 1, 0, 0.1), new Step(1, 0.5, 0, 0.1));
    List<Measurement> measured =
        List.of(
            new Measurement(0, "validation rmse", 4),
            new Measurement(0, "EMA validation rmse", 3),
            new Measurement(1, "validation rmse", 2),
            new Measurement(1, "EMA validation rmse", 1));
    Markup html = new Markup();
    TableCurvesSection.write(
        html, new History(steps, measured, Optional.empty()), OptionalInt.of(2));
    String page = html.toString();
    assertEquals(2, page.split("<figure", -1).length - 1);
    assertTrue(page.contains("line c0 faint\" points=\"500,0 1000,666.7\""), page);
    assertTrue(page.contains("line c0\" points=\"500,333.3 1000,1000\""), page);
    assertTrue(page.contains("from 3.000 to 1.000, 1.000 after the epoch kept."), page);
    assertTrue(page.contains("the line: of their running average, which is kept."), page);
  }

  @Test
  void aTrainingOfNoStepsHasNoCurves() {
    Markup html = new Markup();
    TableCurvesSection.write(
        html, new History(List.of(), List.of(), Optional.empty()), OptionalInt.empty());
    assertFalse(html.toString().contains("<svg"));
  }

  @Test
  void residualsAreDotsAndBars() {
    int n = 3000;
    double[] truths = new double[n];
    double[] predicted = new double[n];
    for (int i = 0; i < n; i++) {
      predicted[i] = i % 100;
      truths[i] = predicted[i] + (i == 0 ? 1000 : (i % 21) - 10);
    }
    List<Integer> rows = IntStream.range(0, n).boxed().toList();
    Markup html = new Markup();
    ResidualsSection.write(
        html, new NumberAnswers("price", false, rows, truths, predicted), "3,000 test rows");
    String page = html.toString();
    assertTrue(page.contains("Of 3,000 test rows, of which 2,000 drawn at random are dots."), page);
    assertEquals(2 * ResidualsSection.MOST, page.split("h0", -1).length - 1);
    assertTrue(page.contains("Residuals; 1 beyond either end are in the bars there"), page);
    assertTrue(page.contains("half of them lie between −5.000 and 5.000."), page);
  }
}
