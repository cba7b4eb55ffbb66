package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.examples.Recipe.Kind;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RecipeTest {
  private static Experiment with(String typed) {
    return Experiment.of(RunOption.texts(typed), Recipe.MINUTE.options(Kind.PLAIN));
  }

  @ParameterizedTest
  @EnumSource(Recipe.class)
  void theTextOfEveryRecipeIsOneThatRepeatsIt(Recipe recipe) {
    for (Kind kind : Kind.values()) {
      Map<RunOption<?>, String> options = recipe.options(kind);
      Experiment experiment = Experiment.of(Map.of(), options);
      Experiment again = Experiment.of(RunOption.texts(experiment.toString()));
      assertEquals(experiment.toString(), again.toString());
      for (RunOption<?> option : RunOption.all()) {
        assertEquals(experiment.get(option), again.get(option), option.name());
      }
      // No option of a recipe is without meaning in it.
      for (RunOption<?> option : options.keySet()) {
        assertTrue(experiment.isGiven(option), option.name());
      }
      // Its time depends on these.
      assertTrue(options.containsKey(RunOption.EPOCHS));
      assertEquals(RunOption.Measured.VALIDATION, experiment.get(RunOption.MEASURE));
      assertEquals(recipe, Recipe.of(recipe.toString()));
    }
  }

  @ParameterizedTest
  @EnumSource(Recipe.class)
  void whatIsCalledPermutationInvariantUsesNoPlaces(Recipe recipe) {
    Experiment plain = Experiment.of(Map.of(), recipe.options(Kind.PLAIN));
    Experiment invariant = Experiment.of(Map.of(), recipe.options(Kind.PERMUTATION_INVARIANT));
    assertEquals(AugmentText.NONE, plain.get(RunOption.AUGMENT));
    assertEquals(AugmentText.NONE, invariant.get(RunOption.AUGMENT));
    assertEquals(Views.NONE, invariant.get(RunOption.VIEWS));
    assertFalse(invariant.get(RunOption.PREPROCESS).toString().contains("cosine"));
    Experiment augmented = Experiment.of(Map.of(), recipe.options(Kind.AUGMENTED));
    assertFalse(augmented.get(RunOption.AUGMENT).steps().isEmpty());
  }

  @Test
  void whatIsGivenReplacesWhatTheRecipeSays() {
    Experiment own = with("");
    for (String typed : List.of("--epochs 3", "--seed 5", "--learning-rate 0.5", "--l2 0.25")) {
      Map<RunOption<?>, String> given = RunOption.texts(typed);
      Experiment experiment = with(typed);
      for (RunOption<?> option : RunOption.all()) {
        assertEquals(
            given.containsKey(option)
                ? option.kind().read(given.getOrDefault(option, ""))
                : own.get(option),
            experiment.get(option),
            option.name());
      }
    }
  }

  /** AdamW's numbers have no meaning beside SGD; a number of iterations stands in for epochs. */
  @Test
  void whatLosesItsMeaningByWhatIsGivenIsAsIfTheRecipeDidNotSayIt() {
    Experiment sgd = with("--optimizer sgd --momentum 0.9");
    assertFalse(sgd.toString().contains("--beta2"), sgd.toString());
    assertFalse(sgd.toString().contains("--weight-decay"), sgd.toString());
    Experiment short1 = with("--iterations 10");
    assertEquals(10, short1.iterations());
    assertFalse(short1.toString().contains("--epochs"), short1.toString());
    Experiment report = with("--hidden 32 --activation selu");
    assertTrue(report.toString().startsWith("--activation selu --hidden 32 "), report.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --optimizer sgd --beta2 0.5   | --beta2 goes with --optimizer adamw or lion, not with sgd
          --decay 0.9                   | --decay goes with --schedule report, not with one-cycle
          --epochs 3 --iterations 5     | --iterations and --epochs both say how long to train; leave one of them out
          """)
  void whatIsGivenIsCheckedAsEver(String typed, String expected) {
    assertEquals(
        expected, assertThrows(IllegalArgumentException.class, () -> with(typed)).getMessage());
  }

  @Property(tries = 50)
  void aTimeLimitGivesTheEpochsThatFitInProportion(
      @ForAll @LongRange(min = 1, max = 50_000) long seconds) {
    for (Recipe recipe : Recipe.values()) {
      for (Kind kind : Kind.values()) {
        Map<RunOption<?>, String> limited =
            new LinkedHashMap<>(recipe.options(kind, Duration.ofSeconds(seconds)));
        long own = recipe.epochs(kind);
        long expected = Math.max(1, own * seconds / recipe.time().toSeconds());
        assertEquals(Long.toString(expected), limited.put(RunOption.EPOCHS, Long.toString(own)));
        assertEquals(recipe.options(kind), limited);
      }
    }
  }

  @Test
  void aTextOfOptionsThatIsNoneIsRefused() {
    assertEquals(
        "unknown option '--epohcs'",
        assertThrows(IllegalArgumentException.class, () -> RunOption.texts("--epohcs 3"))
            .getMessage());
    assertEquals(
        "option '--epochs' has no value",
        assertThrows(IllegalArgumentException.class, () -> RunOption.texts("--nesterov --epochs"))
            .getMessage());
    assertEquals(
        Map.of(RunOption.NETWORK, "8 relu", RunOption.NESTEROV, "true"),
        RunOption.texts(" --network \"8 relu\"\n--nesterov "));
  }
}
