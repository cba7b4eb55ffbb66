package lamella.benchmarks.tables;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccuracyTest {
  @TempDir Path folder;

  @Test
  void thePageHasMeansOfTheSeedsAndOthersBesideThem() throws IOException {
    measured(
        "penguins,lamella,0,0.980000,0.020000,,0.970000,,,1.5,epoch 9; 0123456789abcdef",
        "penguins,lamella,1,1.000000,0.040000,,1.000000,,,2.5,epoch 8; fedcba9876543210",
        "penguins,smile,0,0.985714,0.090000,,0.976190,,,0.5,100 epochs");
    baselines("penguins,mlp,0,0.985714,0.023161,,0.976190,,,0.5,200 epochs");
    split("penguins", 70);

    String text = section();

    contains(text, "| penguins | 99.00 ± 1.41 | 98.57 |  |  |  |  | 98.57 |");
    contains(text, "| penguins | 0.0300 ± 0.0141 | 0.0900 |");
    contains(text, "| penguins | 1 | 2.5 | epoch 8; fedcba9876543210 |");
    contains(text, "| penguins | 2.0 | 0.5 |  |  |");
    // The standard error of 99 % among 70 rows is 1.19 %.
    contains(text, "| penguins | accuracy | 0.9900 | mlp: 0.9857 − 0.0119 | yes |");
    assertFalse(text.contains("Balanced accuracy"), text);
  }

  @Test
  void aTieIsHeldAgainstTheBestColumnAndTheLinearModelsLogLoss() throws IOException {
    measured("credit,lamella,0,0.770000,0.470000,0.8,0.7,,,1.5,epoch 9");
    baselines(
        "credit,linear,0,0.771044,0.463300,0.8,0.7,,,0.1,penalty 100",
        "credit,mlp,0,0.765400,0.539500,0.8,0.7,,,1.0,",
        "credit,mlp-256,0,0.783000,0.465100,0.8,0.7,,,1.0,");
    split("credit", 900);

    String text = section();

    contains(text, "| credit | accuracy | 0.7700 | the best, mlp-256: 0.7830 − 0.0140 | yes |");
    contains(text, "| credit | logloss | 0.4700 | linear: 0.4633 | **no** |");
  }

  @Test
  void anErrorIsToBeLess() throws IOException {
    measured("diamonds,lamella,0,,,,,0.089000,0.992,1.5,epoch 9");
    baselines(
        "diamonds,mlp,0,,,,,0.106100,0.989,1.0,", "diamonds,mlp-256,0,,,,,0.088900,0.99,1.0,");

    String text = section();

    contains(text, "| diamonds | rmse | 0.0890 | ≤ 0.0880 | **no** |");
    contains(text, "| diamonds | rmse | 0.0890 | mlp: 0.1061 | yes |");
    contains(text, "| diamonds | rmse | 0.0890 | mlp-256: 0.0889 | **no** |");
  }

  private String section() throws IOException {
    return new Accuracy(folder, new Programs(folder, "python3"), folder.resolve("store.csv"))
        .section();
  }

  private static void contains(String text, String part) {
    assertTrue(text.contains(part), () -> "no \"" + part + "\" in\n" + text);
  }

  private void measured(String... lines) throws IOException {
    write(folder.resolve("store.csv"), lines);
  }

  private void baselines(String... lines) throws IOException {
    write(Files.createDirectories(folder.resolve("baselines")).resolve("results.csv"), lines);
  }

  private static void write(Path file, String... lines) throws IOException {
    List<String> all = new ArrayList<>(List.of(Result.HEADER));
    all.addAll(Arrays.asList(lines));
    Files.write(file, all);
  }

  private void split(String name, int testRows) throws IOException {
    List<String> parts = new ArrayList<>(List.of("split", "train", "validation"));
    parts.addAll(Collections.nCopies(testRows, "test"));
    Files.write(folder.resolve(name + ".split.csv"), parts);
  }
}
