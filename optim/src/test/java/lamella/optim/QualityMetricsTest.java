package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.TargetKind;
import lamella.core.Tensor;
import lamella.layers.ReLU;
import lamella.losses.BinaryCrossEntropy;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.losses.SquaredError;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Metrics of probabilities and of numbers; known results are NumPy's: metrics.py. */
class QualityMetricsTest {
  private static final Map<String, double[]> GOLDEN = golden();

  private static Map<String, double[]> golden() {
    Map<String, double[]> golden = new HashMap<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                QualityMetricsTest.class.getResourceAsStream("metrics.txt"),
                StandardCharsets.US_ASCII))) {
      for (String line; (line = in.readLine()) != null; ) {
        int space = line.indexOf(' ');
        golden.put(
            line.substring(0, space),
            Arrays.stream(line.substring(space + 1).split(" ", -1))
                .mapToDouble(Double::parseDouble)
                .toArray());
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return golden;
  }

  private static double[] known(String name) {
    return GOLDEN.get(name);
  }

  private static Tensor rows(DType dtype, int columns, double... numbers) {
    return DoubleTensor.of(Shape.of(numbers.length / columns, columns), numbers).to(dtype);
  }

  private static int[] labels(String name) {
    return Arrays.stream(known(name)).mapToInt(x -> (int) x).toArray();
  }

  /** Of batches of 7. */
  private static <T> double of(
      Metrics<T> metrics, Outputs meaning, Tensor outputs, java.util.function.IntFunction<T> part) {
    metrics.begin(meaning, outputs.shape().example());
    int n = outputs.shape().dimension(0);
    for (int from = 0; from < n; from += 7) {
      metrics.add(outputs.rows(from, Math.min(n, from + 7)), part.apply(from));
    }
    assertEquals(1, metrics.names().size());
    return metrics.values()[0];
  }

  private static double of(Metrics<int[]> metrics, Outputs meaning, Tensor outputs, int... labels) {
    return of(
        metrics,
        meaning,
        outputs,
        from -> Arrays.copyOfRange(labels, from, Math.min(labels.length, from + 7)));
  }

  private static double of(
      Metrics<Tensor> metrics, Outputs meaning, Tensor outputs, Tensor targets) {
    int n = outputs.shape().dimension(0);
    return of(metrics, meaning, outputs, from -> targets.rows(from, Math.min(n, from + 7)));
  }

  @Test
  void probabilitiesAreJudgedAsNumPyDoes() {
    for (DType dtype : DType.values()) {
      for (String name : List.of("several", "binary")) {
        boolean binary = name.equals("binary");
        Tensor outputs = rows(dtype, binary ? 1 : 4, known(name + ".outputs"));
        int[] labels = labels(name + ".labels");
        Outputs meaning = binary ? Outputs.YES_NO : Outputs.CLASSES;
        for (Metrics<int[]> metrics :
            List.of(
                Metrics.logLoss(), Metrics.auc(), Metrics.brier(), Metrics.calibrationError(15))) {
          String what = metrics.names().getFirst();
          assertEquals(
              known(name + "." + what)[0], of(metrics, meaning, outputs, labels), 1e-14, what);
          // Begins anew.
          assertEquals(
              known(name + "." + what)[0], of(metrics, meaning, outputs, labels), 1e-14, what);
        }
        assertEquals(
            known(name + ".calibration-error")[1],
            of(Metrics.calibrationError(4), meaning, outputs, labels),
            1e-14);
      }
    }
  }

  /** Those that a softmax gave, to as many digits. */
  @Test
  void outputsMayBeProbabilitiesAlready() {
    Tensor outputs = rows(DType.FLOAT64, 4, known("several.outputs"));
    for (int row = 0; row < 60; row++) {
      double sum = 0;
      for (int k = 0; k < 4; k++) {
        outputs.set(row, k, Math.exp(outputs.get(row, k)));
        sum += outputs.get(row, k);
      }
      for (int k = 0; k < 4; k++) {
        outputs.set(row, k, outputs.get(row, k) / sum);
      }
    }
    for (Metrics<int[]> metrics :
        List.of(Metrics.logLoss(), Metrics.brier(), Metrics.calibrationError(15))) {
      assertEquals(
          known("several." + metrics.names().getFirst())[0],
          of(metrics, Outputs.PROBABILITIES, outputs, labels("several.labels")),
          1e-14,
          metrics.toString());
    }
    Tensor certain = rows(DType.FLOAT32, 3, 0, 1, 0, 0.5, 0.25, 0.25);
    assertEquals(
        Math.log(2) / 2, of(Metrics.logLoss(), Outputs.PROBABILITIES, certain, 1, 0), 1e-15);
    assertEquals(
        Double.POSITIVE_INFINITY, of(Metrics.logLoss(), Outputs.PROBABILITIES, certain, 0, 0));
    assertEquals(1, of(Metrics.auc(), Outputs.PROBABILITIES, certain, 1, 0));
  }

  @Test
  void numbersAreJudgedAsNumPyDoes() {
    for (DType dtype : DType.values()) {
      Tensor outputs = rows(dtype, 2, known("numbers.outputs"));
      Tensor targets = rows(DType.FLOAT64, 2, known("numbers.targets"));
      for (Metrics<Tensor> metrics : List.of(Metrics.rmse(), Metrics.mae(), Metrics.r2())) {
        String what = metrics.names().getFirst();
        double expected = known("numbers." + what)[0];
        assertEquals(
            expected, of(metrics, Outputs.NUMBERS, outputs, targets), 1e-13 * expected, what);
      }
      RegressionEvaluation evaluation =
          RegressionEvaluation.of(still(outputs), Dataset.of(outputs, targets));
      assertEquals(known("numbers.rmse")[0], evaluation.rmse(), 1e-10);
      assertEquals(known("numbers.mae")[0], evaluation.mae(), 1e-10);
      assertEquals(known("numbers.r2")[0], evaluation.r2(), 1e-13);
      for (int j = 0; j < 2; j++) {
        assertEquals(known("numbers.rmse")[1 + j], evaluation.rmse(j), 1e-10);
        assertEquals(known("numbers.mae")[1 + j], evaluation.mae(j), 1e-10);
        assertEquals(known("numbers.r2")[1 + j], evaluation.r2(j), 1e-13);
      }
    }
  }

  /** Five rows in batches of four and one: Σ loss n / Σ n, and not the mean of two means. */
  @Test
  void theLastBatchCountsByItsRows() {
    Tensor outputs = rows(DType.FLOAT64, 1, 1, 1, 1, 1, 6);
    Tensor targets = DoubleTensor.zeros(outputs.shape());
    for (Metrics<Tensor> metrics : List.of(Metrics.loss(new SquaredError()), Metrics.rmse())) {
      metrics.begin(Outputs.NUMBERS, Shape.of(1));
      metrics.add(outputs.rows(0, 4), targets.rows(0, 4));
      metrics.add(outputs.rows(4, 5), targets.rows(4, 5));
      double squares = metrics.names().getFirst().equals("rmse") ? Math.sqrt(8) : 8;
      assertEquals(squares, metrics.values()[0], 1e-15); // the mean of the means is 18.5
    }
  }

  /** A network that gives what it is given. */
  private static Network still(Tensor outputs) {
    return Network.of(outputs.shape().example(), new EvaluationTest.Identity());
  }

  @Test
  void classesAreTabulatedAsNumPyDoes() {
    Tensor outputs = rows(DType.FLOAT32, 4, known("several.outputs"));
    Evaluation evaluation =
        Evaluation.of(
            still(outputs),
            Metrics.logLoss().and(Metrics.calibrationError(15)),
            Dataset.of(outputs, labels("several.labels")));
    double macro = 0;
    for (int c = 0; c < 4; c++) {
      double[] expected = known("several.class" + c);
      assertEquals(expected[0], evaluation.precision(c), 1e-15);
      assertEquals(expected[1], evaluation.recall(c), 1e-15);
      assertEquals(expected[2], evaluation.f1(c), 1e-15);
      assertEquals(expected[3], evaluation.count(c));
      macro += expected[2] / 4;
    }
    assertEquals(macro, evaluation.macroF1(), 1e-15);
    assertEquals(
        List.of("log-loss", "calibration-error"), List.copyOf(evaluation.measured().keySet()));
    assertEquals(known("several.log-loss")[0], evaluation.measured().get("log-loss"), 1e-14);
    assertEquals(
        """
        class  precision  recall      F1  examples
        a         0.7333  0.5500  0.6286        20
        bird      0.6364  0.7778  0.7000         9
        c         0.6429  0.7500  0.6923        12
        d         0.5500  0.5789  0.5641        19
        """,
        evaluation.table("a", "bird", "c", "d"));
    assertEquals(
        "Evaluation(accuracy 0.6333 of 60, log-loss 0.8845, calibration-error 0.1117)",
        evaluation.toString());
    refuses("Evaluation: expects 4 names of classes, got 2", () -> evaluation.table("cat", "dog"));
  }

  @Test
  void aClassThatNeverCameHasNoNumbers() {
    Tensor outputs = rows(DType.FLOAT32, 3, 1, 0, 0, 0, 1, 0);
    Evaluation evaluation = Evaluation.of(still(outputs), Dataset.of(outputs, new int[] {0, 0}));
    assertEquals(
        """
        class  precision  recall      F1  examples
        0         1.0000  0.5000  0.6667         2
        1         0.0000       -  0.0000         0
        2              -       -       -         0
        """,
        evaluation.table());
    assertEquals(1 / 3.0, evaluation.macroF1(), 1e-15);
    assertEquals(Map.of(), evaluation.measured());
  }

  @Test
  void outputsAreTabulated() {
    Tensor outputs = rows(DType.FLOAT64, 2, 30000, 0, 10000, 0);
    Tensor targets = rows(DType.FLOAT64, 2, 32000, 0.0004, 12000, 0.0002);
    RegressionEvaluation evaluation =
        RegressionEvaluation.of(still(outputs), Dataset.of(outputs, targets));
    assertEquals(
        """
        output       RMSE        MAE       R²
        price     2000.00    2000.00   0.9600
        rate    0.0003162  0.0003000  -9.0000
        """,
        evaluation.table("price", "rate"));
    assertEquals(2, evaluation.total());
    assertEquals(2, evaluation.outputs());
    assertEquals(
        "RegressionEvaluation(RMSE 1000.00, MAE 1000.00, R² -4.0200 of 2)", evaluation.toString());
    refuses(
        "RegressionEvaluation: expects 2 names of outputs, got 1", () -> evaluation.table("price"));
    refuses("RegressionEvaluation: output must lie in [0, 2), got 2", () -> evaluation.rmse(2));
  }

  /** Against all pairs, one by one, with many equal. */
  @Property(tries = 60)
  void theAreaIsThePartOfPairsInOrder(
      @ForAll @IntRange(min = 1, max = 90) int n, @ForAll boolean oneOutput, @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor outputs = FloatTensor.zeros(Shape.of(n, oneOutput ? 1 : 2));
    for (int i = 0; i < outputs.size(); i++) {
      outputs.set(i, random.nextInt(-3, 4) * (random.nextBoolean() ? 1e-30 : 40));
    }
    int[] labels = random.ints(n, 0, 2).toArray();
    double right = 0;
    double pairs = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        if (labels[i] == 1 && labels[j] == 0) {
          int order = Double.compare(score(outputs, i), score(outputs, j));
          right += order > 0 ? 1 : order == 0 ? 0.5 : 0;
          pairs++;
        }
      }
    }
    double area = of(Metrics.auc(), oneOutput ? Outputs.YES_NO : Outputs.CLASSES, outputs, labels);
    assertEquals(right / pairs, area);
  }

  private static double score(Tensor outputs, int row) {
    return outputs.shape().last() == 1
        ? outputs.get(row) + 0.0
        : outputs.get(row, 1) - outputs.get(row, 0) + 0.0;
  }

  @Test
  void theAreaOfSeveralClassesIsTheMeanOfThoseThatCame() {
    // Class 2 has no examples; 0 and 1 are told apart without a mistake.
    Tensor outputs = rows(DType.FLOAT32, 3, 2, 1, 0, 1, 2, 0, 3, 0, 0);
    assertEquals(1, of(Metrics.auc(), Outputs.CLASSES, outputs, 0, 1, 0));
    assertTrue(Double.isNaN(of(Metrics.auc(), Outputs.CLASSES, outputs, 0, 0, 0)));
  }

  /** Probabilities of nearly 1 are told apart. */
  @Test
  void sureAnswersHaveAnOrder() {
    Tensor outputs = rows(DType.FLOAT32, 3, 100, 0, 0, 200, 0, 0, 150, 0, 0, 90, 0, 0);
    // Of class 0: 100 and 200 of it, 150 and 90 of others: 3 pairs of 4.
    int[] labels = {0, 0, 1, 2};
    double ofZero = 0.75;
    // Of 1 and 2 the first output says the least: at 150 one other is less probable, at 90 none.
    double ofOne = 1 / 3.0;
    double ofTwo = 1;
    assertEquals(
        (ofZero + ofOne + ofTwo) / 3, of(Metrics.auc(), Outputs.CLASSES, outputs, labels), 1e-15);
  }

  /** The same as the losses that training makes small. */
  @Property(tries = 30)
  void theLogLossIsTheCrossEntropy(
      @ForAll @IntRange(min = 1, max = 30) int n,
      @ForAll @IntRange(min = 2, max = 9) int classes,
      @ForAll @IntRange(min = 0, max = 300) int scale,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor outputs = DoubleTensor.zeros(Shape.of(n, classes));
    Tensor one = DoubleTensor.zeros(Shape.of(n, 1));
    for (int i = 0; i < outputs.size(); i++) {
      outputs.set(i, scale * random.nextGaussian());
    }
    for (int i = 0; i < n; i++) {
      one.set(i, scale * random.nextGaussian());
    }
    int[] labels = random.ints(n, 0, classes).toArray();
    double expected = new SoftmaxCrossEntropy().value(outputs, labels);
    assertEquals(
        expected, of(Metrics.logLoss(), Outputs.CLASSES, outputs, labels), 1e-13 * (1 + expected));
    int[] answers = random.ints(n, 0, 2).toArray();
    double binary = new BinaryCrossEntropy().value(one, answers);
    assertEquals(binary, of(Metrics.logLoss(), Outputs.YES_NO, one, answers), 1e-13 * (1 + binary));
  }

  /** Several that look at an example together have the bits of a plain computation of each. */
  @Property(tries = 40)
  void togetherTheyAreWhatEachIsAlone(
      @ForAll DType dtype,
      @ForAll @IntRange(min = 2, max = 30) int n,
      @ForAll @IntRange(min = 2, max = 9) int classes,
      @ForAll @IntRange(min = 0, max = 40) int scale,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor outputs = Tensor.zeros(dtype, Shape.of(n, classes));
    for (int i = 0; i < outputs.size(); i++) {
      outputs.set(i, Math.rint(scale * random.nextGaussian()) / 4); // some are equal
    }
    int[] labels = random.ints(n, 0, classes).toArray();
    double logLoss = 0;
    double brier = 0;
    int right = 0;
    for (int row = 0; row < n; row++) {
      double[] z = outputs.rows(row, row + 1).toDoubleArray();
      int largest = 0;
      for (int k = 1; k < classes; k++) {
        largest = z[k] > z[largest] ? k : largest;
      }
      double sum = 0;
      double others = 0;
      for (int k = 0; k < classes; k++) {
        double part = StrictMath.exp(z[k] - z[largest]);
        sum += part;
        others += k == largest ? 0 : part;
      }
      double squares = 0;
      for (int k = 0; k < classes; k++) {
        double p = StrictMath.exp(z[k] - z[largest]) / sum;
        squares += Math.pow(p - (k == labels[row] ? 1 : 0), 2);
      }
      brier += classes == 2 ? squares / 2 : squares;
      right += largest == labels[row] ? 1 : 0;
      logLoss +=
          largest == labels[row]
              ? StrictMath.log1p(others)
              : StrictMath.log(sum) - (z[labels[row]] - z[largest]);
    }
    Metrics<int[]> all =
        Metrics.loss(new SoftmaxCrossEntropy())
            .and(Metrics.logLoss())
            .and(Metrics.accuracy().and(Metrics.brier()))
            .and(Metrics.auc());
    assertEquals(List.of("loss", "log-loss", "accuracy", "brier", "auc"), all.names());
    assertEquals("loss by SoftmaxCrossEntropy, log-loss, accuracy, brier, auc", all.toString());
    all.begin(Outputs.CLASSES, Shape.of(classes));
    all.add(outputs.rows(0, n / 2), Arrays.copyOf(labels, n / 2));
    all.add(outputs.rows(n / 2, n), Arrays.copyOfRange(labels, n / 2, n));
    double[] values = all.values();
    assertArrayEquals(
        new double[] {logLoss / n, (double) right / n, brier / n},
        Arrays.copyOfRange(values, 1, 4),
        0);
    double auc = of(Metrics.auc(), Outputs.CLASSES, outputs, labels);
    assertEquals(auc, values[4]);
  }

  /** An example whose outputs are no numbers counts as wrong, whatever its label. */
  @Test
  void whatIsNoNumberIsNotRight() {
    for (DType dtype : DType.values()) {
      for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
        for (int column = 0; column < 3; column++) {
          Tensor outputs = rows(dtype, 3, 0, 0, 0, 2, 2, 0);
          outputs.set(0, column, bad);
          assertEquals(
              0.5, of(Metrics.accuracy(), Outputs.CLASSES, outputs, column, 0), "column " + column);
        }
        assertEquals(
            0.5, of(Metrics.accuracy(), Outputs.YES_NO, rows(dtype, 1, bad, -1), 1, 0), "" + bad);
      }
    }
    // Of probabilities 0 is a number, though its logarithm is none; the first of equals is said.
    Tensor probabilities = rows(DType.FLOAT64, 2, 0, 1, 0.5, 0.5);
    assertEquals(1, of(Metrics.accuracy(), Outputs.PROBABILITIES, probabilities, 1, 0));
  }

  @Test
  void aSmallLogLossKeepsItsDigits() {
    assertEquals(
        3.720075976020836e-44,
        of(Metrics.logLoss(), Outputs.YES_NO, rows(DType.FLOAT32, 1, 100), 1),
        1e-57);
    assertEquals(
        Double.POSITIVE_INFINITY,
        of(
            Metrics.logLoss(),
            Outputs.CLASSES,
            rows(DType.FLOAT32, 2, 0, Double.NEGATIVE_INFINITY),
            1));
  }

  @Test
  void whatIsNoNumberGivesNone() {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      for (int column = 0; column < 3; column++) {
        Tensor outputs = rows(DType.FLOAT32, 3, 0, 1, 2, 1, 2, 0);
        outputs.set(0, column, bad);
        for (Metrics<int[]> metrics :
            List.of(
                Metrics.logLoss(), Metrics.auc(), Metrics.brier(), Metrics.calibrationError(5))) {
          double value = of(metrics, Outputs.CLASSES, outputs, 0, 1);
          assertTrue(Double.isNaN(value), metrics + " " + value);
        }
      }
    }
    Tensor targets = rows(DType.FLOAT32, 1, 1, 2);
    for (Metrics<Tensor> metrics : List.of(Metrics.rmse(), Metrics.mae(), Metrics.r2())) {
      assertTrue(
          Double.isNaN(
              of(metrics, Outputs.NUMBERS, rows(DType.FLOAT32, 1, Double.NaN, 2), targets)));
    }
  }

  @Test
  void calibrationPutsABoundaryInTheBinBelow() {
    // Probabilities of ½ each: in two bins, the first, and the first of equals is said.
    Tensor outputs = rows(DType.FLOAT64, 2, 0, 0, 0, 0, 0, 0, 0, 0);
    assertEquals(
        0.25, of(Metrics.calibrationError(2), Outputs.CLASSES, outputs, 0, 0, 0, 1), 1e-15);
    refuses(
        "Metrics: a calibration error needs at least 1 bin, got 0",
        () -> Metrics.calibrationError(0));
    assertEquals("calibration-error(15 bins)", Metrics.calibrationError(15).toString());
  }

  @Test
  void targetsThatAreAllEqualHaveNoVarianceToExplain() {
    Tensor targets = rows(DType.FLOAT32, 1, 3, 3, 3);
    assertEquals(1, of(Metrics.r2(), Outputs.NUMBERS, targets, targets));
    assertEquals(0, of(Metrics.r2(), Outputs.NUMBERS, rows(DType.FLOAT32, 1, 3, 3, 4), targets));
  }

  @Test
  void answersOfYesOrNoAreCounted() {
    Tensor outputs = rows(DType.FLOAT32, 3, 2, -1, 0.5, 0, 3, Double.NaN);
    Tensor targets = rows(DType.FLOAT32, 3, 1, 0, 0, 0, 0.75, 1);
    assertEquals(4 / 6.0, of(Metrics.answers(), Outputs.YES_NO, outputs, targets), 1e-15);
    assertEquals(List.of("accuracy"), Metrics.answers().names());
    assertEquals(
        "Metrics: the accuracy of answers is for outputs that are yes-no, the network's are"
            + " numbers; say Network.withOutputs(Outputs.YES_NO) if they are",
        assertThrows(
                IllegalStateException.class,
                () -> Metrics.answers().begin(Outputs.NUMBERS, Shape.of(3)))
            .getMessage());
  }

  @Test
  void metricsOfLabelsAreForAnyTargetsThatHaveThem() {
    Metrics<int[]> metrics = Metrics.byLabels(TargetKind.LABELS, Metrics.auc());
    Tensor outputs = rows(DType.FLOAT32, 2, 0, 1, 0, 2, 0, 3);
    assertEquals(0.5, of(metrics, Outputs.CLASSES, outputs, 1, 0, 1));
    assertEquals("auc", metrics.toString());
    refuses(
        "Metrics: log-loss needs labels, and the targets are numbers; use another metric",
        () -> Metrics.byLabels(TargetKind.NUMBERS, Metrics.logLoss()));
  }

  // Errors.

  private static void refuses(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void whatCannotBeMeasuredIsRefused() {
    refuses(
        "Metrics: label 4 of example 8 is outside [0, 4)",
        () ->
            of(
                Metrics.logLoss(),
                Outputs.CLASSES,
                rows(DType.FLOAT32, 4, new double[40]),
                0,
                1,
                2,
                3,
                0,
                1,
                2,
                3,
                4,
                0));
    assertEquals(
        "Metrics: rmse is for outputs that are numbers, the network's are classes; say"
            + " Network.withOutputs(Outputs.NUMBERS) if they are",
        assertThrows(
                IllegalStateException.class,
                () -> Metrics.rmse().begin(Outputs.CLASSES, Shape.of(3)))
            .getMessage());
    assertTrue(
        assertThrows(
                IllegalStateException.class,
                () -> Metrics.auc().begin(Outputs.NUMBERS, Shape.of(3)))
            .getMessage()
            .startsWith("Metrics: the network's outputs are numbers, which have no classes"));
    Tensor outputs = rows(DType.FLOAT32, 2, 1, 2);
    assertEquals(
        "Metrics targets: expects [1, 2], got [1, 1]",
        assertThrows(
                ShapeException.class,
                () -> of(Metrics.mae(), Outputs.NUMBERS, outputs, rows(DType.FLOAT32, 1, 1)))
            .getMessage());
    Network classes = Network.of(Shape.of(2), new ReLU()).withOutputs(Outputs.CLASSES);
    assertEquals(
        "RegressionEvaluation: an error is for outputs that are numbers, the network's are classes;"
            + " say Network.withOutputs(Outputs.NUMBERS) if they are",
        assertThrows(
                IllegalStateException.class,
                () -> RegressionEvaluation.of(classes, Dataset.of(outputs, outputs)))
            .getMessage());
  }

  @Test
  void numbersOfAnySizeAreReadable() {
    assertArrayEquals(
        new String[] {
          "0.0000",
          "31117.25",
          "1000.00",
          "999.9000",
          "-0.8500",
          "0.0100",
          "0.009900",
          "0.0003000",
          "0.00001234",
          "1.234e-07",
          "1.234e+15",
          "NaN",
          "Infinity",
          "123456789.12"
        },
        java.util.stream.DoubleStream.of(
                0,
                31117.25,
                1000,
                999.9,
                -0.85,
                0.01,
                0.0099,
                0.0003,
                1.234e-5,
                1.2341e-7,
                1.234e15,
                Double.NaN,
                Double.POSITIVE_INFINITY,
                123456789.123)
            .mapToObj(Numbers::text)
            .toArray(String[]::new));
    assertEquals("0.431200", Numbers.text(0.4312, 6));
    assertEquals("1234567.89", Numbers.text(1234567.891, 6));
  }
}
