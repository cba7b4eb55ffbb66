package lamella.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.TargetKind;
import lamella.core.Tensor;
import lamella.core.Weighted;
import lamella.core.random.NumPyRandom;
import lamella.core.random.SplitMix64;
import lamella.layers.Columns;
import lamella.layers.MemberMean;
import lamella.layers.Scale;
import lamella.losses.EachMember;
import lamella.losses.MeanLoss;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.AdamW;
import lamella.optim.EarlyStopping;
import lamella.optim.History;
import lamella.optim.Metrics;
import lamella.optim.Optimizer;
import lamella.optim.Schedule;
import lamella.optim.Trainer;
import lamella.optim.TrainingListener;
import org.jspecify.annotations.Nullable;

/** One training of a {@link TableTrainer}. */
final class TableTraining {
  /** So many numbers of prepared rows are kept at most: 256 MB. */
  private static final long MOST_PREPARED = 1L << 26;

  /** Rows that are prepared at once. */
  private static final int BLOCK = 1024;

  /** The part of the rows that chooses the epoch, where nobody gives such rows. */
  private static final double VALIDATION = 0.2;

  /** What random numbers are for. */
  private static final int WEIGHTS = 1;

  private static final int ORDER = 2;
  private static final int SPLIT = 3;
  private static final int FOLDS = 4;

  /** The first rate for a network of somebody else's. */
  private static final double OWN_BODY_RATE = 1e-3;

  /** What is known of a training when it is over. */
  record Result(History history, OptionalInt bestEpoch, List<String> notes) {}

  private final TableSettings settings;
  private final List<String> notes = new ArrayList<>();

  TableTraining(TableSettings settings) {
    this.settings = settings;
  }

  // Parts of a table.

  private static NumPyRandom random(TableSettings settings, int purpose) {
    return new NumPyRandom(SplitMix64.stream(settings.seed, purpose).nextLong() >>> 32);
  }

  /** The rows that have a target. */
  private static Table withTarget(TableSettings settings, Table table) {
    Column column = SchemaFit.require(table, settings.target, "to predict");
    int[] rows = Targets.present(column);
    if (rows.length == 0) {
      throw new IllegalArgumentException(
          "column \""
              + settings.target
              + "\" has no value in any of "
              + Names.count(table.rows(), "row", "rows"));
    }
    return rows.length == table.rows() ? table : table.rows(rows);
  }

  /** Rows to train with, and rows to choose the epoch by. */
  static List<Table> split(TableSettings settings, Table table) {
    Table rows = withTarget(settings, table);
    Targets.target(rows.column(settings.target), settings); // or says why it cannot be learned
    if (rows.rows() < 2) {
      throw new IllegalArgumentException(
          "the table has "
              + Names.count(rows.rows(), "row", "rows")
              + " with a value of \""
              + settings.target
              + "\", which are too few to train and to validate with");
    }
    RandomGenerator random = random(settings, SPLIT);
    return settings.task == Task.CLASSIFICATION
        ? rows.splitStratified(settings.target, random, 1 - VALIDATION, VALIDATION)
        : rows.split(random, 1 - VALIDATION, VALIDATION);
  }

  static List<Fold> folds(TableSettings settings, Table table, int k) {
    Table rows = withTarget(settings, table);
    RandomGenerator random = random(settings, FOLDS);
    return settings.task == Task.CLASSIFICATION
        ? rows.foldsStratified(settings.target, k, random)
        : rows.folds(k, random);
  }

  static TableSchema schema(TableSettings settings, Table train) {
    Table rows = withTarget(settings, train);
    TableSchema.Target target = Targets.target(rows.column(settings.target), settings);
    return SchemaFit.of(rows, target, settings.ignored, settings.weights);
  }

  // The training.

  /** Encoded rows and their targets. */
  private static final class Rows {
    private final FloatTensor inputs;
    private final Targets targets;
    private final double @Nullable [] weights;

    Rows(FloatTensor inputs, Targets targets, double @Nullable [] weights) {
      this.inputs = inputs;
      this.targets = targets;
      this.weights = weights;
    }
  }

  TableModel fit(Table train, Table validation) {
    TableSchema schema = schema(settings, train);
    Rows rows = rows(schema, train, "training");
    Rows others = rows(schema, validation, "validation");
    schema
        .leftOut()
        .forEach((name, reason) -> note("column \"" + name + "\" is left out: " + reason));
    return settings.task == Task.CLASSIFICATION
        ? ofClasses(schema, rows, others)
        : ofNumbers(schema, rows, others);
  }

  private Rows rows(TableSchema schema, Table table, String what) {
    TableSchema.Target target = schema.target();
    Targets targets = Targets.of(target, table);
    if (targets.rows().length == 0) {
      throw new IllegalArgumentException(
          "none of "
              + Names.count(table.rows(), what + " row", what + " rows")
              + " has a value of \""
              + target.name()
              + '"');
    }
    if (targets.missing() > 0) {
      note(leftOut(targets.missing(), what) + " no value of \"" + target.name() + '"');
    }
    if (targets.unknown() > 0) {
      note(
          leftOut(targets.unknown(), what)
              + " a class of \""
              + target.name()
              + "\" that no training row has");
    }
    return new Rows(
        schema.encode(targets.of(table)), targets, targets.weights(table, settings.weights));
  }

  private static String leftOut(int count, String what) {
    return Names.count(count, what + " row is", what + " rows are")
        + " left out, as "
        + (count == 1 ? "it has" : "they have");
  }

  private void note(String sentence) {
    notes.add(sentence);
    settings.log.accept(sentence);
  }

  private TableModel ofClasses(TableSchema schema, Rows train, Rows validation) {
    List<String> classes = schema.target().classes();
    int[] counts = new int[classes.size()];
    for (int label : train.targets.labels()) {
      counts[label]++;
    }
    for (int k = 0; k < counts.length; k++) {
      if (counts[k] == 1) {
        note("class \"" + classes.get(k) + "\" has one training row only");
      }
    }
    Loss<int[]> loss = classLoss(counts);
    Learner learner = learner(schema, train, validation);
    Result result =
        train(
            schema,
            learner,
            loss,
            train,
            validation,
            rows -> Dataset.of(learner.prepared(rows.inputs), rows.targets.labels()),
            this::ofLabels);
    Network network =
        calibrated(
            whole(learner, schema), Dataset.of(validation.inputs, validation.targets.labels()));
    return new TableModel(schema, network, Map.of(), result);
  }

  private Loss<int[]> classLoss(int[] counts) {
    if (settings.balanced && settings.classLoss != null) {
      throw new IllegalStateException(
          "TableTrainer: balanced classes need the standard loss; give a loss of your own its"
              + " weights of classes");
    }
    if (settings.classLoss != null) {
      return settings.classLoss;
    }
    SoftmaxCrossEntropy loss = Recipe.classLoss();
    if (!settings.balanced) {
      return loss;
    }
    double[] weights = new double[counts.length];
    int rows = Arrays.stream(counts).sum();
    for (int k = 0; k < weights.length; k++) {
      weights[k] = (double) rows / (counts.length * (double) counts[k]);
    }
    return loss.withClassWeights(weights);
  }

  private static <T> Loss<Weighted<T>> weighted(Loss<T> loss) {
    if (loss instanceof MeanLoss<T> mean) {
      return mean.withExampleWeights();
    }
    throw new IllegalStateException(
        "TableTrainer: weights of rows need a loss that takes them, a MeanLoss, got " + loss);
  }

  private TableModel ofNumbers(TableSchema schema, Rows train, Rows validation) {
    Loss<Tensor> loss = settings.numberLoss == null ? Recipe.numberLoss() : settings.numberLoss;
    Standard standard = Standard.of(schema.target(), train.targets.numbers());
    Learner learner = learner(schema, train, validation);
    Result result =
        train(
            schema,
            learner,
            loss,
            train,
            validation,
            rows ->
                Dataset.of(learner.prepared(rows.inputs), standard.targets(rows.targets.numbers())),
            standard::errors);
    Network network = standard.undo(whole(learner, schema));
    return new TableModel(schema, network, Map.of(), result);
  }

  // The network.

  /**
   * The networks that learn, side by side in one, and what makes one prediction of theirs.
   *
   * @param members gives the outputs of all, one after the other
   * @param mean gives their mean; null if there is one member
   * @param trained the members as they are trained: without the head, which training does not
   *     change, for rows that went through it once; or as they are, where these take too much
   *     memory
   */
  private record Learner(Network members, @Nullable MemberMean mean, Network trained) {
    static Learner of(Network members, @Nullable MemberMean mean, long rows) {
      Layer head = members.layers().getFirst();
      int features = head.outputShape(members.inputShape().openBatch()).last();
      if (rows * features > MOST_PREPARED) {
        return new Learner(members, mean, members);
      }
      // Something stands in the head's place, so that all others keep their names and their places.
      List<Layer> layers = new ArrayList<>(members.layers());
      layers.set(0, Columns.of(Columns.part(Head.range(0, features))));
      return new Learner(
          members, mean, Network.of(Shape.of(features), layers).withOutputs(members.outputs()));
    }

    /** What is trained on, of encoded rows. */
    FloatTensor prepared(FloatTensor inputs) {
      if (trained == members) {
        return inputs;
      }
      int rows = inputs.shape().dimension(0);
      int width = inputs.shape().last();
      int features = trained.inputShape().last();
      Layer head = members.layers().getFirst();
      float[] prepared = new float[rows * features];
      for (int from = 0; from < rows; from += BLOCK) {
        int to = Math.min(rows, from + BLOCK);
        float[] block = Arrays.copyOfRange(inputs.array(), from * width, to * width);
        Tensor output = head.forward(FloatTensor.wrap(Shape.of(to - from, width), block));
        float[] given = ((FloatTensor) output).array();
        System.arraycopy(given, 0, prepared, from * features, (to - from) * features);
      }
      return FloatTensor.wrap(Shape.of(rows, features), prepared);
    }
  }

  private Learner learner(TableSchema schema, Rows train, Rows validation) {
    Head head = Head.of(schema, train.inputs);
    Shape inputs = Shape.of(schema.inputs().size());
    long rows = (long) train.inputs.shape().dimension(0) + validation.inputs.shape().dimension(0);
    int count = memberCount();
    RandomGenerator random = random(settings, WEIGHTS);
    List<Layer> layers = new ArrayList<>();
    layers.add(head.layer());
    if (settings.shared && settings.body != null) {
      throw new IllegalStateException(
          "TableTrainer: members that share their matrices are networks of their own kind, and"
              + " cannot have a body of yours; use withMembers");
    }
    if (count == 1) {
      layers.addAll(member(schema, head, random));
      return Learner.of(
          Network.of(inputs, layers).withOutputs(TableModel.meaning(schema.target())), null, rows);
    }
    if (settings.shared) {
      layers.addAll(front(head, random));
      Shape features = Network.of(inputs, layers).outputShape();
      int outputs = TablePrediction.width(schema.target());
      layers.addAll(SharedMembers.layers(count, features, outputs, random));
    } else {
      List<Columns.Part> parts = new ArrayList<>();
      int[] all = Head.range(0, head.features());
      for (int i = 0; i < count; i++) {
        parts.add(Columns.part(all, member(schema, head, random).toArray(Layer[]::new)));
      }
      layers.add(Columns.of(parts));
    }
    return Learner.of(
        Network.of(inputs, layers).withOutputs(Outputs.NUMBERS),
        new MemberMean(count, TableModel.meaning(schema.target())),
        rows);
  }

  /** The recipe's, for its own networks; one network of somebody else's. */
  private int memberCount() {
    if (settings.members > 0) {
      return settings.members;
    }
    return settings.body == null ? Recipe.members() : 1;
  }

  private List<Layer> front(Head head, RandomGenerator random) {
    boolean hasWaves = settings.periodic == null ? settings.body == null : settings.periodic;
    return new ArrayList<>(head.front(hasWaves ? Recipe.waves() : null, random));
  }

  private List<Layer> member(TableSchema schema, Head head, RandomGenerator random) {
    List<Layer> layers = front(head, random);
    Shape features = Shape.of(head.features());
    if (!layers.isEmpty()) {
      features = Network.of(features, layers).outputShape();
    }
    int outputs = TablePrediction.width(schema.target());
    List<Layer> body =
        settings.body == null
            ? Recipe.body(features, outputs, random)
            : settings.body.layers(features, outputs, random);
    Shape given = Network.of(features, body).outputShape();
    if (!given.equals(Shape.of(outputs))) {
      throw new IllegalArgumentException(
          "TableTrainer: the body must give outputs "
              + Shape.of(outputs)
              + " for \""
              + schema.target().name()
              + "\", gives "
              + given);
    }
    layers.addAll(body);
    return layers;
  }

  /** The members and their mean in one. */
  private static Network whole(Learner learner, TableSchema schema) {
    if (learner.mean == null) {
      return learner.members;
    }
    List<Layer> layers = new ArrayList<>(learner.members.layers());
    layers.add(learner.mean);
    return Network.of(learner.members.inputShape(), layers)
        .withOutputs(TableModel.meaning(schema.target()));
  }

  /** What is measured of validation rows, of targets of a kind. */
  private interface Measure {
    <T> Metrics<T> metrics(TargetKind<T> kind);
  }

  private <T> Metrics<T> ofLabels(TargetKind<T> kind) {
    Metrics<int[]> metrics = Metrics.logLoss().and(Metrics.accuracy());
    return Metrics.byLabels(kind, calibrates() ? metrics.and(new Temperature()) : metrics);
  }

  /** Whether probabilities are made as sure as validation rows say: not those of one's own. */
  private boolean calibrates() {
    return settings.task == Task.CLASSIFICATION && settings.body == null && !settings.hasOwnLoss();
  }

  /** The network with outputs divided by the temperature that is best on validation rows. */
  private Network calibrated(Network network, Dataset<int[]> validation) {
    if (!calibrates()) {
      return network;
    }
    Temperature temperature = new Temperature();
    temperature.of(network, validation);
    FloatTensor factors = FloatTensor.zeros(network.outputShape());
    factors.fill(1 / temperature.value());
    List<Layer> layers = new ArrayList<>(network.layers());
    layers.add(Scale.of(factors));
    return Network.of(network.inputShape(), layers).withOutputs(network.outputs());
  }

  /** Trains on rows, with their weights if they have any. */
  private <T> Result train(
      TableSchema schema,
      Learner learner,
      Loss<T> loss,
      Rows train,
      Rows validation,
      Function<Rows, Dataset<T>> examples,
      Measure measure) {
    Dataset<T> data = examples.apply(train);
    Dataset<T> others = examples.apply(validation);
    return train.weights == null
        ? train(schema, learner, loss, data, others, measure)
        : train(
            schema,
            learner,
            weighted(loss),
            data.withWeights(train.weights),
            others.withWeights(Objects.requireNonNull(validation.weights)),
            measure);
  }

  private <T> Result train(
      TableSchema schema,
      Learner learner,
      Loss<T> loss,
      Dataset<T> train,
      Dataset<T> validation,
      Measure measure) {
    Network network = learner.trained;
    int epochs = settings.epochs == 0 ? Recipe.epochs(train.size()) : settings.epochs;
    int batchSize = settings.batchSize == 0 ? Recipe.batchSize(train.size()) : settings.batchSize;
    long stepsPerEpoch = Math.max(1, train.size() / batchSize);
    Optimizer optimizer = optimizer(network, stepsPerEpoch * epochs);
    Metrics<T> metrics = measure.metrics(validation.newBatch(1, DType.FLOAT32).targetKind());
    String chosen = calibrates() ? Temperature.NAME : metrics.names().getFirst();
    if (settings.hasOwnLoss()) {
      metrics = metrics.and(Metrics.loss(loss));
      chosen = "loss";
    }
    boolean averages = settings.rule == null && settings.body == null;
    EarlyStopping stopping =
        EarlyStopping.lowest(
            (averages ? "EMA validation " : "validation ") + chosen,
            settings.patience == 0 ? Integer.MAX_VALUE : settings.patience);
    MemberMean mean = learner.mean;
    Trainer<T> trainer =
        Trainer.of(network, mean == null ? loss : EachMember.of(loss, mean.members()), optimizer)
            .withBatchSize(batchSize)
            .withEpochs(epochs)
            .withSeed(settings.seed)
            .withEvaluation("validation", validation, mean == null ? metrics : metrics.behind(mean))
            .withListeners(stopping)
            .withListeners(settings.listeners.toArray(TrainingListener[]::new));
    if (averages) {
      trainer = trainer.withAverage(Recipe.average(stepsPerEpoch));
    }
    if (settings.checkpoints != null) {
      trainer =
          trainer.withCheckpoints(settings.checkpoints.withConfiguration("table", schema.toJson()));
    }
    History history = trainer.fit(train, random(settings, ORDER));
    OptionalInt bestEpoch =
        Double.isNaN(stopping.best())
            ? OptionalInt.empty()
            : OptionalInt.of((int) (stopping.bestStep() / stepsPerEpoch) + 1);
    return new Result(history, bestEpoch, List.copyOf(notes));
  }

  private Optimizer optimizer(Network network, long steps) {
    if (settings.rule != null) {
      return settings.rule.optimizer(network, steps);
    }
    if (settings.shared) {
      return SharedMembers.optimizer(steps);
    }
    return settings.body == null
        ? Recipe.optimizer(network, steps)
        : AdamW.of(Schedule.cosine(OWN_BODY_RATE, 0, steps));
  }
}
