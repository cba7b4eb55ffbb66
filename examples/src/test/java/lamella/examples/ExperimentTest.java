package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.data.cifar.ImageShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExperimentTest {
  private static final String REPORT =
      "--activation relu --hidden 64 --iterations 1000 --batch-size 200 --learning-rate 0.001 --decay 0.95"
          + " --l2 1.0 --init-std 1.0E-4 --seed 1 --dtype float32";

  /** Words of a command line, of which those in quotes are one. */
  private static Experiment of(String typed) {
    Map<RunOption<?>, String> texts = new LinkedHashMap<>();
    List<String> words =
        java.util.regex.Pattern.compile("\"([^\"]*)\"|\\S+")
            .matcher(typed)
            .results()
            .map(match -> match.group(1) == null ? match.group() : match.group(1))
            .toList();
    for (int i = 0; i < words.size(); i++) {
      String name = words.get(i);
      RunOption<?> option =
          RunOption.all().stream().filter(any -> any.name().equals(name)).findFirst().orElseThrow();
      texts.put(option, option.label().isEmpty() ? "true" : words.get(++i));
    }
    return Experiment.of(texts);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--network \"256 layer-norm gelu\"",
        "--optimizer adamw",
        "--optimizer lion --beta1 0.8 --weight-decay 0",
        "--momentum 0.9 --nesterov",
        "--schedule cosine --warm-up 10",
        "--schedule one-cycle",
        "--schedule one-cycle --warm-up 3",
        "--schedule cosine-log --iterations 17",
        "--augment \"flip crop(4) cutout(8)\" --mixup 0.2 --label-smoothing 0.1 --clip-norm 1",
        "--epochs 7 --order shuffled --measure validation --measure-every 5 --validation 5000",
        "--epochs 7 --schedule one-cycle",
        "--epochs 7 --schedule one-cycle --warm-up 3 --init-last zero",
        "--network \"16 residual(8 gelu zero(16))\" --epochs 2",
        "--augment \"flip(alternating) crop(2,reflect) affine(shift=1.5,rotate=10,scale=0.1,stretch=0.2,shear=5) noise(8)\"",
        "--augment \"FLIP(Alternating) Affine(Scale=0.10) noise( 2.50 )\"",
        "--augment flip --ema 0.99 --early-stopping 5 --preprocess standardise --init-std he",
      })
  void itsTextIsTheOptionsThatRepeatIt(String typed) {
    Experiment experiment = of(typed);
    Experiment again = of(experiment.toString());
    assertEquals(experiment.toString(), again.toString());
    assertEquals("", again.differences(experiment, "before"));
    for (RunOption<?> option : RunOption.all()) {
      assertEquals(experiment.get(option), again.get(option), option.name());
    }
    assertEquals(experiment.network(), again.network());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --momentum 0.9 --nesterov | --momentum 0.9 --nesterov
          --optimizer adamw         | --optimizer adamw --beta1 0.9 --beta2 0.999 --epsilon 1.0E-8 --weight-decay 0.01
          --optimizer lion          | --optimizer lion --beta1 0.9 --beta2 0.99 --weight-decay 0.01
          --momentum 0              | ''
          --augment none --mixup 0  | ''
          """)
  void standardValuesOfOtherOptimisersAreWrittenAndThoseOfTheReportsLeftOut(
      String typed, String more) {
    assertEquals(REPORT + (more.isEmpty() ? "" : " " + more), of(typed).toString());
    assertEquals(more, of(typed).optionsBeyondReports());
  }

  @Test
  void theReportsNetworkIsWrittenInTheReportsWords() {
    Experiment experiment = of("--network \"12 SELU\"");
    assertEquals(REPORT.replace("relu", "selu").replace("64", "12"), experiment.toString());
    assertEquals("--hidden 12 (report: 64)", experiment.differencesFromReport());
    assertEquals(
        REPORT.replace("--activation relu --hidden 64", "--network \"12 selu scale\""),
        of("--network \"12 selu scale\"").toString());
  }

  @Test
  void differencesNameTheOptionsAndTheValuesOfBoth() {
    assertEquals(
        "--network \"8 gelu\" (report: none), --schedule cosine (report: report), --optimizer adamw"
            + " (report: sgd), --beta1 0.9 (report: none), --beta2 0.999 (report: none), --epsilon 1.0E-8"
            + " (report: none), --weight-decay 0.01 (report: none)",
        of("--network \"8 gelu\" --optimizer adamw --schedule cosine --iterations 1000")
            .differencesFromReport());
    // How far it runs is no difference, unless the rates depend on it.
    assertEquals("", of("--iterations 7").differences(of("--iterations 9"), "begun with"));
    for (String schedule : List.of("cosine", "one-cycle", "cosine-log")) {
      String both = "--schedule " + schedule + " --warm-up 2 --iterations ";
      assertEquals(
          "--iterations 7 (begun with: 9)", of(both + 7).differences(of(both + 9), "begun with"));
    }
  }

  @Test
  void changesThatAreTooLargeForTheImagesAreRefused() {
    ImageShape small = new ImageShape(28, 30, 1);
    AugmentText fits = AugmentText.of("flip crop(27) affine(shift=27.5) cutout(30)");
    fits.requireFits(small);
    assertEquals(
        "invalid value for option '--augment': Crop: padding of images 28x30x1 must be in [1, 28),"
            + " got 28",
        assertThrows(
                IllegalArgumentException.class,
                () -> AugmentText.of("flip crop(28,reflect)").requireFits(small))
            .getMessage());
    for (String text : List.of("cutout(31)", "affine(shift=28)")) {
      assertThrows(
          IllegalArgumentException.class, () -> AugmentText.of(text).requireFits(small), text);
    }
  }

  /** What is written does not change when the number of images becomes known. */
  @Test
  void epochsAreWrittenInPlaceOfIterations() {
    Experiment experiment = of("--epochs 7 --schedule one-cycle");
    String text =
        REPORT
            .replace("--iterations 1000", "--epochs 7")
            .replace("--decay 0.95", "--schedule one-cycle");
    assertEquals(text, experiment.toString());
    assertEquals(text, experiment.on(49_000).toString());
    assertEquals(text.replace("--epochs 7 ", ""), experiment.withoutLength());
    assertEquals(1715, experiment.on(49_000).iterations());
    assertEquals(85, experiment.on(49_000).warmUp());
    // How far it runs is no difference, unless the rates depend on it.
    assertEquals("", of("--epochs 7").differences(of("--epochs 9"), "begun with"));
    assertEquals(
        "--epochs 7 (begun with: 9)",
        experiment.differences(of("--epochs 9 --schedule one-cycle").on(49_000), "begun with"));
    assertEquals(
        "--warm-up 3 (begun with: none)",
        of("--epochs 7 --schedule one-cycle --warm-up 3").differences(experiment, "begun with"));
    assertEquals(
        "--epochs", of("--iterations 5").with(RunOption.EPOCHS, 2L).toString().split(" ", -1)[4]);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --epochs 3 --warm-up 736                  | --warm-up must be at most the 735 iterations there are, got 736
          --epochs 1 --warm-up 246                  | --warm-up must be at most the 245 iterations there are, got 246
          --epochs 9000000                          | --epochs must lie in [1, 8765239], got 9000000
          --order shuffled --batch-size 48001       | --batch-size must be at most the 48000 training images there are with --order shuffled, got 48001
          """)
  void whatIsWrongForTheImagesIsSaidWhenTheyAreKnown(String typed, String expected) {
    Experiment experiment = of(typed);
    assertEquals(
        expected,
        assertThrows(
                IllegalArgumentException.class,
                () -> experiment.on(typed.contains("--order") ? 48_000 : 49_000))
            .getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --epochs 3 --iterations 8              | --iterations and --epochs both say how long to train; leave one of them out
          --epochs 0                             | --epochs must lie in [1, 2147483647], got 0
          --validation 0                         | --validation must lie in [1, 2147483647], got 0
          --measure-every 0                      | --measure-every must lie in [1, 2147483647], got 0
          --measure train                        | invalid value for option '--measure': expected both or validation, got train
          --order random                         | invalid value for option '--order': expected replacement or shuffled, got random
          --init-last he                         | invalid value for option '--init-last': expected same or zero, got he
          --network "8 relu" --hidden 8          | --hidden goes with one hidden layer, leave it out beside --network
          --network "8 relu" --activation relu   | --activation goes with one hidden layer, leave it out beside --network
          --weight-decay 0.1                     | --weight-decay goes with --optimizer adamw or lion, not with sgd; for every optimiser there is --l2
          --optimizer lion --epsilon 1e-8        | --epsilon goes with --optimizer adamw, not with lion
          --optimizer adamw --momentum 0.9       | --momentum goes with --optimizer sgd, not with adamw
          --optimizer lion --nesterov            | --nesterov goes with --optimizer sgd, not with lion
          --beta1 0.9                            | --beta1 goes with --optimizer adamw or lion, not with sgd
          --decay 0.9 --schedule cosine          | --decay goes with --schedule report, not with cosine
          --nesterov                             | --nesterov needs --momentum, such as 0.9
          --warm-up 1001                         | --warm-up must be at most the 1000 iterations there are, got 1001
          --warm-up 0 --schedule one-cycle       | --warm-up must be at least 1 with --schedule one-cycle, got 0
          --momentum 1                           | --momentum must lie in [0, 1), got 1
          --beta2 1.5 --optimizer adamw          | --beta2 must lie in [0, 1), got 1.5
          --epsilon 0 --optimizer adamw          | --epsilon must be finite and > 0, got 0
          --label-smoothing 1                    | --label-smoothing must lie in [0, 1), got 1
          --ema 1                                | --ema must lie in [0, 1), got 1
          --mixup -1                             | --mixup must be finite and >= 0, got -1
          --clip-norm NaN                        | --clip-norm must be finite and >= 0, got NaN
          --early-stopping -1                    | --early-stopping must lie in [0, 2147483647], got -1
          --init-std -1                          | --init-std must be finite and >= 0, or he, got -1
          --init-std xavier                      | invalid value for option '--init-std': expected a number such as 0.001 or 1e-3, or he, got xavier
          --optimizer adam                       | invalid value for option '--optimizer': expected one of sgd, adamw, lion, got adam
          --schedule step                        | invalid value for option '--schedule': expected one of report, constant, cosine, one-cycle, cosine-log, got step
          --preprocess centred                   | invalid value for option '--preprocess': 'centred' at position 1 is unknown; expected mean or standardise, and after it or alone contrast or contrast(10), cosine(18,5,1), whiten(256,10)
          --augment "flip crop(0)"               | invalid value for option '--augment': '0' at position 11 must be a whole number of pixels in [1, 4096]
          --augment cutout(2.5)                  | invalid value for option '--augment': '2.5' at position 8 must be a whole number of pixels in [1, 4096]
          --augment rotate(5)                    | invalid value for option '--augment': 'rotate' at position 1 is unknown; expected flip, flip(alternating), crop(4), crop(4,reflect), affine(shift=4,rotate=10,scale=0.1), noise(8) or cutout(8)
          --augment cutot(8)                     | invalid value for option '--augment': 'cutot' at position 1 is unknown, did you mean 'cutout'; expected flip, flip(alternating), crop(4), crop(4,reflect), affine(shift=4,rotate=10,scale=0.1), noise(8) or cutout(8)
          --augment crop                         | invalid value for option '--augment': 'crop' at position 1 needs pixels, as in crop(4) or crop(4,reflect)
          --augment crop(4,5)                    | invalid value for option '--augment': '5' at position 8 is unknown; expected crop(4) or crop(4,reflect)
          --augment crop(4,reflect,5)            | invalid value for option '--augment': 'crop' at position 1 needs pixels, as in crop(4) or crop(4,reflect)
          --augment flip(0.5)                    | invalid value for option '--augment': '0.5' at position 6 is unknown; expected flip or flip(alternating)
          --augment flip()                       | invalid value for option '--augment': 'flip' at position 1 needs no parentheses or flip(alternating)
          --augment noise                        | invalid value for option '--augment': 'noise' at position 1 needs grey levels, as in noise(8)
          --augment noise(0)                     | invalid value for option '--augment': '0' at position 7 must be a deviation above 0 and at most 255 grey levels
          --augment affine                       | invalid value for option '--augment': 'affine' at position 1 needs limits, as in affine(shift=4,rotate=10,scale=0.1)
          --augment affine(4)                    | invalid value for option '--augment': '4' at position 8 is no limit such as rotate=10
          --augment affine(shift=4,rotat=3)      | invalid value for option '--augment': 'rotat=3' at position 16 is unknown, did you mean 'rotate'; expected some of shift=4, rotate=10, scale=0.1, stretch=0.1, shear=5
          --augment affine(shift=4,shift=5)      | invalid value for option '--augment': 'shift=5' at position 16 is there twice
          --augment affine(rotate=200)           | invalid value for option '--augment': '200' at position 15 must lie in [0, 180] degrees
          --augment affine(scale=1)              | invalid value for option '--augment': '1' at position 14 must lie in [0, 0.9]
          --augment affine(scale=)               | invalid value for option '--augment': '' at position 14 is no number
          --network "8 gleu"                     | invalid value for option '--network': 'gleu' at position 3 is unknown, did you mean 'gelu'; an item is
          """)
  void whatIsWrongIsOneLine(String typed, String expected) {
    String message = assertThrows(IllegalArgumentException.class, () -> of(typed)).getMessage();
    assertEquals(
        expected.endsWith("an item is") ? expected + " " + NetworkText.ITEMS : expected, message);
  }

  @Test
  void anotherValueTakesAwayTheOptionsThatItLeavesWithoutMeaning() {
    Experiment experiment =
        of("--activation swish --decay 0.9 --momentum 0.5")
            .with(RunOption.NETWORK, NetworkText.of("8 gelu", 3072))
            .with(RunOption.SCHEDULE, RunOption.Rates.CONSTANT)
            .with(RunOption.OPTIMIZER, RunOption.Rule.LION);
    assertEquals("8 gelu", experiment.network().toString());
    assertTrue(experiment.toString().startsWith("--network \"8 gelu\" --iterations"));
    assertEquals(0.99, experiment.get(RunOption.BETA2));
    assertEquals(
        "--momentum goes with --optimizer sgd, not with lion",
        assertThrows(IllegalArgumentException.class, () -> experiment.with(RunOption.MOMENTUM, 0.5))
            .getMessage());
  }
}
