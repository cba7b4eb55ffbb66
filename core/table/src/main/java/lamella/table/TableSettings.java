package lamella.table;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import lamella.core.Loss;
import lamella.core.Tensor;
import lamella.optim.Checkpoints;
import lamella.optim.TrainingListener;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link TableTrainer} was told. It changes only while a trainer's {@code with} makes its
 * copy.
 */
final class TableSettings {
  final String target;
  final Task task;
  Set<String> ignored = Set.of();
  boolean logarithm;
  long seed;

  /** 0 as the recipe has it. */
  int epochs;

  /** 0 as the recipe has it. */
  int batchSize;

  /** 0 as the recipe has it. */
  int patience;

  /** 0 as the recipe has it. */
  int members;

  /** Whether the members share their matrices. */
  boolean shared;

  @Nullable Boolean periodic;
  TableTrainer.@Nullable Body body;
  @Nullable Loss<int[]> classLoss;
  @Nullable Loss<Tensor> numberLoss;
  TableTrainer.@Nullable Rule rule;
  boolean balanced;
  @Nullable String weights;
  List<TrainingListener> listeners = List.of();
  @Nullable Checkpoints checkpoints;
  Consumer<String> log = _ -> {};

  TableSettings(String target, Task task) {
    this.target = target;
    this.task = task;
  }

  TableSettings copy() {
    TableSettings copy = new TableSettings(target, task);
    copy.ignored = new LinkedHashSet<>(ignored);
    copy.logarithm = logarithm;
    copy.seed = seed;
    copy.epochs = epochs;
    copy.batchSize = batchSize;
    copy.patience = patience;
    copy.members = members;
    copy.shared = shared;
    copy.periodic = periodic;
    copy.body = body;
    copy.classLoss = classLoss;
    copy.numberLoss = numberLoss;
    copy.rule = rule;
    copy.balanced = balanced;
    copy.weights = weights;
    copy.listeners = listeners;
    copy.checkpoints = checkpoints;
    copy.log = log;
    return copy;
  }

  /** Whether the loss is another one than the recipe's, or rows count differently. */
  boolean hasOwnLoss() {
    return classLoss != null || numberLoss != null || balanced || weights != null;
  }
}
