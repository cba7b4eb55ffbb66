package lamella.benchmarks;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lamella.benchmarks.Contest.Pair;
import org.junit.jupiter.api.Test;

class ResultsPageTest {
  private final Contest contest = new Contest();
  private final List<Double> firstSteps = new ArrayList<>();

  @Test
  void aGoalIsReachedOnlyByTheMedian() {
    contest.add("pytorch", Compare.REPORT_STEP, new Pair(1000, 3100));
    contest.add("pytorch", Compare.REPORT_STEP, new Pair(1000, 2000));
    contest.add("pytorch", Compare.REPORT_STEP, new Pair(1000, 3200));
    contest.add("pytorch", Compare.WIDE_STEP, new Pair(1000, 1100));
    contest.add("pytorch", Compare.WIDE_STEP, new Pair(900, 1100));
    contest.add("pytorch", Compare.MODERN_STEP, new Pair(1250, 1875));
    contest.add("pytorch", Compare.MODERN_STEP, new Pair(1000, 1600));
    contest.add("dl4j", Compare.REPORT_STEP, new Pair(1000, 19_000));
    contest.add("scalar", Compare.REPORT_STEP, new Pair(1000, 8_100));

    String text = page(List.of()).text();

    assertContains(text, "PyTorch / ours | 3.10 | 2.00 to 3.20 | 1.60 | yes |");
    assertContains(text, "AdamW: PyTorch / ours | 1.55 | 1.50 to 1.60 | 1.30 | yes |");
    assertContains(text, "GELU and AdamW | 0.850 | 0.800 to 0.900 | 0.833 | yes |");
    assertContains(text, "Deeplearning4j / ours | 19.0 | 19.0 to 19.0 | 20.0 | **no** |");
    assertContains(text, "scalar kernels' | 0.123 | 0.123 to 0.123 | 0.125 | **no** |");
  }

  @Test
  void aPredictionIsHeldAgainstEachPeerWithItsThreads() {
    contest.add("onnxruntime/1", "predict:1x64-64-8", new Pair(0.5, 1.4));
    contest.add("onnxruntime/2", "predict:1x64-64-8", new Pair(0.5, 1.75));
    contest.add("pytorch/2", "predict:256x784-256-128-10", new Pair(400, 400));
    contest.add("pytorch/2", "predict:16x784-256-128-10", new Pair(100, 119));

    String text = page(List.of()).text();

    assertContains(
        text,
        "| 64-64-8 | 1 | ONNX Runtime, 1 thread | 0.50 µs | 1.40 µs | 2.80 | 2.80 to 2.80 | 3.00 | **no** |");
    assertContains(
        text,
        "| 64-64-8 | 1 | ONNX Runtime, 2 threads | 0.50 µs | 1.75 µs | 3.50 | 3.50 to 3.50 | 3.00 | yes |");
    assertContains(text, "PyTorch, 2 threads | 100.0 µs | 119.0 µs | 1.19 | 1.19 to 1.19 | 1.20 |");
    assertContains(text, "| 400.0 µs | 400.0 µs | 1.00 | 1.00 to 1.00 | 1.00 | yes |");
  }

  @Test
  void productsAreHeldAgainstTheFasterLibrary() {
    for (String product : Compare.PRODUCTS) {
      contest.add("openblas", product, new Pair(100, 150));
      contest.add("mkl", product, new Pair(100, 120));
    }

    String text = page(List.of()).text();

    assertContains(
        text, "product [3072x200][200x64]: the faster of OpenBLAS and MKL / ours | 1.20 |");
    assertContains(text, "geometric mean of these medians | 1.20 |");
  }

  /** Three pairs, of which the middle one is ours at its slowest. */
  @Test
  void ourOwnProcessesAreHeldAgainstEachOther() {
    for (double ours : List.of(100.0, 107.0, 103.0)) {
      for (String product : Compare.PRODUCTS) {
        contest.add("openblas", product, new Pair(ours, 150));
        contest.add("mkl", product, new Pair(ours, 150));
      }
    }

    assertContains(
        page(List.of()).text(),
        "our slowest process / our fastest - 1 | 7 % | 7 % to 7 % | 8 % | yes |");
    contest.add("mkl", Compare.LARGE_PRODUCT, new Pair(109, 150));
    assertContains(page(List.of()).text(), "- 1 | 7 % | 7 % to 9 % | 8 % | **no** |");
  }

  @Test
  void withAvx2ProductsHaveRowsOfTheirOwn() {
    for (String product : Compare.PRODUCTS) {
      contest.add("openblas" + Compare.AVX2_SUFFIX, product, new Pair(100, 91));
      contest.add("mkl" + Compare.AVX2_SUFFIX, product, new Pair(100, 130));
    }

    String text = page(List.of()).text();

    assertContains(
        text,
        "product 512³: the faster of OpenBLAS and MKL / ours, all with AVX2 | 0.910 | 0.910 to 0.910 | 0.920 | **no** |");
    assertContains(text, "products with AVX2: geometric mean of these medians | 0.910 |");
    assertContains(text, "## MKL and ours, both with AVX2\n");
    assertFalse(text.contains("| products: geometric mean"), text);
  }

  @Test
  void pyTorchIsTheFasterOfItsTwo() {
    contest.add("pytorch", Compare.WIDE_FORWARD, new Pair(1000, 2000));
    contest.add("torch", Compare.WIDE_FORWARD, new Pair(1000, 1040));
    contest.add("pytorch", Compare.SINGLE_STEP, new Pair(61, 100));

    String text = page(List.of()).text();

    assertContains(
        text, "batch 256: the faster PyTorch / ours | 1.04 | 1.04 to 1.04 | 1.05 | **no** |");
    assertContains(text, "batch 1: ours | 61.0 µs | 61.0 µs to 61.0 µs | 60.0 µs | **no** |");
  }

  @Test
  void firstStepsAndStepsWithoutC2HaveGoals() {
    firstSteps.addAll(List.of(0.2, 0.31, 0.29));
    contest.add("noc2", Compare.REPORT_STEP, new Pair(1000, 900));

    String text = page(List.of()).text();

    assertContains(
        text, "batch 200: ours | 290.00 ms | 200.00 ms to 310.00 ms | 300.00 ms | yes |");
    assertContains(text, "scalar kernels / ours | 0.900 | 0.900 to 0.900 | 0.909 | **no** |");
  }

  @Test
  void aPeersSettingsAreNamed() {
    contest.add("openblas", Compare.LARGE_PRODUCT, new Pair(1000, 900));
    contest.setting("openblas", Compare.LARGE_PRODUCT, "OPENBLAS_CORETYPE=SkylakeX");

    assertContains(
        page(List.of()).text(),
        "In the last pair that was `OPENBLAS_CORETYPE=SkylakeX` for xw:1024x1024x1024.");
  }

  @Test
  void sharesAreOfThePeakOfTheSameProcess() {
    double peak = Workload.parse("peak:2").flops();
    Map<String, Double> run =
        Map.of(
            "peak:1",
            peak / 2 * 1e-5,
            "peak:2",
            peak * 1e-5,
            Compare.LARGE_PRODUCT,
            Workload.parse(Compare.LARGE_PRODUCT).flops() * 1e-5 / 0.75,
            Compare.REPORT_STEP,
            2 * 2.0 * 200 * 3072 * 64 * 1e-5 / 0.6);

    String text = page(List.of(run)).text();

    assertContains(
        text, "1024³: share of the FMA peak of all cores | 75 % | 75 % to 75 % | 80 % | **no** |");
    assertContains(
        text, "large products only: share of that peak | 60 % | 60 % to 60 % | 55 % | yes |");
  }

  @Test
  void whatWasNotMeasuredIsNotClaimed() {
    String text = page(List.of()).text();

    assertFalse(text.replaceAll(".*first prediction.*", "").contains("yes |"), text);
    assertContains(text, "first prediction: A runtime / ours | 1.50 | 1.40 to 1.60 | 1.50 | yes |");
    assertFalse(text.contains("NaN"), text);
    assertContains(text, "Left out: mkl: not built.");
  }

  private ResultsPage page(List<Map<String, Double>> peakRuns) {
    return new ResultsPage(
        "benchmarks/compare",
        new Machine("a processor", 2, 24, "Linux", 0.1, LocalDate.of(2026, 1, 2)),
        new ResultsPage.Settings(2, 3, 1, 1, 4),
        Map.of(),
        List.of("mkl: not built"),
        new ResultsPage.Measured(contest, peakRuns, List.of(), List.of(), firstSteps),
        List.of(new StartUps.GoalRow("A runtime", Contest.Ratio.of(List.of(1.4, 1.6)), 1.5)),
        "## Start-up\n\n");
  }

  private static void assertContains(String text, String part) {
    assertTrue(text.contains(part), () -> part + "\nis not in\n" + text);
  }
}
