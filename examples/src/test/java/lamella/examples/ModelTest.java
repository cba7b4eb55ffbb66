package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.core.DType;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.SafeTensors;
import lamella.core.random.NumPyRandom;
import lamella.data.cifar.MeanImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelTest {
  @TempDir Path directory;

  private static Model model(DType dtype) {
    NumPyRandom random = new NumPyRandom(3);
    double[] mean = new double[3072];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = 255 * random.nextDouble();
    }
    return new Model(
        TwoLayerNetwork.of(3072, 5, 3, Activation.SWISH, 0.1, dtype, random),
        MeanImage.of(mean),
        List.of("cat", "dog", "polar bear"),
        Map.of("seed", "3"));
  }

  private Path written(DType dtype) throws IOException {
    Path file = directory.resolve("model.safetensors");
    model(dtype).write(file);
    return file;
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void comesBackBitForBit(DType dtype) throws IOException {
    Model before = model(dtype);
    Model after = Model.read(written(dtype));
    assertEquals(before.fingerprint(), after.fingerprint());
    assertEquals(dtype, after.network().dtype());
    assertEquals(before.network().toString(), after.network().toString());
    assertArrayEquals(before.mean().values(), after.mean().values());
    assertEquals(before.classNames(), after.classNames());
    assertEquals(before.origin(), after.origin());
  }

  @Test
  void theFileHasTheParametersByNameAndSaysHowItWasMade() throws IOException {
    SafeTensors content = SafeTensors.read(written(DType.FLOAT32));
    assertEquals(
        List.of("w1", "b1", "w2", "b2", "mean_image"), List.copyOf(content.tensors().keySet()));
    assertEquals(Shape.of(3072, 5), content.tensor("w1").shape());
    assertEquals("swish", content.metadata().get("activation"));
    assertEquals("cat,dog,polar bear", content.metadata().get("classes"));
    assertEquals("float32", content.metadata().get("dtype"));
    assertEquals("HWC", content.metadata().get("layout"));
    assertEquals("3", content.metadata().get("seed"));
    assertEquals(model(DType.FLOAT32).fingerprint(), content.metadata().get("fingerprint"));
  }

  @Test
  void aFlippedBitInAParameterIsNoticed() throws IOException {
    Path file = written(DType.FLOAT32);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 3072 * 8 - 1] ^= 1;
    Files.write(file, bytes);
    assertTrue(
        failure(file)
            .matches(
                ".*model.safetensors: .*fingerprint of the parameters [0-9a-f]{64} expected, .*"),
        failure(file));
  }

  @Test
  void aFileCutAnywhereIsRefusedInOneLine() throws IOException {
    Path file = written(DType.FLOAT32);
    byte[] bytes = Files.readAllBytes(file);
    for (int length : new int[] {0, 1, 7, 8, 100, 1000, bytes.length / 2, bytes.length - 1}) {
      Files.write(file, java.util.Arrays.copyOf(bytes, length));
      String message = failure(file);
      assertTrue(message.contains("model.safetensors: "), message);
      assertEquals(1, message.lines().count(), message);
    }
  }

  @Test
  void safetensorsFilesOfOthersAreRefusedWithTheReason() throws IOException {
    assertRefused("its metadata have no layout", tensors -> {}, metadata -> metadata.clear());
    assertRefused(
        "layout HWC expected, CHW found", tensors -> {}, metadata -> metadata.put("layout", "CHW"));
    assertRefused(
        "expected one of relu, leaky-relu, swish, selu, got tanh",
        tensors -> {},
        metadata -> metadata.put("activation", "tanh"));
    assertRefused(
        "classes [2] expected, [3] found",
        tensors -> {},
        metadata -> metadata.put("classes", "a,b"));
    assertRefused("no tensor \"b2\"", tensors -> tensors.remove("b2"), metadata -> {});
    assertRefused(
        "expects [5], got [4]",
        tensors -> tensors.put("b1", Tensor.zeros(DType.FLOAT32, Shape.of(4))),
        metadata -> {});
    assertRefused(
        "inputs [3072] expected, [100] found",
        tensors -> tensors.put("w1", Tensor.zeros(DType.FLOAT32, Shape.of(100, 5))),
        metadata -> {});
    assertRefused(
        "3072 values expected, got 7",
        tensors -> tensors.put("mean_image", Tensor.zeros(DType.FLOAT64, Shape.of(7))),
        metadata -> {});
  }

  /** A change of a map. */
  private interface Change<T> {
    void apply(Map<String, T> map);
  }

  private void assertRefused(String reason, Change<Tensor> tensors, Change<String> metadata)
      throws IOException {
    SafeTensors content = SafeTensors.read(written(DType.FLOAT32));
    Map<String, Tensor> changedTensors = new LinkedHashMap<>(content.tensors());
    Map<String, String> changedMetadata = new LinkedHashMap<>(content.metadata());
    tensors.apply(changedTensors);
    metadata.apply(changedMetadata);
    Path file = directory.resolve("other.safetensors");
    SafeTensors.of(changedTensors, changedMetadata).write(file);
    String message = failure(file);
    assertTrue(message.contains("other.safetensors: "), message);
    assertTrue(message.contains(reason), message);
  }

  private static String failure(Path file) {
    return assertThrows(FileFormatException.class, () -> Model.read(file)).getMessage();
  }
}
