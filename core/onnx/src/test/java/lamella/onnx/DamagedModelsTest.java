package lamella.onnx;

import static lamella.onnx.ModelBytes.attribute;
import static lamella.onnx.ModelBytes.integer;
import static lamella.onnx.ModelBytes.integers;
import static lamella.onnx.ModelBytes.number;
import static lamella.onnx.ModelBytes.tensor;
import static lamella.onnx.ModelBytes.text;
import static lamella.onnx.ModelBytes.texts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import lamella.contract.FileChecks;
import lamella.core.io.FileFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged and hostile files: each is refused by a clear error when it is read or run, or it is run;
 * in bounded time and with bounded memory. {@code -Dlamella.contract.files=1000000} tries that
 * many.
 */
class DamagedModelsTest {
  private static final String FILE = "x.onnx";

  private static final long MEMORY_LIMIT = 1 << 20;

  /** Elements of an input that is made for a damaged file. */
  private static final int MOST_ELEMENTS = 10_000;

  @TempDir Path folder;

  private static ModelBytes model() {
    return new ModelBytes().input("x", OnnxType.FLOAT, "n", 4).output("y", OnnxType.FLOAT, "n", "");
  }

  /** Files that are right, with most of what a file can have. */
  private static List<byte[]> files() throws IOException {
    float[] four = {1, 2, 3, 4};
    float[] eight = {1, -2, 3, -4, 5, -6, 7, -8};
    List<ModelBytes> models =
        List.of(
            model()
                .constant("w", eight, 2, 4)
                .constant("b", new float[] {1, 2}, 2)
                .node("Gemm", "x,w,b", "h", integer("transB", 1), number("alpha", 0.5f))
                .node("Relu", "h", "r")
                .node("Softmax", "r", "y", integer("axis", -1)),
            model()
                .constant(tensor("w", OnnxType.FLOAT, 4, 2).bytes(9, new byte[32]))
                .constant(tensor("one", OnnxType.FLOAT, 2).float32(4, 1).float32(4, 2))
                .node("MatMul", "x,w", "h")
                .node("Add", "h,one", "s")
                .node("Sigmoid", "s", "t")
                .node("Mul", "s,t", "y"),
            model()
                .constant("shape", new long[] {-1, 2, 2}, 3)
                .constant("starts", new long[] {0}, 1)
                .constant("ends", new long[] {1}, 1)
                .constant("axes", new long[] {1}, 1)
                .node("Reshape", "x,shape", "r")
                .node("Transpose", "r", "t", integers("perm", 0, 2, 1))
                .node("Slice", "t,starts,ends,axes", "s")
                .node("Squeeze", "s,axes", "q")
                .node("Unsqueeze", "q,axes", "u")
                .node("Concat", "u,u", "c", integer("axis", 1))
                .node("Flatten", "c", "y", integer("axis", 1)),
            model()
                .constant("index", new long[] {1, 0}, 2)
                .constant("depth", new long[] {3}, 1)
                .constant("onoff", new float[] {0, 1}, 2)
                .constant("reps", new long[] {1, 2}, 2)
                .constant("pads", new long[] {0, 1, 0, 1}, 4)
                .node("Gather", "x,index", "g", integer("axis", 1))
                .node("Split", "g", "a,b", integer("axis", 1))
                .node("Tile", "a,reps", "t")
                .node("Pad", "t,pads", "p")
                .node("ReduceMean", "p", "m", integers("axes", 1), integer("keepdims", 1))
                .node("Expand", "m,reps", "e")
                .node("OneHot", "index,depth,onoff", "o")
                .node("Sub", "p,m", "y"),
            model()
                .constant("k", new long[] {2}, 1)
                .node("Shape", "x", "s")
                .node(
                    "ConstantOfShape",
                    "s",
                    "z",
                    attribute("value", 4).message(5, tensor("", OnnxType.FLOAT, 1).packed(4, 5f)))
                .node("TopK", "z,k", "v,i", integer("axis", -1))
                .node("ArgMax", "x", "a", integer("axis", 1), integer("keepdims", 0))
                .node("Cast", "a", "c", integer("to", 1))
                .node("ReduceSum", "v", "y", integer("keepdims", 1)),
            model()
                .constant("scale", four, 4)
                .constant("bias", four, 4)
                .constant("mean", four, 4)
                .constant("var", four, 4)
                .node("BatchNormalization", "x,scale,bias,mean,var", "b", number("epsilon", 1e-3f))
                .opset("", 17)
                .node("LayerNormalization", "b,scale,bias", "l", integer("axis", -1))
                .node("PRelu", "l,scale", "p")
                .node("Clip", "p", "c")
                .node("Dropout", "c", "y"),
            model()
                .opset(Node.ML, 3)
                .node(
                    Node.ML,
                    "Scaler",
                    "x",
                    "s",
                    attribute("offset", 6).packed(7, 1f, 2f, 3f, 4f),
                    attribute("scale", 6).packed(7, 1f, 2f, 3f, 4f))
                .node(
                    Node.ML,
                    "LinearClassifier",
                    "s",
                    "l,p",
                    attribute("coefficients", 6).packed(7, eight),
                    attribute("intercepts", 6).packed(7, 1f, 2f),
                    integers("classlabels_ints", 5, 6),
                    text("post_transform", "SOFTMAX"))
                .node(Node.ML, "Normalizer", "p", "n", text("norm", "L1"))
                .node(Node.ML, "ZipMap", "n", "z", texts("classlabels_strings", "a", "b"))
                .node("Cast", "l", "y", integer("to", 7))
                .output(Proto.of().text(1, "z")),
            model()
                .version(3)
                .opset("", 8)
                .opset(Node.ML, 2)
                .input("w", OnnxType.FLOAT, 4)
                .constant("w", four, 4)
                .node(
                    "Constant",
                    "",
                    "c",
                    attribute("value", 4)
                        .message(5, tensor("", OnnxType.INT64, 2).packed(7, -1L, 4L)))
                .node("Add", "x,w", "a")
                .node("Reshape", "a,c", "r")
                .node(
                    Node.ML,
                    "Imputer",
                    "r",
                    "i",
                    attribute("imputed_value_floats", 6).packed(7, 1f))
                .node("Identity", "i", "y"),
            new ModelBytes()
                .opset(Node.ML, 2)
                .input("x", OnnxType.STRING, "n", 1)
                .constant(tensor("s", OnnxType.STRING, 2).text(6, "a").text(6, "b"))
                .constant(tensor("d", OnnxType.DOUBLE, 2).packed(10, 1d, 2d))
                .constant(tensor("h", OnnxType.FLOAT16, 2).packed(5, 0x3e00L, 0xc000L))
                .constant(tensor("u", OnnxType.UINT8, 2).packed(5, 1L, 255L))
                .node(
                    Node.ML,
                    "LabelEncoder",
                    "x",
                    "k",
                    texts("keys_strings", "a", "b"),
                    integers("values_int64s", 1, 2))
                .node(Node.ML, "OneHotEncoder", "k", "o", integers("cats_int64s", 1, 2))
                .node("Cast", "h", "f", integer("to", 11))
                .node("Add", "f,d", "g")
                .node("Cast", "u", "v", integer("to", 1))
                .node("Mul", "o,v", "y")
                .output("y", OnnxType.FLOAT, "n", 1, 2)
                .output("g", OnnxType.DOUBLE, 2));
    List<byte[]> files = new ArrayList<>();
    models.forEach(model -> files.add(model.bytes()));
    for (Path file : OtherModels.files("", ".onnx")) {
      if (Files.size(file) < 3000 && !file.toString().contains("dynamo")) {
        files.add(Files.readAllBytes(file));
      }
    }
    return files;
  }

  /** Half of the damage is to bytes, half to what they say. */
  private abstract static class Checks<R> extends FileChecks<R> {
    private final List<byte[]> files;

    Checks(List<byte[]> files, String name) {
      super(FileFormatException.class, name);
      this.files = files;
    }

    @Override
    protected byte[] finish(byte[] damaged) {
      int hash = Arrays.hashCode(damaged);
      if ((hash & 1) == 0 || files.stream().anyMatch(file -> Arrays.equals(file, damaged))) {
        return damaged;
      }
      SplittableRandom random = new SplittableRandom(hash);
      return MessageDamage.of(files.get(random.nextInt(files.size())), random);
    }
  }

  @Test
  void damagedFilesAreReadOrRefused() throws IOException {
    List<byte[]> files = files();
    FileChecks<OnnxModel> checks =
        new Checks<>(files, FILE + ": ") {
          @Override
          protected OnnxModel read(byte[] file) throws IOException {
            return OnnxModel.parse(FILE, file);
          }

          @Override
          protected long allowance(byte[] file) {
            return 200_000 + 100L * file.length;
          }

          @Override
          protected void requireRight(byte[] file, OnnxModel read) {
            // What it says of itself needs no run.
            assertTrue(read.values().containsAll(read.supportedOutputs()));
            read.constants().forEach(constant -> assertTrue(constant.toString().length() > 0));
          }
        };
    FileChecks.Tally tally = checks.run(files, 5_000);
    assertTrue(tally.read() > 500 && tally.refused() > 500, tally.toString());
  }

  @Test
  void damagedFilesAreMadeNetworksOfOrRefused() throws IOException {
    List<byte[]> files = new ArrayList<>();
    for (byte[] file : files()) {
      try {
        OnnxImport.parse(FILE, file);
        files.add(file);
      } catch (FileFormatException e) {
        // One of which no network can be made.
      }
    }
    FileChecks<OnnxImport> checks =
        new Checks<>(files, FILE + ": ") {
          @Override
          protected OnnxImport read(byte[] file) throws IOException {
            return OnnxImport.parse(FILE, file);
          }

          @Override
          protected long allowance(byte[] file) {
            return 32 * MEMORY_LIMIT + 1000L * file.length;
          }

          @Override
          protected void requireRight(byte[] file, OnnxImport read) {
            assertTrue(read.network().toString().length() > 0);
          }
        };
    FileChecks.Tally tally = checks.run(files, 2_000);
    assertTrue(tally.read() > 50 && tally.refused() > 500, tally.toString());
  }

  @Test
  void damagedFilesAreRunOrRefused() throws IOException {
    List<byte[]> files = files();
    int[] runs = new int[2];
    FileChecks<OnnxModel> checks =
        new Checks<>(files, FILE + ": ") {
          @Override
          protected OnnxModel read(byte[] file) throws IOException {
            OnnxModel model = OnnxModel.parse(FILE, file).withMemoryLimit(MEMORY_LIMIT);
            runs[isRun(model) ? 0 : 1]++;
            return model;
          }

          @Override
          protected long allowance(byte[] file) {
            return 32 * MEMORY_LIMIT + 1000L * file.length;
          }

          @Override
          protected void requireRight(byte[] file, OnnxModel read) {}
        };
    FileChecks.Tally tally = checks.run(files, 5_000);
    assertTrue(tally.read() > 500 && runs[0] > 300 && runs[1] > 100, tally + Arrays.toString(runs));
  }

  /** Whether a model could be run. */
  private static boolean isRun(OnnxModel whole) {
    List<String> outputs = whole.supportedOutputs();
    if (outputs.isEmpty()) {
      return false;
    }
    OnnxModel model = whole.withOutputs(outputs.toArray(String[]::new));
    Map<String, OnnxArray> inputs = new LinkedHashMap<>();
    for (OnnxValue input : model.inputs()) {
      List<OnnxValue.Dimension> dimensions = input.dimensions();
      int[] sizes = new int[dimensions == null ? 2 : dimensions.size()];
      long size = 1;
      for (int i = 0; i < sizes.length; i++) {
        boolean open = dimensions == null || dimensions.get(i).isOpen();
        sizes[i] = open ? 2 : dimensions.get(i).size();
        size = Math.min(size * sizes[i], MOST_ELEMENTS + 1);
      }
      if (size > MOST_ELEMENTS) {
        return false;
      }
      OnnxType type = input.type() == null ? OnnxType.FLOAT : input.type();
      Object elements =
          switch (type.storage()) {
            case FLOATS -> new float[(int) size];
            case DOUBLES -> new double[(int) size];
            case LONGS -> new long[(int) size];
            case STRINGS -> {
              String[] texts = new String[(int) size];
              Arrays.fill(texts, "a");
              yield texts;
            }
          };
      inputs.put(input.name(), OnnxArray.of(type, elements, sizes));
    }
    try {
      Map<String, OnnxArray> results = model.run(inputs);
      assertEquals(model.outputs().size(), results.size());
      return true;
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      assertTrue(message.startsWith(FILE + ": "), message);
      assertEquals(1, message.lines().count(), message);
      assertTrue(message.length() < 2000, message);
      assertTrue(!message.contains("cannot be computed ("), message);
      return false;
    }
  }

  private static Proto entry(String key, String value) {
    return Proto.of().text(1, key).text(2, value);
  }

  @Test
  void damagedFilesWithElementsInOthersAreReadOrRefused() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    Files.write(folder.resolve("secret"), new byte[64]);
    Files.write(inner.resolve("data"), new byte[64]);
    Files.createSymbolicLink(inner.resolve("link"), folder.resolve("secret"));
    ModelBytes model = model().node("Add", "x,w0", "y");
    String[] locations = {"data", "./data", "data"};
    for (int i = 0; i < locations.length; i++) {
      model.constant(
          tensor("w" + i, OnnxType.FLOAT, 4)
              .integer(14, 1)
              .message(13, entry("location", locations[i]))
              .message(13, entry("offset", Integer.toString(16 * i)))
              .message(13, entry("length", "16")));
    }
    // Texts that damage may put in the place of others.
    for (String text :
        new String[] {
          "../secret",
          "link",
          "/etc/hostname",
          ".",
          "..",
          "-1",
          "99999999999",
          "9223372036854775807",
          "inner/../../secret"
        }) {
      model.more().message(14, entry(text, text));
    }
    List<byte[]> files = List.of(model.bytes());
    Path file = inner.resolve("x.onnx");
    FileChecks<OnnxModel> checks =
        new Checks<>(files, file.toString()) {
          @Override
          protected OnnxModel read(byte[] bytes) throws IOException {
            Files.write(file, bytes);
            OnnxModel read = OnnxModel.read(file);
            Graph graph = Graph.read(file);
            for (String constant : graph.constants()) {
              if (graph.type(constant) != null) {
                graph.constant(constant);
              }
            }
            return read;
          }

          @Override
          protected long allowance(byte[] bytes) {
            return 2_000_000 + 200L * bytes.length;
          }

          @Override
          protected void requireRight(byte[] bytes, OnnxModel read) {}
        };
    FileChecks.Tally tally = checks.run(files, 1_000);
    assertTrue(tally.read() > 50 && tally.refused() > 50, tally.toString());
  }
}
