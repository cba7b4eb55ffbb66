package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import lamella.core.io.NpyArray;
import lamella.core.io.Npz;
import lamella.core.io.OnnxExport;
import lamella.core.io.Parameters;
import lamella.core.io.SafeTensors;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenModelTest {
  private static final FloatTensor X = FloatTensor.of(Shape.of(2, 3), 1, -2, 3, 4, 5, -6);

  @TempDir Path directory;

  private static Network network() {
    NumPyRandom random = new NumPyRandom(3);
    return Network.of(Shape.of(3), new Linear(3, 4, random), new ReLU(), new Linear(4, 2, random))
        .withOutputs(Outputs.CLASSES);
  }

  /** Under a name that says nothing. */
  private Path file() {
    return directory.resolve("model");
  }

  private void cannotBeOpened(ModelKind kind, String problem) throws IOException {
    assertEquals(kind, ModelKind.of(file()));
    FileFormatException e = assertThrows(FileFormatException.class, () -> OpenModel.read(file()));
    assertTrue(String.valueOf(e.getMessage()).startsWith(file() + ": " + problem), e.getMessage());
  }

  @Test
  void ourModelsAndThoseInOnnxAreToldByTheirContent() throws IOException {
    Network network = network();
    double[] expected = network.forward(X).toDoubleArray();
    Map<String, String> metadata = Map.of("classes", "cat,dog");
    new ModelFile(network, Map.of(), metadata).write(file());
    OpenModel ours = OpenModel.read(file());
    assertEquals(ModelKind.NETWORK, ours.kind());
    assertArrayEquals(expected, ours.network().forward(X).toDoubleArray());
    assertEquals(List.of("cat", "dog"), ours.classNames());

    OnnxExport.of(network).withSoftmax().withMetadata(metadata).write(file());
    OpenModel theirs = OpenModel.read(file());
    assertEquals(ModelKind.ONNX, theirs.kind());
    assertArrayEquals(expected, theirs.network().forward(X).toDoubleArray());
    assertEquals(Outputs.CLASSES, theirs.network().outputs());
    assertEquals(List.of("cat", "dog"), theirs.classNames());
  }

  @Test
  void theMeanImageOfOldFilesIsSubtracted() throws IOException {
    Network network = network();
    Tensor mean = FloatTensor.of(Shape.of(3), 1, 2, 3);
    new ModelFile(network, Map.of("mean_image", mean), Map.of()).write(file());
    assertArrayEquals(
        network.forward(FloatTensor.of(Shape.of(2, 3), 0, -4, 0, 3, 3, -9)).toDoubleArray(),
        OpenModel.read(file()).network().forward(X).toDoubleArray());
    Map<String, Tensor> another = Map.of("mean_image", FloatTensor.of(Shape.of(2), 1, 2));
    new ModelFile(network, another, Map.of()).write(file());
    cannotBeOpened(ModelKind.NETWORK, "3 numbers in its mean_image expected, 2 found");
  }

  @Test
  void filesThatSayNothingOfLayersAreRefusedByWhatTheyAre() throws IOException {
    Map<String, Tensor> parameters = Parameters.of(network());
    SafeTensors.of(parameters, Map.of("format", "pt")).write(file());
    cannotBeOpened(ModelKind.WEIGHTS, "has tensors by name, but nothing of the layers");
    SafeTensors.of(parameters, Map.of("description.network", "Network")).write(file());
    cannotBeOpened(ModelKind.CHECKPOINT, "is a checkpoint, from which 'lamella train --resume'");
    Npz.ofTensors(parameters).write(file());
    cannotBeOpened(ModelKind.ARRAYS, "has arrays of NumPy's, but nothing of the layers");
    NpyArray.of(X).write(file());
    cannotBeOpened(ModelKind.ARRAYS, "has arrays of NumPy's, but nothing of the layers");
  }

  @Test
  void whatIsWrongWithADamagedFileIsSaid() throws IOException {
    ModelFile.of(network()).write(file());
    byte[] whole = Files.readAllBytes(file());
    Files.write(file(), Arrays.copyOf(whole, 200));
    cannotBeOpened(ModelKind.NETWORK, "");
    Files.write(file(), new byte[0]);
    cannotBeOpened(ModelKind.OTHER, "at least 8 bytes expected, 0 found (the file is empty)");
    Files.writeString(file(), "<html>");
    cannotBeOpened(ModelKind.OTHER, "at least 8 bytes expected, 6 found");
    Files.writeString(file(), "\b\7\22\7");
    assertEquals(ModelKind.ONNX, ModelKind.of(file()));
    assertThrows(FileFormatException.class, () -> OpenModel.read(file()));
    Path named = Files.write(directory.resolve("text.ONNX"), new byte[3]);
    assertEquals(ModelKind.ONNX, ModelKind.of(named));
  }
}
