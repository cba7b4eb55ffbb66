package lamella.core.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lamella.core.DType;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Formats of others' layers: with options, with parameters of their own, with layers inside. */
class LayerFormatTest {
  /** Has what a layer has, and computes nothing. */
  private static final class Box implements Layer {
    private final int size;
    private final List<Parameter> own;
    private final List<Layer> inside;

    Box(int size, List<Parameter> own, List<Layer> inside) {
      this.size = size;
      this.own = own;
      this.inside = inside;
    }

    /** A box with one parameter, {@code factors}, of zeros. */
    Box(int size, Layer... inside) {
      this(size, List.of(factors("factors", new float[size])), List.of(inside));
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public List<Layer> layers() {
      return inside;
    }

    @Override
    public List<Parameter> parameters() {
      List<Parameter> all = new ArrayList<>(own);
      inside.forEach(layer -> all.addAll(layer.parameters()));
      return all;
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Tensor backward(Tensor outputGradient, Pass pass) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String toString() {
      return "Box(" + size + ")";
    }
  }

  private static Parameter factors(String name, float... values) {
    return new Parameter(
        name, Parameter.Role.WEIGHT, FloatTensor.of(Shape.of(values.length), values));
  }

  private static final LayerFormat<Box> FORMAT =
      format(saved -> new Box(saved.integer("size"), saved.layers().toArray(Layer[]::new)));

  private static LayerFormat<Box> format(LayerFormat.Maker<Box> maker) {
    return LayerFormat.of("test.Box", Box.class, maker).withOption("size", box -> box.size);
  }

  private static Registry registry(LayerFormat<?>... formats) {
    return new Registry(List.of(() -> List.of(formats)));
  }

  private static SafeTensors written(Layer... layers) {
    Network network = Network.of(Shape.of(3), layers);
    return ModelWriter.toTensors(ModelFile.of(network), registry(FORMAT));
  }

  private static Network read(SafeTensors content, LayerFormat<?>... formats)
      throws FileFormatException {
    SafeTensors file = SafeTensors.parse("model", content.toBytes());
    return ModelReader.read("model", file, registry(formats)).network();
  }

  private static void refused(Class<? extends Exception> type, String message, Executable call) {
    assertEquals(message, assertThrows(type, call).getMessage());
  }

  // The format.

  @Test
  void saysWhatItIsFor() {
    assertEquals("test.Box", FORMAT.type());
    assertEquals(Box.class, FORMAT.layerClass());
    assertEquals("LayerFormat(test.Box, " + Box.class + ")", FORMAT.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"type", "layers", "same", "size"})
  void anOptionsNameIsFreeAndItsOwn(String name) {
    refused(
        IllegalArgumentException.class,
        "LayerFormat: test.Box cannot have another option named " + name,
        () -> FORMAT.withOption(name, box -> 1));
  }

  @Test
  void anotherOptionMakesAnotherFormat() {
    LayerFormat<Box> more = FORMAT.withOption("note", box -> "a \"note\"");
    Box box = new Box(3);
    assertEquals(Map.of("size", "3", "note", "a \"note\""), more.options(box));
    assertEquals(Map.of("size", "3"), FORMAT.options(box));
  }

  @Test
  void twoFormatsOfOneTypeOrClassCollide() {
    LayerFormat<Box> otherType = LayerFormat.of("test.Other", Box.class, saved -> new Box(1));
    LayerFormat<Network> otherClass =
        LayerFormat.of("test.Net", Network.class, saved -> Network.of(Shape.of(1)));
    for (LayerFormat<?> second : List.of(FORMAT, otherType)) {
      refused(
          IllegalStateException.class,
          "LayerFormats: " + FORMAT + " and " + second + " collide",
          () -> registry(FORMAT, second));
    }
    assertThrows(IllegalStateException.class, () -> registry(otherClass));
  }

  // There and back.

  @Test
  void aLayerMadeOfLayersComesBackWithItsOwnParametersAndTheirs() throws FileFormatException {
    Box inner = new Box(2, List.of(factors("factors", 1, 2)), List.of());
    Box outer = new Box(3, List.of(factors("factors", 3, 4, 5)), List.of(inner, inner));
    SafeTensors content = written(outer, inner);
    assertEquals(
        "SafeTensors(layers.0.0.factors float32[2], layers.0.factors float32[3])",
        content.toString());
    Network network = read(content, FORMAT);
    Box first = (Box) network.layers().get(0);
    assertSame(first.inside.get(0), first.inside.get(1));
    assertSame(first.inside.get(0), network.layers().get(1));
    assertArrayEquals(new double[] {3, 4, 5}, first.own.get(0).value().toDoubleArray());
    assertArrayEquals(
        new double[] {1, 2}, ((Box) first.inside.get(0)).own.get(0).value().toDoubleArray());
  }

  @Test
  void theParametersTypeIsTheFiles() throws FileFormatException {
    Box box = new Box(3);
    box.own.get(0).convertTo(DType.FLOAT64);
    assertEquals(DType.FLOAT64, read(written(box), FORMAT).dtype());
  }

  // What cannot be written.

  @Test
  void aParameterOfTwoLayersIsRefused() {
    Parameter shared = factors("factors", 1, 2);
    refused(
        IllegalArgumentException.class,
        "ModelFile: layer 1 Box(2): its factors is another layer's as well, which cannot be kept;"
            + " use the whole layer twice",
        () ->
            written(
                new Box(2, List.of(shared), List.of()), new Box(2, List.of(shared), List.of())));
  }

  @Test
  void twoParametersOfOneNameAreRefused() {
    refused(
        IllegalArgumentException.class,
        "ModelFile: layer 0 Box(2): two parameters would be named layers.0.factors; a container of"
            + " layers names them in layers(), a layer its parameters apart",
        () ->
            written(new Box(2, List.of(factors("factors", 1), factors("factors", 2)), List.of())));
  }

  // What cannot be read.

  @Test
  void aMakerThatFailsIsAnErrorOfTheFile() {
    SafeTensors content = written(new Box(3));
    refused(
        FileFormatException.class,
        "model: layer 0 \"test.Box\": IllegalStateException: no",
        () ->
            read(
                content,
                format(saved -> {
                  throw new IllegalStateException("no\nmore");
                })));
    refused(
        FileFormatException.class,
        "model: layer 0 \"test.Box\": option \"width\" expected, not found",
        () -> read(content, format(saved -> new Box(saved.integer("width")))));
    refused(
        FileFormatException.class,
        "model: no tensor \"layers.0.weight\", has \"layers.0.factors\"",
        () -> read(content, format(saved -> new Box(saved.tensor("weight").size()))));
    refused(
        FileFormatException.class,
        "model: layer 0 \"test.Box\": factors float32[2]: expects [2], got [3]",
        () -> read(content, format(saved -> new Box(2))));
    refused(
        FileFormatException.class,
        "model: tensor \"layers.0.factors\" belongs to no layer of the network",
        () -> read(content, format(saved -> new Box(3, List.of(), List.of()))));
    refused(
        FileFormatException.class,
        "model: layer 0 \"test.Box\": unknown option \"size\"",
        () -> read(content, LayerFormat.of("test.Box", Box.class, saved -> new Box(3))));
  }

  @Test
  void aMakerMustTakeTheLayersInside() {
    refused(
        FileFormatException.class,
        "model: layer 0 \"test.Box\": other layers inside it expected than 1",
        () ->
            read(written(new Box(3, new Box(2))), format(saved -> new Box(saved.integer("size")))));
  }

  @Test
  void anIntegerMustBeOne() {
    SafeTensors content = written(new Box(3));
    LayerFormat<Box> named =
        LayerFormat.of("test.Box", Box.class, saved -> new Box(saved.integer("size")))
            .withOption("size", box -> "three");
    SafeTensors wrong =
        ModelWriter.toTensors(ModelFile.of(Network.of(Shape.of(3), new Box(3))), registry(named));
    assertEquals(content.tensors().keySet(), wrong.tensors().keySet());
    refused(
        FileFormatException.class,
        "model: layer 0 \"test.Box\": option \"size\": an integer expected, found \"three\"",
        () -> read(wrong, named));
  }
}
