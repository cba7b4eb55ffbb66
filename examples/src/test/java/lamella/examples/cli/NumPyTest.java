package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lamella.core.Batch;
import lamella.core.Pass;
import lamella.core.Tensor;
import lamella.core.io.NpyArray;
import lamella.core.io.Npz;
import lamella.data.cifar.Cifar10;
import lamella.data.cifar.ImageDataset;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.MeanImage;
import lamella.examples.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ten lines of NumPy in the guide's onnx-numpy.md, on a network trained here. */
class NumPyTest {
  private static final int TEST_IMAGES = 10_000;

  /** Logits this close, relative to the largest, are a tie: float32 has 6e-8. */
  private static final double TIE = 1e-5;

  @TempDir Path directory;

  private static void lamella(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
    assertEquals(
        0,
        Lamella.run(new PrintWriter(out, true), new PrintWriter(err, true), words),
        err::toString);
  }

  @Test
  void tenLinesOfNumPyPredictTheSame() throws IOException, InterruptedException {
    lamella("data", "synthesize", directory);
    lamella("train", "--data", directory, "--out", directory, "--iterations", 200, "--hidden", 16);
    Path model = directory.resolve("model.safetensors");
    lamella("export", "--model", model, "--npz", directory.resolve("model.npz"));
    Npz npz = Npz.read(directory.resolve("model.npz"));
    assertEquals(
        "Npz(0.mean float32[3072], 1.weight float32[3072, 16], 1.bias float32[16],"
            + " 3.weight float32[16, 10], 3.bias float32[10])",
        npz.toString());

    List<String> lines = script();
    assertEquals(10, lines.size(), lines.toString());
    if (!python(List.of("import numpy"))) {
      System.out.println("NumPyTest: no python3 with NumPy here, nothing compared");
      return;
    }
    assertTrue(python(lines), this::output);
    double accuracy = Double.parseDouble(output().strip());
    int[] theirs = NpyArray.read(directory.resolve("predictions.npy")).ints();
    assertPredictions(Model.read(model), theirs, accuracy);
  }

  private void assertPredictions(Model model, int[] theirs, double accuracy) throws IOException {
    ImageDataset images =
        new ImageDataset(
            Cifar10.open(directory, Model.LAYOUT).split(1000).test(),
            MeanImage.zero(ImageShape.CIFAR10));
    assertEquals(TEST_IMAGES, theirs.length);
    Batch<int[]> batch = images.newBatch(1000, model.network().dtype());
    Pass pass = Pass.forInference();
    int[] indices = new int[1000];
    int right = 0;
    for (int start = 0; start < TEST_IMAGES; start += indices.length) {
      int from = start;
      Arrays.setAll(indices, i -> from + i);
      images.read(indices, batch);
      Tensor logits = model.network().forward(batch.inputs(), pass);
      for (int row = 0; row < indices.length; row++) {
        int ours = logits.argMax(row);
        int their = theirs[start + row];
        double difference = logits.get(row, ours) - logits.get(row, their);
        assertTrue(difference <= TIE * Math.abs(logits.get(row, ours)), "image " + (start + row));
        right += their == batch.targets()[row] ? 1 : 0;
      }
    }
    assertEquals((double) right / TEST_IMAGES, accuracy);
    assertTrue(accuracy > 0.2, "accuracy " + accuracy); // ten classes
  }

  /** Its lines that are not empty. */
  private static List<String> script() throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    Path root = Files.exists(folder.resolve("README.md")) ? folder : folder.getParent();
    Matcher block =
        Pattern.compile("```python\\R(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(root.resolve("examples/guide/onnx-numpy.md")));
    assertTrue(block.find());
    return block.group(1).lines().filter(line -> !line.isBlank()).toList();
  }

  private boolean python(List<String> lines) throws IOException, InterruptedException {
    String script = String.join("\n", lines);
    if (script.contains("predictions")) {
      script += "\nnp.save('predictions.npy', predictions)\n";
    }
    try {
      return new ProcessBuilder("python3", "-c", script)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("output").toFile())
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private String output() {
    try {
      return Files.readString(directory.resolve("output"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
