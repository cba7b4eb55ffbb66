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

  /**
   * {@return a trainer like this one that leaves columns out}
   *
   * @param columns their names, besides those there are; they must be in the training table
   */
  public TableTrainer ignoring(String... columns) {
    TableSettings copy = settings.copy();
    copy.ignored.addAll(List.of(columns));
    return new TableTrainer(copy);
  }

  /**
   * {@return a trainer like this one for the natural logarithm of the target: for prices, for
   * example, whose errors matter by their share} Predictions are in the target's own units.
   *
   * @throws IllegalStateException if classes are predicted
   */
  public TableTrainer withLogarithm() {
    require(Task.REGRESSION, "a logarithm");
    TableSettings copy = settings.copy();
    copy.logarithm = true;
    return new TableTrainer(copy);
  }

  /**
   * {@return a trainer like this one with other random numbers: of weights, order, dropout, splits
   * and folds}
   *
   * @param seed any; 0, an ordinary seed, is the default
   */
  public TableTrainer withSeed(long seed) {
    TableSettings copy = settings.copy();
    copy.seed = seed;
    return new TableTrainer(copy);
  }

  /**
   * {@return a trainer like this one for so many epochs}
   *
   * @param epochs at least 1
   */
  public TableTrainer withEpochs(int epochs) {
    requirePositive("number of epochs", epochs);
    TableSettings copy = settings.copy();
    copy.epochs = epochs;
    return new TableTrainer(copy);
  }

  /**
   * {@return a trainer like this one with so many rows a step}
   *
   * @param rows at least 1; 256 by default, all if there are fewer
   */
  public TableTrainer withBatchSize(int rows) {
    requirePositive("batch size", rows);
    TableSettings copy = settings.copy();
    copy.batchSize = rows;
    return new TableTrainer(copy);
  }

  /**
   * {@return a trainer like this one that stops when so many epochs were no better than the best}
   * By default all epochs are made. The best one is kept either way.
   *
   * @param epochs at least 1
   */
  public TableTrainer withPatience(int epochs) {
    requirePositive("patience", epochs);
    TableSettings copy = settings.copy();
    copy.patience = epochs;
    return new TableTrainer(copy);
  }

  /**
   * {@return a trainer like this one of networks of one's own behind the head layers} Unless they
   * are asked for, it then has one member, numbers as they are without periodic embeddings, no
   * average of weights, no temperature, and AdamW with a rate that falls from 0.001 to 0.
   *
   * @param body makes the layers, once for each member
   */
  public TableTrainer withBody(Body body) {
    TableSettings copy = settings.copy();
    copy.body = body;
    return new TableTrainer(copy);
  }

  /**
   * {@return a trainer like this one with so many networks, which differ in their first weights and
   * in what dropout leaves out} They are trained side by side, each with a loss of its own, and are
   * one network in the end, whose prediction is the mean of theirs.
   *
   * @param members at least 1; 4 by default, 1 with a body of one's own
   */
  public TableTrainer withMembers(int members) {
    requirePositive("number of members", members);
    TableSettings copy = settings.copy();
    copy.members = members;
    return new TableTrainer(copy);
  }

  /**
   * {@return a trainer like this one with so many members that share the matrices of their hidden
   * layers and differ in factors of single features: hardly more parameters than one network}
   *
   * <p>Source: Y. Gorishniy et al., "TabM" (2024), where 32 are usual. Rate, decay and dropout are
   * near those of the paper.
   *
   * @param members at least 2
   * @throws IllegalArgumentException if below 2
   */
  public TableTrainer withSharedMembers(int members) {
    if (members < 2) {
      throw new IllegalArgumentException(
          "TableTrainer: at least 2 members can share something, got " + members);
    }
    TableSettings copy = settings.copy();
    copy.members = members;
    copy.shared = true;
    return new TableTrainer(copy);
  }

  /**
   * {@return a trainer like this one that gives the network periodic embeddings of numbers: each
   * beside waves of it, whose frequencies are learned} The recipe's own networks have them anyhow;
   * this is for a body of one's own.
   */
  public TableTrainer withPeriodicEmbeddings() {
    TableSettings copy = settings.copy();
    copy.periodic = true;
    return new TableTrainer(copy);
  }

  /**
   * {@return a trainer like this one with a loss of one's own for classes} The best epoch is then
   * that of the smallest {@code validation loss}, and probabilities are not made as sure as the
   * validation rows say.
   *
   * @param loss of logits {@code [n, classes]} and labels in the order of the schema's classes
   * @throws IllegalStateException if numbers are predicted
   */
  public TableTrainer withClassLoss(Loss<int[]> loss) {
    require(Task.CLASSIFICATION, "a loss of labels");
    TableSettings copy = settings.copy();
    copy.classLoss = loss;
    return new TableTrainer(copy);
  }

  /**
   * {@return a trainer like this one with a loss of one's own for numbers} The best epoch is then
   * that of the smallest {@code validation loss}.
   *
   * @param loss of outputs {@code [n, 1]} and targets that are standardised: of mean 0 and
   *     deviation 1 on the training rows
   * @throws IllegalStateException if classes are predicted
   */
  public TableTrainer withNumberLoss(Loss<Tensor> loss) {
    require(Task.REGRESSION, "a loss of numbers");
    TableSettings copy = settings.copy();
    copy.numberLoss = loss;
    return new TableTrainer(copy);
  }

  /**
   * {@return a trainer like this one with an optimiser of one's own} No average of weights is kept
   * then.
   *
   * @param rule makes a new one for each training
   */
  public TableTrainer withOptimizer(Rule rule) {
    TableSettings copy = settings.copy();
    copy.rule = rule;
    return new TableTrainer(copy);
  }

  /**
   * {@return a trainer like this one in which every class counts the same, however many rows it
   * has: a row counts by rows / (classes times rows of its class)} Probabilities are then those of
   * such a balanced table.
   *
   * @throws IllegalStateException if numbers are predicted
   */
  public TableTrainer withBalancedClasses() {
    require(Task.CLASSIFICATION, "balance");
    TableSettings copy = settings.copy();
    copy.balanced = true;
    return new TableTrainer(copy);
  }

  /**
   * {@return a trainer like this one in which a row counts as much as a column says, in training
   * and when the best epoch is chosen}
   *
   * @param column with a number for each row, finite and not negative; it is no input
   */
  public TableTrainer withWeights(String column) {
    TableSettings copy = settings.copy();
    copy.weights = column;
    return new TableTrainer(copy);
  }

  /**
   * {@return a trainer like this one with listeners, for one training}
   *
   * @param listeners besides those there are
   */
  public TableTrainer withListeners(TrainingListener... listeners) {
    TableSettings copy = settings.copy();
    List<TrainingListener> all = new ArrayList<>(settings.listeners);
    all.addAll(List.of(listeners));
    copy.listeners = all;
    return new TableTrainer(copy);
  }

  /**
   * {@return a trainer like this one that writes checkpoints, or resumes from them} A resumed
   * training has the bits of one never stopped; other data or settings are refused.
   *
   * @param checkpoints where, and how often
   */
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

  /**
   * {@return a model trained on four fifths of some rows, its best epoch chosen by the others} The
   * seed draws them; of classes each has the same share.
   *
   * @param table rows to train and to validate with
   * @throws IllegalArgumentException as the other method
   */
  public TableModel fit(Table table) {
    List<Table> parts = TableTraining.split(settings, table);
    return fit(parts.get(0), parts.get(1));
  }

  /**
   * {@return a model trained on some rows, its best epoch chosen by others}
   *
   * <p>Everything is taken from the training rows: which columns are inputs, categories, scales,
   * classes. Rows without a target are left out, and validation rows of a class that no training
   * row has; {@link TableModel#notes} tells how many.
   *
   * <p>After each epoch {@code validation log-loss} and {@code validation accuracy} are measured,
   * or {@code validation rmse}, in the target's units or of its logarithm; {@code validation
   * calibrated log-loss} where probabilities are made as sure as the validation rows say; {@code
   * validation loss} with a loss or weights of one's own; and with an average of weights the same
   * of it, after {@code EMA}. Chosen is by the calibrated log-loss, the rmse, or the loss of one's
   * own.
   *
   * @param train rows to train with
   * @param validation rows to choose the best epoch by; never those the model is judged by
   * @throws IllegalArgumentException if a column is missing or has values that cannot be learned;
   *     names column and row
   */
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

  /**
   * {@return how good k models are, each on the rows of a fold that it has not seen} Each is
   * trained on four fifths of the rows of the other folds, its best epoch chosen by the rest.
   *
   * @param table all rows
   * @param k how many folds, at least 2
   * @throws IllegalArgumentException as {@link #fit(Table)}
   * @throws IllegalStateException if there are listeners or checkpoints, which serve one training
   */
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
