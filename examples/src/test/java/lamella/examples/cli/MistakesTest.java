package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import lamella.examples.Activation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is typed, the answer is one line that helps. */
class MistakesTest {
  @TempDir Path directory;

  private record Outcome(int status, String out, String err) {}

  private static Outcome lamella(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Lamella.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
    return new Outcome(status, out.toString(), err.toString().strip());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          trian                          | lamella: unknown command 'trian', did you mean 'train'? (see 'lamella --help')
          Train                          | lamella: unknown command 'Train', did you mean 'train'? (see 'lamella --help')
          eval                           | lamella: unknown command 'eval'; see 'lamella --help'
          xyz                            | lamella: unknown command 'xyz'; see 'lamella --help'
          help pedict                    | lamella: unknown command 'pedict', did you mean 'predict'? (see 'lamella --help')
          data fetsh                     | lamella data: unknown command 'fetsh', did you mean 'fetch'? (see 'lamella data --help')
          train --iteratons 5            | lamella train: unknown option '--iteratons', did you mean '--iterations'? (see 'lamella train --help')
          train --learning_rate=5        | lamella train: unknown option '--learning_rate', did you mean '--learning-rate'? (see 'lamella train --help')
          train -seed 5                  | lamella train: unknown option '-seed', did you mean '--seed'? (see 'lamella train --help')
          train --epohcs 5               | lamella train: unknown option '--epohcs', did you mean '--epochs'? (see 'lamella train --help')
          train --lr 5                   | lamella train: unknown option '--lr', did you mean '--learning-rate'? (see 'lamella train --help')
          export --force                 | lamella export: unknown option '--force', did you mean '--replace'? (see 'lamella export --help')
          train --xyzzy                  | lamella train: unknown option '--xyzzy'; see 'lamella train --help'
          train 5                        | lamella train: unexpected argument '5'; see 'lamella train --help'
          train --hidden                 | lamella train: missing required parameter for option '--hidden' (N); see 'lamella train --help'
          train --hidden 1e3             | lamella train: invalid value for option '--hidden': expected a whole number, got 1e3; see 'lamella train --help'
          train --hidden 700000          | lamella train: --hidden must lie in [1, 699050], got 700000; see 'lamella train --help'
          train --seed 99999999999999999999 | lamella train: --seed must lie in [0, 4294967295], got 99999999999999999999; see 'lamella train --help'
          train --decay 1,5              | lamella train: invalid value for option '--decay': expected a number such as 0.001 or 1e-3, got 1,5; see 'lamella train --help'
          train --l2 1e999               | lamella train: --l2 must be finite and >= 0, got 1e999; see 'lamella train --help'
          train --steps 0                | lamella train: --iterations must lie in [1, 2147483647], got 0; see 'lamella train --help'
          train --steps 1 --iterations 2 | lamella train: option '--iterations' (N) should be specified only once; see 'lamella train --help'
          train --activation tanh        | lamella train: invalid value for option '--activation': expected one of relu, leaky-relu, swish, selu, got tanh; see 'lamella train --help'
          train --weight-decay 0.1       | lamella train: --weight-decay goes with --optimizer adamw or lion, not with sgd; for every optimiser there is --l2; see 'lamella train --help'
          train --optimiser adamw        | lamella train: unknown option '--optimiser', did you mean '--optimizer'? (see 'lamella train --help')
          train --dropout 0.1            | lamella train: unknown option '--dropout', did you mean '--network'? (see 'lamella train --help')
          train --patience 3             | lamella train: unknown option '--patience', did you mean '--early-stopping'? (see 'lamella train --help')
          train --inputs standardised    | lamella train: unknown option '--inputs', did you mean '--preprocess'? (see 'lamella train --help')
          train --nesterov=5 --momentum 0.5 | lamella train: option '--nesterov' should be specified without '5' parameter; see 'lamella train --help'
          train --network 8,relu         | lamella train: invalid value for option '--network': '8,relu' at position 1 is no width, which is a whole number such as 256; see 'lamella train --help'
          report --network 8             | lamella report: unknown option '--network'; see 'lamella report --help'
          run --inputs a.npz             | lamella run: missing required option: --outputs; see 'lamella run --help'
          run                            | lamella run: missing required option: --inputs; see 'lamella run --help'
          run --inputs a.npz --output b.npz | lamella run: missing required option: --outputs (the file; --output names a value of the model); see 'lamella run --help'
          run --inputs a.npz --outputs b.npz --batch 0 | lamella run: --batch must be at least 1, got 0; see 'lamella run --help'
          serve --port 65536             | lamella serve: --port must lie in [0, 65535], got 65536; see 'lamella serve --help'
          serve --max-examples 0         | lamella serve: --max-examples must lie in [1, 16777216], got 0; see 'lamella serve --help'
          serve --model a=x --model a=y  | lamella serve: --model: x and y would both have the name a; say --model NAME=FILE; see 'lamella serve --help'
          """)
  void sayWhatIsWrongAndWhatWasMeant(String typed, String expected) {
    Outcome outcome = lamella(typed.split(" "));
    assertEquals(expected, outcome.err);
    assertEquals(2, outcome.status);
    assertEquals("", outcome.out);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tr-TR", "fa-IR"})
  void namesOfActivationsAndTypesAreTakenInCapitalsToo(String locale) {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(locale));
    try {
      for (Activation activation : Activation.values()) {
        for (String name :
            List.of(
                activation.toString(),
                activation.title(),
                activation.name(),
                activation.title().toUpperCase(Locale.ROOT))) {
          assertEquals(activation, Activation.named(name));
        }
      }
      Outcome outcome =
          lamella("train", "--activation", "SWISH", "--dtype", "FLOAT64", "--data", "/missing");
      assertEquals(1, outcome.status, outcome.err);
      assertFalse(outcome.err.contains("--activation"), outcome.err);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void anyWordsAreAnsweredByOneLine() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    Path file = Files.writeString(directory.resolve("file"), "some text");
    Path folder = Files.createDirectory(directory.resolve("folder"));
    List<String> values =
        List.of(
            "0",
            "1",
            "-1",
            "1e3",
            "NaN",
            "Infinity",
            "1e-400",
            "99999999999",
            "",
            " ",
            "-",
            "--",
            "=",
            "@",
            "@" + file,
            "relu",
            "8 residual(",
            "flip crop(99)",
            "adamw",
            "FLOAT32",
            "\0",
            "a\nb",
            "%s%n",
            "${x}",
            "\u0660\u0661",
            "\ud800",
            "*",
            "?",
            "~",
            "--help=1",
            "-h1",
            "--no-such",
            "~nobody/x",
            "nul",
            "a,b",
            file.toString(),
            folder.toString(),
            file + "/x",
            folder + "/new",
            "http://[",
            "/dev/null");
    for (int i = 0; i < 3000; i++) {
      List<String> words = new ArrayList<>(random.nextInt(8) == 0 ? List.of() : command(random));
      int count = random.nextInt(4);
      for (int k = 0; k < count; k++) {
        boolean option = random.nextBoolean();
        String value = values.get(random.nextInt(values.size()));
        String name = OPTIONS.get(random.nextInt(OPTIONS.size()));
        if (!option) {
          words.add(value);
        } else if (random.nextBoolean()) {
          words.add(name + "=" + value);
        } else {
          words.addAll(List.of(name, value));
        }
      }
      words.removeIf(word -> word.matches("-h|--help|-V|--version"));
      Outcome outcome = lamella(words.toArray(String[]::new));
      String what = (words + ": " + outcome).replace("\0", "NUL");
      if (outcome.status == 0) {
        assertTrue(outcome.out.startsWith("Usage: lamella"), what); // -h may stand in a cluster
        continue;
      }
      assertTrue(outcome.status == 1 || outcome.status == 2, what);
      assertFalse(outcome.err.contains("internal error"), what);
      assertFalse(outcome.err.contains("\tat "), what);
      assertFalse(outcome.err.contains("Exception"), what);
      assertNotEquals("", outcome.err, what);
      List<String> lines = outcome.err.lines().toList();
      assertEquals(1, lines.size(), what);
      assertTrue(lines.getFirst().startsWith("lamella"), what);
    }
    try (Stream<Path> files = Files.walk(directory)) {
      assertEquals(3, files.count(), "something was written");
    }
    assertEquals("some text", Files.readString(file));
  }

  private static final List<String> OPTIONS =
      List.of(
          "--activation",
          "--network",
          "--optimizer",
          "--schedule",
          "--warm-up",
          "--beta2",
          "--nesterov",
          "--augment",
          "--mixup",
          "--inputs",
          "--outputs",
          "--hidden",
          "--iterations",
          "--batch-size",
          "--learning-rate",
          "--decay",
          "--l2",
          "--init-std",
          "--seed",
          "--dtype",
          "--out",
          "--checkpoints",
          "--every",
          "--resume",
          "--tensorboard",
          "--host",
          "--port",
          "--onnx",
          "--npz",
          "--bad",
          "-x",
          "--steps");

  /** A command that cannot succeed: its images or its model are not there. */
  private List<String> command(SplittableRandom random) {
    String missing = directory.resolve("missing").toString();
    String[] commands = {
      "train --data " + missing,
      "report --data " + missing,
      "evaluate --model " + missing,
      "predict --model " + missing + " image.png",
      "serve --model " + missing,
      "export --model " + missing,
      "run --model " + missing + " --inputs x.npz --outputs " + missing + ".npz",
      "table",
      "table describe " + missing,
      "table train --target x " + missing,
      "table folds --target x " + missing,
      "table evaluate --model " + missing + " " + missing,
      "table predict --model " + missing + " " + missing,
      "data",
      "data info --data " + missing,
      "data fetch --url",
      "data synthesize --bad",
      "help x"
    };
    return Arrays.asList(commands[random.nextInt(commands.length)].split(" "));
  }
}
