package lamella.table;

import java.util.List;
import java.util.function.Function;
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
 */
public final class TableTrainer {
  private TableTrainer() {}

  /** Makes the layers between the encoded row and the outputs. */
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

  /** {@return a trainer like this one that leaves columns out} */
  public TableTrainer ignoring(String... columns) {
    throw new UnsupportedOperationException();
  }

  /** {@return a trainer like this one for the logarithm of a positive target} */
  public TableTrainer withLogarithm() {
    throw new UnsupportedOperationException();
  }

  /** {@return a trainer like this one with other random numbers; 0 is the default} */
  public TableTrainer withSeed(long seed) {
    throw new UnsupportedOperationException();
  }

  /** {@return a trainer like this one for so many epochs} */
  public TableTrainer withEpochs(int epochs) {
    throw new UnsupportedOperationException();
  }

  /** {@return a trainer like this one with so many rows a step} */
  public TableTrainer withBatchSize(int rows) {
    throw new UnsupportedOperationException();
  }

  /** {@return a trainer like this one that stops when so many epochs were no better} */
  public TableTrainer withPatience(int epochs) {
    throw new UnsupportedOperationException();
  }

  /** {@return a trainer like this one of networks of one's own} */
  public TableTrainer withBody(Body body) {
    throw new UnsupportedOperationException();
  }

  /** {@return a trainer like this one with an ensemble of so many members in one network} */
  public TableTrainer withMembers(int members) {
    throw new UnsupportedOperationException();
  }

  /** {@return a trainer like this one whose numbers are first made periodic features of} */
  public TableTrainer withPeriodicEmbeddings() {
    throw new UnsupportedOperationException();
  }

  /** {@return a trainer like this one with a loss of one's own for classes} */
  public TableTrainer withClassLoss(Loss<int[]> loss) {
    throw new UnsupportedOperationException();
  }

  /** {@return a trainer like this one with a loss of one's own for numbers} */
  public TableTrainer withNumberLoss(Loss<Tensor> loss) {
    throw new UnsupportedOperationException();
  }

  /** {@return a trainer like this one with an optimiser of one's own} */
  public TableTrainer withOptimizer(Function<Network, Optimizer> optimizer) {
    throw new UnsupportedOperationException();
  }

  /** {@return a trainer like this one in which every class counts the same} */
  public TableTrainer withBalancedClasses() {
    throw new UnsupportedOperationException();
  }

  /** {@return a trainer like this one in which a row counts as much as a column says} */
  public TableTrainer withWeights(String column) {
    throw new UnsupportedOperationException();
  }

  /** {@return a trainer like this one with listeners, for one training} */
  public TableTrainer withListeners(TrainingListener... listeners) {
    throw new UnsupportedOperationException();
  }

  /** {@return a trainer like this one that writes checkpoints, or resumes from them} */
  public TableTrainer withCheckpoints(Checkpoints checkpoints) {
    throw new UnsupportedOperationException();
  }

  /** {@return a model trained on some rows, its best epoch chosen by a fifth of them} */
  public TableModel fit(Table table) {
    throw new UnsupportedOperationException();
  }

  /** {@return a model trained on some rows, its best epoch chosen by others} */
  public TableModel fit(Table train, Table validation) {
    throw new UnsupportedOperationException();
  }

  /** {@return how good models of k folds are, each on the rows that it has not seen} */
  public List<TableEvaluation> crossValidate(Table table, int k) {
    throw new UnsupportedOperationException();
  }
}
