package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Elementwise;
import lamella.core.Fingerprint;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Sampler;
import lamella.core.SavedState;
import lamella.core.Shape;
import lamella.core.Stateful;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.random.NumPyRandom;
import lamella.losses.SoftmaxCrossEntropy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Resuming gives the bits of the training that was never stopped, or changes nothing. */
class SameTrainingTest {
  @TempDir Path directory;

  // What can be seen of a training from outside.

  private static List<String> states(Recipe.Run run) {
    List<String> all = new ArrayList<>();
    all.add(Fingerprint.of(run.network().parameters()));
    for (Stateful part : run.parts()) {
      SavedState state = SavedState.of(run.network().parameters());
      part.save(state);
      state.texts().forEach((name, text) -> all.add(part.getClass() + " " + name + " " + text));
      state
          .tensors()
          .forEach((name, tensor) ->
              all.add(part.getClass() + name + Arrays.toString(tensor.toDoubleArray())));
    }
    return all;
  }

  private Map<String, String> files() throws IOException {
    Map<String, String> all = new TreeMap<>();
    if (!Files.exists(directory)) {
      return all;
    }
    all.put("directory", Files.getLastModifiedTime(directory).toString());
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        all.put(
            file.getFileName().toString(),
            Files.getLastModifiedTime(file) + " " + Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return all;
  }

  private Set<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  private Checkpoints checkpoints() {
    return Checkpoints.in(directory).every(10).withConfiguration("author", "me");
  }

  private static Recipe recipe(Consumer<Recipe> change) {
    Recipe recipe = new Recipe();
    change.accept(recipe);
    return recipe;
  }

  private static TrainingListener stoppingAt(long step) {
    return new TrainingListener() {
      @Override
      public void afterStep(Fit fit) {
        if (fit.step() == step) {
          fit.stop("stopped");
        }
      }
    };
  }

  // Differences.

  /** How the first training is set up, how the second, and what is said of the difference. */
  private record Difference(Consumer<Recipe> first, Consumer<Recipe> then, String message) {}

  private static final Map<String, Difference> DIFFERENCES = new LinkedHashMap<>();

  private static void add(String name, String message, Consumer<Recipe> then) {
    add(name, message, recipe -> {}, then);
  }

  private static void add(
      String name, String message, Consumer<Recipe> first, Consumer<Recipe> then) {
    DIFFERENCES.put(name, new Difference(first, then, message));
  }

  private static Dataset<int[]> changed(Consumer<Tensor> inputs, Consumer<int[]> labels) {
    NumPyRandom random = new NumPyRandom(1);
    Tensor x = FloatTensor.zeros(Shape.of(Recipe.SIZE, 2));
    for (int i = 0; i < x.size(); i++) {
      x.set(i, random.nextGaussian());
    }
    int[] y = new int[Recipe.SIZE];
    for (int i = 0; i < y.length; i++) {
      y[i] = random.nextInt(Toy.CLASSES);
    }
    inputs.accept(x);
    labels.accept(y);
    return Dataset.of(x, y);
  }

  private static void rate(Recipe recipe, Schedule schedule) {
    recipe.schedule = () -> schedule;
  }

  static {
    Consumer<Recipe> plain = recipe -> recipe.data = () -> changed(x -> {}, y -> {});
    add("other examples", "data is ", recipe -> recipe.data = () -> Toy.points(Recipe.SIZE, 3));
    add(
        "fewer examples",
        "number of examples is '70' there and '69' here",
        recipe -> {
          recipe.data = () -> Toy.points(Recipe.SIZE - 1, 1);
          recipe.sampler = () -> Sampler.shuffled(Recipe.SIZE - 1, new NumPyRandom(4));
        });
    add(
        "a number",
        "data is ",
        plain,
        recipe -> recipe.data = () -> changed(x -> x.set(77, 0), y -> {}));
    add(
        "a label",
        "data is ",
        plain,
        recipe -> recipe.data = () -> changed(x -> {}, y -> y[33] = (y[33] + 1) % Toy.CLASSES));
    add(
        "a number of an own dataset",
        "data is ",
        recipe -> recipe.data = () -> new Recipe.Plain(changed(x -> {}, y -> {})),
        recipe -> recipe.data = () -> new Recipe.Plain(changed(x -> x.set(77, 0), y -> {})));
    add(
        "a label of an own dataset",
        "data is ",
        recipe -> recipe.data = () -> new Recipe.Plain(changed(x -> {}, y -> {})),
        recipe -> recipe.data = () -> new Recipe.Plain(changed(x -> {}, y -> y[69] ^= 1)));
    add("seed", "seed is '0' there and '7' here", recipe -> recipe.seed = 7);
    add("what is frozen", "parameters is ", recipe -> recipe.frozen = true);
    add(
        "what is no longer frozen",
        "parameters is ",
        recipe -> recipe.frozen = true,
        recipe -> recipe.frozen = false);
    add("batch size", "batch size is '8' there and '9' here", recipe -> recipe.batchSize = 9);
    add(
        "evaluated examples",
        "data of evaluation held is ",
        recipe -> recipe.held = () -> Toy.points(35, 3));
    add(
        "name of an evaluation",
        "evaluations is '[held]' there and '[other]' here",
        recipe -> recipe.listeners = List::of,
        recipe -> {
          recipe.listeners = List::of;
          recipe.heldName = "other";
        });
    add(
        "steps of an evaluation",
        "steps of evaluation held is ",
        recipe -> recipe.due = step -> step % 3 == 1);
    add("once an epoch", "steps of evaluation held is ", recipe -> recipe.due = null);
    add(
        "rarer evaluations",
        "steps of evaluation held is ",
        recipe -> {
          recipe.due = step -> step % 5000 == 0;
          recipe.listeners = List::of;
        },
        recipe -> {
          recipe.due = step -> step % 6000 == 0;
          recipe.listeners = List::of;
        });
    add(
        "a constant rate",
        "schedule is 'constant(0.1)' there and 'constant(0.2)' here",
        recipe -> rate(recipe, Schedule.constant(0.2)));
    add(
        "a rate that differs later",
        "schedule is 'constant(0.1)' there and 'lambda, rates crc32c ",
        recipe -> rate(recipe, step -> step < 30 ? 0.1 : 5));
    add(
        "a lambda that differs later",
        "schedule is 'lambda, rates crc32c ",
        recipe -> rate(recipe, step -> 0.1),
        recipe -> rate(recipe, step -> step < 30 ? 0.1 : 5));
    add(
        "a longer cosine",
        "schedule is 'cosine(0.1, 0.0, 40)' there and 'cosine(0.1, 0.0, 80)' here",
        recipe -> rate(recipe, Schedule.cosine(0.1, 0, 40)),
        recipe -> rate(recipe, Schedule.cosine(0.1, 0, 80)));
    add(
        "another decay",
        "schedule is 'exponentialDecay(0.1, 0.9, 50)' there",
        recipe -> rate(recipe, Schedule.exponentialDecay(0.1, 0.9, 50)),
        recipe -> rate(recipe, Schedule.exponentialDecay(0.1, 0.8, 50)));
    add(
        "other steps",
        "schedule is 'steps([35], [0.1, 0.01])' there",
        recipe -> rate(recipe, Schedule.steps(new long[] {35}, new double[] {0.1, 0.01})),
        recipe -> rate(recipe, Schedule.steps(new long[] {36}, new double[] {0.1, 0.01})));
    add(
        "another interval",
        "schedule is 'inverseTime(0.1, 50)' there",
        recipe -> rate(recipe, Schedule.inverseTime(0.1, 50)),
        recipe -> rate(recipe, Schedule.inverseTime(0.1, 51)));
    add(
        "a plateau's factor",
        "schedule is 'PlateauSchedule(",
        recipe -> plateau(recipe, Schedule.constant(0.1), 0.5),
        recipe -> plateau(recipe, Schedule.constant(0.1), 0.6));
    add(
        "a plateau's rates",
        "schedule is 'PlateauSchedule(",
        recipe -> plateau(recipe, Schedule.constant(0.1), 0.5),
        recipe -> plateau(recipe, step -> step < 30 ? 0.1 : 5, 0.5));
    add("momentum", "optimizer is ", recipe -> recipe.momentum = 0.5);
    add("l2", "optimizer is ", recipe -> recipe.l2 = 0);
    add("another rule", "optimizer is ", recipe -> recipe.optimizer = () -> new Recipe.OwnRule(1));
    add(
        "a setting of an own rule",
        "optimizer is 'OwnRule(0.1)' there and 'OwnRule(0.2)' here",
        recipe -> recipe.optimizer = () -> new Recipe.OwnRule(0.1),
        recipe -> recipe.optimizer = () -> new Recipe.OwnRule(0.2));
    add(
        "a schedule of an own rule",
        "schedule is 'constant(0.1)' there and 'lambda",
        recipe -> recipe.optimizer = () -> new Recipe.OwnRule(0, Schedule.constant(0.1)),
        recipe -> recipe.optimizer = () -> new Recipe.OwnRule(0, step -> step < 30 ? 0.1 : 5));
    add(
        "an unnamed rate of an own rule",
        "schedule is ",
        recipe -> recipe.optimizer = () -> new Recipe.OwnRule(0.1),
        recipe -> recipe.optimizer = () -> new Recipe.OwnRule(0.1, Schedule.constant(0.2)));
    add("another loss", "loss is ", recipe -> recipe.loss = SoftmaxCrossEntropy::new);
    add(
        "a loss's silent setting",
        "network and loss compute something else",
        recipe -> recipe.loss = () -> new Recipe.Smoothed(0.2));
    add(
        "a layer's silent setting",
        "network and loss compute something else",
        recipe -> {
          recipe.slope = 0.11;
        });
    add(
        "another layer within another",
        "network is ",
        recipe -> recipe.activation = Recipe.Cube::new);
    add("units", "network is ", recipe -> recipe.units = 10);
    add("a parameter's role", "parameters is ", recipe -> recipe.role = Parameter.Role.WEIGHT);
    add(
        "type of numbers",
        "type of numbers is 'float32' there and 'float64' here",
        recipe -> recipe.type = DType.FLOAT64);
    add(
        "sampler",
        "sampler is 'Sampler(70 shuffled)' there and 'Sampler(70 with replacement)' here",
        recipe -> recipe.sampler = () -> Sampler.withReplacement(Recipe.SIZE, new NumPyRandom(4)));
    add(
        "other examples of a stateless sampler",
        "Sampler(stateless lambda): chooses other examples than before",
        recipe ->
            recipe.sampler = () -> Sampler.stateless(indices -> Arrays.setAll(indices, i -> i)),
        recipe ->
            recipe.sampler =
                () -> Sampler.stateless(indices -> Arrays.setAll(indices, i -> i + 1)));
    add(
        "patience",
        "listeners is ",
        recipe ->
            recipe.listeners =
                () -> List.of(EarlyStopping.lowest("held loss", 98), GradientClipping.byNorm(0.5)));
    add(
        "a listener with a state more",
        "listeners is ",
        recipe -> recipe.listeners = List::of,
        recipe -> recipe.listeners = () -> List.of(EarlyStopping.lowest("held loss", 99)));
    add("listeners with a state fewer", "listeners is ", recipe -> recipe.listeners = List::of);
    add(
        "another order of listeners",
        "listeners is ",
        recipe ->
            recipe.listeners =
                () -> List.of(GradientClipping.byNorm(0.5), EarlyStopping.lowest("held loss", 99)));
    add(
        "a limit",
        "listeners is ",
        recipe ->
            recipe.listeners =
                () -> List.of(EarlyStopping.lowest("held loss", 99), GradientClipping.byNorm(1)));
    add(
        "fewer steps than were done",
        "it is after 20 steps, and no more than 19 are to be done",
        recipe -> recipe.steps = 19);
    add(
        "another history",
        "the history is of every 3 steps there, and of every 5 here",
        recipe -> recipe.historyEvery = 3,
        recipe -> recipe.historyEvery = 5);
    add(
        "smallest improvement",
        "listeners is ",
        recipe ->
            recipe.listeners =
                () -> List.of(EarlyStopping.lowest("held loss", 9).withMinDelta(0.1)),
        recipe ->
            recipe.listeners =
                () -> List.of(EarlyStopping.lowest("held loss", 9).withMinDelta(0.2)));
    add(
        "a listener that fails to take up its state",
        "a part cannot take up its state: java.lang.UnsupportedOperationException: half way",
        recipe -> recipe.listeners = () -> List.of(new Recipe.Counter(false)),
        recipe -> recipe.listeners = () -> List.of(new Recipe.Counter(true)));
  }

  private static void plateau(Recipe recipe, Schedule rates, double factor) {
    PlateauSchedule plateau = PlateauSchedule.lowest("held loss", rates, factor, 9);
    recipe.schedule = () -> plateau;
    recipe.listeners = () -> List.of(plateau);
  }

  static Set<String> differences() {
    return DIFFERENCES.keySet();
  }

  @ParameterizedTest
  @MethodSource("differences")
  void anotherTrainingIsRefusedAndNothingChanges(String name) throws IOException {
    Difference difference = DIFFERENCES.get(name);
    Recipe.Run first = recipe(difference.first).run();
    Recipe.Run stopped =
        new Recipe.Run(
            first.network(),
            first.trainer().withListeners(stoppingAt(19)),
            first.data(),
            first.sampler(),
            first.parts());
    stopped.fit(checkpoints());

    Map<String, String> filesBefore = files();
    Recipe.Run other = recipe(difference.first.andThen(difference.then)).run();
    Recipe.Counter told = new Recipe.Counter(false);
    other.parts().add(told);
    List<String> before = states(other);
    TrainingListener silent =
        new TrainingListener() {
          @Override
          public void started(Fit fit) {
            told.started(fit);
          }
        };
    Recipe.Run watched =
        new Recipe.Run(
            other.network(),
            other.trainer().withListeners(silent),
            other.data(),
            other.sampler(),
            other.parts());
    UncheckedIOException refused =
        assertThrows(UncheckedIOException.class, () -> watched.fit(checkpoints().resuming()), name);
    FileFormatException cause = assertInstanceOf(FileFormatException.class, refused.getCause());
    assertTrue(
        String.valueOf(cause.getMessage())
            .contains("safetensors: does not belong to this training: " + difference.message),
        cause.getMessage());
    assertEquals(before, states(watched));
    assertEquals(0, told.started());
    assertEquals(filesBefore, files());

    // The right one goes on from there: the refusal has done no harm.
    Recipe.Run whole = recipe(difference.first).run();
    History history = whole.fit(null);
    Recipe.Run right = recipe(difference.first).run();
    assertEquals(history, right.fit(checkpoints().resuming()));
    assertEquals(states(whole), states(right));
  }

  // What may change.

  private static final Map<String, UnaryOperator<Checkpoints>> SETTINGS =
      Map.of(
          "every", checkpoints -> checkpoints.every(7),
          "keeping", checkpoints -> checkpoints.keeping(1),
          "log", checkpoints -> checkpoints.withLog(line -> {}),
          "note", checkpoints -> checkpoints.withNote("by", "her"),
          "only when stopped", Checkpoints::onlyWhenStopped);

  static Set<String> settings() {
    return SETTINGS.keySet();
  }

  private void stopped(Consumer<Recipe> change) {
    Recipe recipe = recipe(change);
    Recipe.Run run = recipe.run();
    run.trainer()
        .withListeners(stoppingAt(19))
        .withCheckpoints(checkpoints())
        .fit(run.data(), run.sampler());
  }

  @ParameterizedTest
  @MethodSource("settings")
  void settingsOfCheckpointsMayChange(String name) {
    stopped(recipe -> {});
    Recipe.Run whole = new Recipe().run();
    History history = whole.fit(null);
    Recipe.Run resumed = new Recipe().run();
    assertEquals(history, resumed.fit(SETTINGS.get(name).apply(checkpoints().resuming())));
    assertEquals(states(whole), states(resumed));
  }

  @Test
  void moreStepsAndFewerAndListenersWithoutAStateMayChange() {
    stopped(recipe -> {});
    for (long steps : new long[] {20, 30, 45, 60}) {
      Recipe recipe = recipe(r -> r.steps = steps);
      Recipe.Run whole = recipe.run();
      History history = whole.fit(null);
      Recipe.Run resumed = recipe.run();
      List<String> lines = new ArrayList<>();
      Trainer<int[]> trainer =
          resumed
              .trainer()
              .withListeners(
                  ProgressLines.every(5, lines::add), new TimeLimit(java.time.Duration.ofHours(1)))
              .withCheckpoints(checkpoints().resuming());
      assertEquals(history, trainer.fit(resumed.data(), resumed.sampler()));
      assertEquals(states(whole), states(resumed));
      assertEquals(steps > 20, !lines.isEmpty());
    }
  }

  @Test
  void theLocaleMayChange() throws IOException {
    Locale before = Locale.getDefault();
    try {
      Recipe.Run whole = new Recipe().run();
      History history = whole.fit(null);
      Locale.setDefault(Locale.forLanguageTag("ar-EG"));
      stopped(recipe -> {});
      assertEquals(
          Set.of("checkpoint-000000010.safetensors", "checkpoint-000000020.safetensors"), names());
      Locale.setDefault(Locale.forLanguageTag("th-TH-u-nu-thai"));
      Recipe.Run resumed = new Recipe().run();
      assertEquals(history, resumed.fit(checkpoints().resuming()));
      assertEquals(states(whole), states(resumed));
    } finally {
      Locale.setDefault(before);
    }
  }

  // Parts with a state.

  @ParameterizedTest
  @ValueSource(
      strings = {"layer", "running mean", "loss", "data", "evaluation", "wrapped data", "all"})
  void whateverHasAStateIsAskedForIt(String which) {
    boolean all = which.equals("all");
    Consumer<Recipe> change =
        recipe -> {
          if (all || which.equals("layer")) {
            recipe.activation = Recipe.Dropout::new;
          }
          if (which.equals("running mean")) {
            recipe.twice = false;
            recipe.activation = () -> new Recipe.RunningMean(recipe.units);
          }
          if (all || which.equals("loss")) {
            recipe.loss = Recipe.Annealed::new;
          }
          if (all || which.equals("data")) {
            recipe.data = () -> new Recipe.Noisy(Toy.points(Recipe.SIZE, 1));
          }
          if (which.equals("wrapped data")) {
            recipe.data = () -> new Recipe.Plain(new Recipe.Noisy(Toy.points(Recipe.SIZE, 1)));
          }
          if (all || which.equals("evaluation")) {
            recipe.held = () -> new Recipe.Noisy(Toy.points(35, 2));
          }
        };
    Recipe.Run whole = recipe(change).run();
    History history = whole.fit(null);
    // At a checkpoint and between two.
    for (long step : new long[] {3, 9, 17, 33}) {
      Recipe.Run first = recipe(change).run();
      first
          .trainer()
          .withListeners(stoppingAt(step))
          .withCheckpoints(checkpoints().resuming())
          .fit(first.data(), first.sampler());
    }
    Recipe.Run resumed = recipe(change).run();
    assertEquals(history, resumed.fit(checkpoints().resuming()));
    assertEquals(states(whole), states(resumed));
  }

  /** One generator for everything: what a description draws of it is put back. */
  @Test
  void describingATrainingTakesNoRandomNumbers() {
    Consumer<Recipe> shared =
        recipe -> {
          Recipe.Noisy noisy = new Recipe.Noisy(Toy.points(Recipe.SIZE, 1));
          recipe.data = () -> noisy;
          recipe.held = () -> noisy;
          recipe.activation = Recipe.Dropout::new;
        };
    Recipe.Run without = recipe(shared).run();
    History history = without.fit(null);
    Recipe.Run with = recipe(shared).run();
    assertEquals(history, with.fit(checkpoints()));
    assertEquals(states(without), states(with));
  }

  @Test
  void aSamplerThatSavesNothingIsRefusedBeforeAnythingHappens() {
    Path fresh = directory.resolve("fresh");
    Recipe.Run run =
        recipe(recipe -> recipe.sampler = () -> indices -> Arrays.setAll(indices, i -> i)).run();
    List<String> before = states(run);
    assertEquals(
        "Checkpoints: the sampler lambda saves nothing, so that a resumed training would see other"
            + " examples than one never stopped; implement save and load, or say that it always"
            + " chooses the same with Sampler.stateless(...)",
        assertThrows(IllegalStateException.class, () -> run.fit(Checkpoints.in(fresh)))
            .getMessage());
    assertEquals(before, states(run));
    assertFalse(Files.exists(fresh));
  }

  // Parts that remember what they do not save.

  private static final String AGAIN =
      " when it is used again from the same saved state, so that a resumed training would not have"
          + " the bits of one never stopped; it must save ";

  private void assertForgetful(Consumer<Recipe> change, String message) throws IOException {
    Recipe.Run run = recipe(change).run();
    String before = Fingerprint.of(run.network().parameters());
    assertEquals(
        "Checkpoints: " + message,
        assertThrows(IllegalStateException.class, () -> run.fit(checkpoints())).getMessage());
    assertEquals(before, Fingerprint.of(run.network().parameters()));
    assertEquals(Set.of(), names());
    // Without checkpoints nobody minds.
    recipe(change).run().fit(null);
  }

  /** A layer whose state nobody sees: it does not say that it has one, or is hidden in another. */
  private record Hidden(Layer inner) implements Layer {
    @Override
    public Shape outputShape(Shape input) {
      return inner.outputShape(input);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      return pass.forward(this, 0, inner, x);
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      return pass.backward(this, 0, inner, dy, pass.needsInputGradient());
    }

    @Override
    public String toString() {
      return "Hidden";
    }
  }

  @Test
  void randomNumbersOfALayerThatNobodySavesAreFoundOut() throws IOException {
    assertForgetful(
        recipe -> recipe.activation = () -> new Hidden(new Recipe.Dropout()),
        "layer 1.0.0.0 lamella.optim.Recipe$Dropout gives other outputs"
            + AGAIN
            + "all that it remembers, as a Stateful");
  }

  /** Subtracts the mean of what it has seen; in training, that of the batch. */
  private static final class Centred extends Elementwise {
    private double mean;

    @Override
    protected double value(double x) {
      mean += 0.01 * (x - mean);
      return x - mean;
    }

    @Override
    protected double slope(double x, double y) {
      return 1;
    }
  }

  @Test
  void aRunningMeanThatNobodySavesIsFoundOut() throws IOException {
    assertForgetful(
        recipe -> recipe.activation = Centred::new,
        "layer 1.0.0 Centred gives other outputs" + AGAIN + "all that it remembers, as a Stateful");
  }

  @Test
  void randomNumbersOfADatasetThatNobodySavesAreFoundOut() throws IOException {
    record Forgetful(Recipe.Noisy inside) implements WrappedExamples<int[]> {
      @Override
      public String toString() {
        return "Forgetful";
      }
    }
    assertForgetful(
        recipe -> recipe.data = () -> new Forgetful(new Recipe.Noisy(Toy.points(Recipe.SIZE, 1))),
        "the dataset Forgetful gives other examples"
            + AGAIN
            + "its random numbers, or make them a function of the epoch, as forEpoch does");
  }

  @Test
  void aSamplerThatSavesAPartIsFoundOut() throws IOException {
    Supplier<Sampler> partly =
        () -> {
          NumPyRandom random = new NumPyRandom(1);
          return new Sampler() {
            private int position;

            @Override
            public void next(int[] indices) {
              Arrays.setAll(indices, i -> (position + random.nextInt(2)) % Recipe.SIZE);
              position += indices.length;
            }

            @Override
            public void save(SavedState state) {
              random.save(state);
            }

            @Override
            public void load(SavedState state) {
              random.load(state);
            }

            @Override
            public String toString() {
              return "Partly";
            }
          };
        };
    assertForgetful(
        recipe -> recipe.sampler = partly,
        "the sampler Partly chooses other examples" + AGAIN + "all that it remembers");
  }

  @Test
  void aSamplerThatIsNotStatelessThoughSaidToBeIsFoundOut() {
    NumPyRandom random = new NumPyRandom(1);
    Sampler drawing =
        Sampler.stateless(indices -> Arrays.setAll(indices, i -> random.nextInt(Recipe.SIZE)));
    Recipe.Run run = recipe(recipe -> recipe.sampler = () -> drawing).run();
    assertEquals(
        "Checkpoints: the sampler Sampler(stateless lambda) chooses other examples"
            + AGAIN
            + "all that it remembers",
        assertThrows(IllegalStateException.class, () -> run.fit(checkpoints())).getMessage());
    assertEquals(
        "Sampler(stateless lambda): chose other examples than before, though it was said to be"
            + " stateless",
        assertThrows(IllegalStateException.class, () -> run.fit(null)).getMessage());
  }

  /** What the sampler saves may serve others as well. */
  @Test
  void oneGeneratorForAllIsSavedByTheSampler() {
    Consumer<Recipe> shared =
        recipe -> {
          NumPyRandom random = new NumPyRandom(8);
          recipe.sampler = () -> Sampler.shuffled(Recipe.SIZE, random);
          recipe.activation = () -> new Hidden(new Recipe.Dropout(random));
        };
    Recipe.Run whole = recipe(shared).run();
    History history = whole.fit(null);
    stopped(shared);
    Recipe.Run resumed = recipe(shared).run();
    assertEquals(history, resumed.fit(checkpoints().resuming()));
    assertEquals(states(whole), states(resumed));
  }

  // Files.

  /** A checkpoint as 0.1 wrote it: without a format, and with a shorter description. */
  @Test
  void anEarlierVersionsCheckpointIsRefusedAndSaysSo() throws IOException {
    stopped(recipe -> {});
    Path newest = directory.resolve("checkpoint-000000020.safetensors");
    SavedState state = CheckpointFile.read(newest, List.of());
    Map<String, String> texts = new LinkedHashMap<>(state.texts());
    texts.remove("format");
    texts.keySet().removeIf(key -> key.startsWith("description.data"));
    CheckpointFile.write(newest, SavedState.of(List.of(), state.tensors(), texts));
    assertRefused(
        newest
            + ": was written by Lamella 0.1, whose checkpoints do not say which data, schedule and"
            + " layers they were made with; finish the training with that version, or begin it"
            + " anew");
    texts.put("format", "3");
    CheckpointFile.write(newest, SavedState.of(List.of(), state.tensors(), texts));
    assertRefused(newest + ": was written by a later version of Lamella; use that one");
  }

  private void assertRefused(String message) throws IOException {
    Map<String, String> filesBefore = files();
    Recipe.Run run = new Recipe().run();
    List<String> before = states(run);
    assertEquals(
        message,
        assertThrows(UncheckedIOException.class, () -> run.fit(checkpoints().resuming()))
            .getCause()
            .getMessage());
    assertEquals(before, states(run));
    assertEquals(filesBefore, files());
  }

  @Test
  void anotherConfigurationIsRefused() throws IOException {
    stopped(recipe -> {});
    Checkpoints plain = Checkpoints.in(directory).resuming();
    Map<Checkpoints, String> others =
        Map.of(
            plain,
            "author is 'me' there, and not known here",
            plain.withConfiguration("author", "her"),
            "author is 'me' there and 'her' here",
            checkpoints().resuming().withConfiguration("place", "x"),
            "place is not known there, and 'x' here");
    others.forEach((checkpoints, message) -> {
      Recipe.Run run = new Recipe().run();
      IOException refused =
          assertThrows(UncheckedIOException.class, () -> run.fit(checkpoints)).getCause();
      assertTrue(String.valueOf(refused.getMessage()).endsWith(message), refused.getMessage());
    });
  }

  /** Whatever number of a state is changed: resumed, or refused and nothing has changed. */
  @Test
  void aStateThatAPartRefusesLeavesAllAsTheyWere() throws IOException {
    Consumer<Recipe> change =
        recipe -> {
          recipe.activation = Recipe.Dropout::new;
          recipe.loss = Recipe.Annealed::new;
          recipe.data = () -> new Recipe.Noisy(Toy.points(Recipe.SIZE, 1));
        };
    stopped(change);
    Path newest = directory.resolve("checkpoint-000000020.safetensors");
    SavedState state = CheckpointFile.read(newest, List.of());
    List<String> names = new ArrayList<>(state.texts().keySet());
    names.addAll(state.tensors().keySet());
    SplittableRandom random = new SplittableRandom(3);
    int refused = 0;
    for (String name : names) {
      if (name.equals("note.by")) {
        continue;
      }
      Map<String, String> texts = new LinkedHashMap<>(state.texts());
      Map<String, Tensor> tensors = new LinkedHashMap<>(state.tensors());
      texts.remove(name);
      tensors.remove(name);
      if (random.nextBoolean()) {
        texts.put(name, "-7");
      }
      CheckpointFile.write(newest, SavedState.of(List.of(), tensors, texts));
      Recipe.Run run = recipe(change).run();
      List<String> before = states(run);
      Map<String, String> filesBefore = files();
      try {
        run.trainer()
            .withListeners(stoppingAt(20))
            .withCheckpoints(checkpoints().onlyWhenStopped().resuming())
            .fit(run.data(), run.sampler());
        Files.deleteIfExists(directory.resolve("checkpoint-000000021.safetensors"));
      } catch (UncheckedIOException e) {
        assertEquals(before, states(run), name);
        assertEquals(filesBefore, files(), name);
        refused++;
      }
    }
    assertTrue(refused > names.size() - 6, refused + " of " + names.size());
  }
}
