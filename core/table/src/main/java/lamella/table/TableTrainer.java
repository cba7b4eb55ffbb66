package lamella.table;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.optim.Checkpoints;
import lamella.optim.Optimizer;
import lamella.optim.TrainingListener;

/**
 * Trains models of a table's rows. It does not change; each {@code with} gives another one. What is
 * not said is as the recipe has it that suits most tables.
 *
 * {@snippet file="SnippetsTest.java" region="table-trainer"}
 */
public final class TableTrainer {
  private final TableSettings settings;

  TableTrainer(TableSettings settings) {
    this.settings = settings;
  }

  /**
   * Makes the layers between the encoded row and the outputs.
   *
   * {@snippet file="SnippetsTest.java" region="table-body"}
   */
  @FunctionalInterface
  public interface Body {
    /**
     * {@return the layers}
     *
     * @param input the shape of what the head layers give, {@code [features]}
     * @param outputs how many numbers the last layer gives
     * @param random draws the weights
     */
    List<Layer> layers(Shape input, int outputs, RandomGenerator random);
  }

  /** Makes what changes the parameters. */
  @FunctionalInterface
  public interface Rule {
    /**
     * {@return a new optimiser}
     *
     * @param network what is trained
     * @param steps how many there are to be, for schedules
     */
    Optimizer optimizer(Network network, long steps);
  }

  /** {@return a trainer like this one that leaves columns out} */
  public TableTrainer ignoring(String... columns) {
    TableSettings copy = settings.copy();
    copy.ignored.addAll(List.of(columns));
    return new TableTrainer(copy);
  }

  /** {@return a trainer like this one for the logarithm of a positive target} */
  public TableTrainer withLogarithm() {
    require(Task.REGRESSION, "a logarithm");
    TableSettings copy = settings.copy();
    copy.logarithm = true;
    return new TableTrainer(copy);
  }

  /** {@return a trainer like this one with other random numbers; 0 is the default} */
  public TableTrainer withSeed(long seed) {
    TableSettings copy = settings.copy();
    copy.seed = seed;
    return new TableTrainer(copy);
  }

  /** {@return a trainer like this one for so many epochs} */
  public TableTrainer withEpochs(int epochs) {
    requirePositive("number of epochs", epochs);
    TableSettings copy = settings.copy();
    copy.epochs = epochs;
    return new TableTrainer(copy);
  }

  /** {@return a trainer like this one with so many rows a step} */
  public TableTrainer withBatchSize(int rows) {
    requirePositive("batch size", rows);
    TableSettings copy = settings.copy();
    copy.batchSize = rows;
    return new TableTrainer(copy);
  }

  /** {@return a trainer like this one that stops when so many epochs were no better} */
  public TableTrainer withPatience(int epochs) {
    requirePositive("patience", epochs);
    TableSettings copy = settings.copy();
    copy.patience = epochs;
    return new TableTrainer(copy);
  }

  /** {@return a trainer like this one of networks of one's own} */
  public TableTrainer withBody(Body body) {
    TableSettings copy = settings.copy();
    copy.body = body;
    return new TableTrainer(copy);
  }

  /** {@return a trainer like this one with an ensemble of so many members in one network} */
  public TableTrainer withMembers(int members) {
    requirePositive("number of members", members);
    TableSettings copy = settings.copy();
    copy.members = members;
    return new TableTrainer(copy);
  }

  /** {@return a trainer like this one whose numbers are first made periodic features of} */
  public TableTrainer withPeriodicEmbeddings() {
    TableSettings copy = settings.copy();
    copy.periodic = true;
    return new TableTrainer(copy);
  }

  /** {@return a trainer like this one with a loss of one's own for classes} */
  public TableTrainer withClassLoss(Loss<int[]> loss) {
    require(Task.CLASSIFICATION, "a loss of labels");
    TableSettings copy = settings.copy();
    copy.classLoss = loss;
    return new TableTrainer(copy);
  }

  /** {@return a trainer like this one with a loss of one's own for numbers} */
  public TableTrainer withNumberLoss(Loss<Tensor> loss) {
    require(Task.REGRESSION, "a loss of numbers");
    TableSettings copy = settings.copy();
    copy.numberLoss = loss;
    return new TableTrainer(copy);
  }

  /** {@return a trainer like this one with an optimiser of one's own} */
  public TableTrainer withOptimizer(Rule rule) {
    TableSettings copy = settings.copy();
    copy.rule = rule;
    return new TableTrainer(copy);
  }

  /** {@return a trainer like this one in which every class counts the same} */
  public TableTrainer withBalancedClasses() {
    require(Task.CLASSIFICATION, "balance");
    TableSettings copy = settings.copy();
    copy.balanced = true;
    return new TableTrainer(copy);
  }

  /** {@return a trainer like this one in which a row counts as much as a column says} */
  public TableTrainer withWeights(String column) {
    TableSettings copy = settings.copy();
    copy.weights = column;
    return new TableTrainer(copy);
  }

  /** {@return a trainer like this one with listeners, for one training} */
  public TableTrainer withListeners(TrainingListener... listeners) {
    TableSettings copy = settings.copy();
    List<TrainingListener> all = new ArrayList<>(settings.listeners);
    all.addAll(List.of(listeners));
    copy.listeners = all;
    return new TableTrainer(copy);
  }

  /** {@return a trainer like this one that writes checkpoints, or resumes from them} */
  public TableTrainer withCheckpoints(Checkpoints checkpoints) {
    TableSettings copy = settings.copy();
    copy.checkpoints = checkpoints;
    return new TableTrainer(copy);
  }

  /**
   * {@return a trainer like this one that tells, before a training begins, what is to be known of
   * its data, in whole sentences: see {@link TableModel#notes}}
   *
   * @param messages told one sentence after the other
   */
  public TableTrainer withLog(Consumer<String> messages) {
    TableSettings copy = settings.copy();
    copy.log = messages;
    return new TableTrainer(copy);
  }

  private void require(Task task, String what) {
    if (settings.task != task) {
      throw new IllegalStateException(
          "TableTrainer: "
              + what
              + (task == Task.REGRESSION
                  ? " is for numbers, and this predicts classes"
                  : " is for classes, and this predicts numbers"));
    }
  }

  private static void requirePositive(String what, int number) {
    if (number < 1) {
      throw new IllegalArgumentException(
          "TableTrainer: " + what + " must be at least 1, got " + number);
    }
  }

  /**
   * {@return what a model of these rows would take and give, without a training}
   *
   * @param train training rows
   * @throws IllegalArgumentException as {@link #fit(Table, Table)}
   */
  public TableSchema schema(Table train) {
    return TableTraining.schema(settings, train);
  }

  /** {@return a model trained on some rows, its best epoch chosen by a fifth of them} */
  public TableModel fit(Table table) {
    List<Table> parts = TableTraining.split(settings, table);
    return fit(parts.get(0), parts.get(1));
  }

  /** {@return a model trained on some rows, its best epoch chosen by others} */
  public TableModel fit(Table train, Table validation) {
    return new TableTraining(settings).fit(train, validation);
  }

  /**
   * {@return the folds of {@link #crossValidate}, to train and test with one after the other} The
   * seed draws them; of classes each has the same share.
   *
   * @param table all rows
   * @param k how many, at least 2
   */
  public List<Fold> folds(Table table, int k) {
    return TableTraining.folds(settings, table, k);
  }

  /** {@return how good models of k folds are, each on the rows that it has not seen} */
  public List<TableEvaluation> crossValidate(Table table, int k) {
    if (!settings.listeners.isEmpty() || settings.checkpoints != null) {
      throw new IllegalStateException(
          "TableTrainer: listeners and checkpoints serve one training, and "
              + k
              + " folds are as many");
    }
    List<TableEvaluation> evaluations = new ArrayList<>();
    for (Fold fold : folds(table, k)) {
      evaluations.add(fit(fold.train()).evaluate(fold.test()));
    }
    return evaluations;
  }
}
