package lamella.contract.mutants;

import static lamella.contract.mutants.Dense.rows;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.random.RandomGenerator;
import lamella.contract.LayerChecks;
import lamella.contract.mutants.CorrectLayersTest.Correct;
import lamella.contract.mutants.MutantLayersTest.Mutant;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Layers of which the contract must be told something: that they compute otherwise in inference,
 * that they mix rows, that they take whole numbers; and layers that keep a number for each row.
 */
final class UnusualMutants {
  private UnusualMutants() {}

  /** y = x - the mean of its column in training, y = x - 0.25 in inference. */
  private static class Centred implements Layer {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      return pass.isTraining() ? minusMean(x, y) : predicted(x, y);
    }

    Tensor predicted(Tensor x, Tensor y) {
      for (int i = 0; i < x.size(); i++) {
        y.set(i, x.get(i) - 0.25);
      }
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      pass.recall(this, dy);
      return pass.needsInputGradient() ? minusMean(dy, pass.inputGradient(this)) : null;
    }

    /** b = a - the mean of a's column; linear and symmetric, and so its own gradient. */
    static Tensor minusMean(Tensor a, Tensor b) {
      int rows = rows(a);
      int width = a.size() / rows;
      for (int j = 0; j < width; j++) {
        double sum = 0;
        for (int row = 0; row < rows; row++) {
          sum += a.get(row * width + j);
        }
        for (int row = 0; row < rows; row++) {
          b.set(row * width + j, a.get(row * width + j) - sum / rows);
        }
      }
      return b;
    }

    @Override
    public String toString() {
      return "Centred";
    }
  }

  private static LayerChecks centred(LayerChecks checks) {
    return checks.mixingRows().differingInInference();
  }

  /** y = x, or a number where x is NaN. */
  private static class Filled implements Layer {
    double filled(double value) {
      return Double.isNaN(value) ? 0.5 : value;
    }

    double slope(double value) {
      return Double.isNaN(value) ? 0 : 1;
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      for (int i = 0; i < x.size(); i++) {
        y.set(i, filled(x.get(i)));
      }
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      Tensor x = pass.recall(this, dy);
      if (!pass.needsInputGradient()) {
        return null;
      }
      Tensor dx = pass.inputGradient(this);
      for (int i = 0; i < x.size(); i++) {
        dx.set(i, slope(x.get(i)) * dy.get(i));
      }
      return dx;
    }

    @Override
    public String toString() {
      return "Filled";
    }
  }

  /** y = x s, s the sum of the row: a number for each row, kept from forward to backward. */
  private static class RowSum implements Layer {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    Tensor sums(Pass pass) {
      return pass.rowBuffer(this, 0, 1);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      Tensor sums = sums(pass);
      int width = x.size() / rows(x);
      for (int row = 0; row < rows(x); row++) {
        double sum = 0;
        for (int i = 0; i < width; i++) {
          sum += x.get(row * width + i);
        }
        sums.set(row, sum);
        for (int i = 0; i < width; i++) {
          y.set(row * width + i, x.get(row * width + i) * sum);
        }
      }
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      Tensor x = pass.recall(this, dy);
      if (!pass.needsInputGradient()) {
        return null;
      }
      Tensor sums = sums(pass);
      Tensor dx = pass.inputGradient(this);
      int width = x.size() / rows(x);
      for (int row = 0; row < rows(x); row++) {
        double product = 0;
        for (int i = 0; i < width; i++) {
          product += dy.get(row * width + i) * x.get(row * width + i);
        }
        for (int i = 0; i < width; i++) {
          dx.set(row * width + i, dy.get(row * width + i) * sums.get(row) + product);
        }
      }
      return dx;
    }

    @Override
    public String toString() {
      return "RowSum";
    }
  }

  /** Looks each whole number of its input up in a table, and gives the rows side by side. */
  private static class Table implements Layer {
    private static final int ENTRIES = 5;
    private static final int WIDTH = 2;
    private static final int COLUMNS = 3;

    final Parameter table;

    Table(RandomGenerator random) {
      FloatTensor values = FloatTensor.zeros(Shape.of(ENTRIES, WIDTH));
      for (int i = 0; i < values.size(); i++) {
        values.set(i, random.nextGaussian());
      }
      table = new Parameter("table", Role.TABLE, values);
    }

    /** A whole number that has an entry, made of any number. */
    static double entry(double value) {
      return Math.floorMod((long) value, (long) ENTRIES);
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(table);
    }

    @Override
    public Shape outputShape(Shape input) {
      if (!Shape.batchOf(COLUMNS).accepts(input)) {
        throw new ShapeException(this, Shape.batchOf(COLUMNS), input);
      }
      return input.withLast(COLUMNS * WIDTH);
    }

    int entry(Tensor x, int index) {
      double value = x.get(index);
      if (!(value >= 0 && value < ENTRIES && value == Math.rint(value))) {
        throw new IllegalArgumentException(
            this
                + ": expects whole numbers from 0 to "
                + (ENTRIES - 1)
                + ", got "
                + value
                + " in row "
                + index / COLUMNS
                + ", column "
                + index % COLUMNS);
      }
      return (int) value;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      for (int i = 0; i < x.size(); i++) {
        int entry = entry(x, i);
        for (int k = 0; k < WIDTH; k++) {
          y.set(i * WIDTH + k, table.value().get(entry * WIDTH + k));
        }
      }
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      Tensor x = pass.recall(this, dy);
      Tensor dtable = pass.gradient(table);
      for (int i = 0; i < x.size(); i++) {
        int entry = entry(x, i);
        for (int k = 0; k < WIDTH; k++) {
          add(dtable, entry * WIDTH + k, dy.get(i * WIDTH + k));
        }
      }
      return pass.needsInputGradient() ? inputGradient(pass.inputGradient(this)) : null;
    }

    void add(Tensor sums, int index, double value) {
      sums.set(index, sums.get(index) + value);
    }

    Tensor inputGradient(Tensor dx) {
      dx.fill(0);
      return dx;
    }

    @Override
    public String toString() {
      return "Table(" + ENTRIES + " -> " + WIDTH + ")";
    }
  }

  private static LayerChecks table(LayerChecks checks) {
    return checks.withDomain(Table::entry).notDifferentiableByInput();
  }

  /** Correct ones. */
  static List<Correct> correct() {
    return List.of(
        new Correct("Centred", centred(LayerChecks.of(random -> new Centred()))),
        new Correct(
            "half of it in inference",
            LayerChecks.of(random ->
                    new UseMutants.Square() {
                      @Override
                      public Tensor forward(Tensor x, Pass pass) {
                        Tensor y = super.forward(x, pass);
                        for (int i = 0; i < y.size() && !pass.isTraining(); i++) {
                          y.set(i, 0.5 * y.get(i));
                        }
                        return y;
                      }
                    })
                .differingInInference()),
        new Correct("RowSum", LayerChecks.of(random -> new RowSum())),
        new Correct("Filled", LayerChecks.of(random -> new Filled()).takingMissingValues()),
        new Correct("Table", table(LayerChecks.of(Table::new))));
  }

  /** Wrong ones. */
  static List<Mutant> layers() {
    return List.of(
        new Mutant(
            "predicts with the mean of the batch",
            "the prediction for row \\d in a batch of \\d differs from that for the row alone",
            UnusualMutants::centred,
            random ->
                new Centred() {
                  @Override
                  Tensor predicted(Tensor x, Tensor y) {
                    return minusMean(x, y);
                  }
                }),
        new Mutant(
            "does not say that it differs in inference",
            "another output for inference \\(a layer that does so on purpose says so",
            LayerChecks::mixingRows,
            random -> new Centred()),
        new Mutant(
            "predicts with what the last step of a training has left in a field",
            "predicts otherwise after a forward in training",
            UnusualMutants::centred,
            random ->
                new Centred() {
                  private double mean;

                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    if (pass.isTraining()) {
                      mean = 0.9 * mean + 0.1 * x.get(0);
                    }
                    return super.forward(x, pass);
                  }

                  @Override
                  Tensor predicted(Tensor x, Tensor y) {
                    for (int i = 0; i < x.size(); i++) {
                      y.set(i, x.get(i) - mean);
                    }
                    return y;
                  }
                }),
        new Mutant(
            "predicts with what it has predicted before",
            "predicts otherwise on a pass that has predicted something else",
            LayerChecks::differingInInference,
            random ->
                new Layer() {
                  private final Map<Pass, Double> sums =
                      Collections.synchronizedMap(new WeakHashMap<>());

                  @Override
                  public Shape outputShape(Shape input) {
                    return input;
                  }

                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    Tensor y = pass.output(this, x);
                    y.copyFrom(x);
                    if (!pass.isTraining()) {
                      y.set(0, sums.merge(pass, x.get(0), Double::sum));
                    }
                    return y;
                  }

                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    pass.recall(this, dy);
                    if (!pass.needsInputGradient()) {
                      return null;
                    }
                    Tensor dx = pass.inputGradient(this);
                    dx.copyFrom(dy);
                    return dx;
                  }
                }),
        new Mutant(
            "makes the numbers of its rows anew for another batch size",
            "allocates \\d+ bytes when batches of two sizes take turns",
            random ->
                new RowSum() {
                  private final Map<Pass, Tensor> kept =
                      Collections.synchronizedMap(new WeakHashMap<>());

                  @Override
                  Tensor sums(Pass pass) {
                    Tensor right = super.sums(pass);
                    Tensor sums = kept.get(pass);
                    if (sums == null
                        || !sums.shape().equals(right.shape())
                        || sums.dtype() != right.dtype()) {
                      sums = right.copy();
                      kept.put(pass, sums);
                    }
                    return sums;
                  }
                }),
        new Mutant(
            "gives the whole numbers that it looks up a gradient",
            "gradient of the input is \\S+, but the layer is not differentiable by its input",
            UnusualMutants::table,
            random ->
                new Table(random) {
                  @Override
                  Tensor inputGradient(Tensor dx) {
                    dx.fill(1);
                    return dx;
                  }
                }),
        new Mutant(
            "takes NaN for the first entry of its table",
            "is NaN, but no output is",
            UnusualMutants::table,
            random ->
                new Table(random) {
                  @Override
                  int entry(Tensor x, int index) {
                    return Double.isNaN(x.get(index)) ? 0 : super.entry(x, index);
                  }
                }),
        new Mutant(
            "says that it takes missing values, and gives NaN for them",
            "is missing .*, and an output is NaN, which must be a number",
            LayerChecks::takingMissingValues,
            random ->
                new Filled() {
                  @Override
                  double filled(double value) {
                    return value;
                  }
                }),
        new Mutant(
            "passes a gradient on to what was missing",
            "is missing .*, and its gradient is \\S+; must be 0",
            LayerChecks::takingMissingValues,
            random ->
                new Filled() {
                  @Override
                  double slope(double value) {
                    return 1;
                  }
                }),
        new Mutant(
            "multiplies the gradient of what was missing by it",
            "is missing .*, and the gradient of the input is NaN",
            LayerChecks::takingMissingValues,
            random ->
                new Filled() {
                  @Override
                  double slope(double value) {
                    return Double.isNaN(value) ? value : 1;
                  }
                }),
        new Mutant(
            "fills missing values without a word",
            "is NaN, but no output is",
            random -> new Filled()),
        new Mutant(
            "keeps only the last gradient of an entry that is looked up twice",
            "gradient of table|table +\\[5, 2\\]",
            UnusualMutants::table,
            random ->
                new Table(random) {
                  @Override
                  void add(Tensor sums, int index, double value) {
                    sums.set(index, value);
                  }
                }));
  }
}
