package lamella.examples.serve;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.onnx.OnnxArray;
import lamella.onnx.OnnxModel;
import lamella.onnx.OnnxType;
import lamella.onnx.OnnxValue;
import org.jspecify.annotations.Nullable;

/**
 * A model of an ONNX file that is no chain of layers, but has several inputs or outputs, or others
 * than floats. It is asked by the Open Inference Protocol, by the names of its inputs and outputs.
 */
public final class ServedGraph implements Servable {
  private final String name;
  private final OnnxModel model;

  ServedGraph(String name, OnnxModel model) {
    this.name = Servable.requireName(name);
    this.model = model;
  }

  @Override
  public String name() {
    return name;
  }

  /** A request: what is given, and which outputs are wanted; all where that is empty. */
  private static final class Request {
    private String id = "";
    private final Map<String, OnnxArray> inputs = new LinkedHashMap<>();
    private final List<String> outputs = new ArrayList<>();

    /** For elements: no more than there are commas. */
    private int room;
  }

  /**
   * The answer to a request of the Open Inference Protocol.
   *
   * @param memory bytes that computing it may take
   * @throws Refusal if the request is wrong, or the answer would be too long; says why
   */
  String infer(byte[] body, long memory) {
    Request request = read(body);
    Map<String, OnnxArray> outputs;
    try {
      OnnxModel asked =
          request.outputs.isEmpty()
              ? model
              : model.withOutputs(request.outputs.toArray(String[]::new));
      outputs = asked.withMemoryLimit(memory).run(request.inputs);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new Refusal(422, String.valueOf(e.getMessage()));
    }
    long elements = outputs.values().stream().mapToLong(OnnxArray::size).sum();
    if (elements > memory / ServedModel.BYTES_OF_NUMBER) {
      throw new Refusal(413, "the outputs have " + elements + " elements, too many for an answer");
    }
    StringBuilder json = new StringBuilder("{\"model_name\": ").append(Json.string(name));
    if (!request.id.isEmpty()) {
      json.append(", \"id\": ").append(Json.string(request.id));
    }
    json.append(", \"outputs\": [");
    outputs.forEach((output, array) -> {
      json.append(json.charAt(json.length() - 1) == '[' ? "" : ", ")
          .append("{\"name\": ")
          .append(Json.string(output))
          .append(", \"datatype\": \"")
          .append(word(array.type()))
          .append("\", \"shape\": ")
          .append(Arrays.toString(array.dimensions()))
          .append(", \"data\": ");
      append(output, array, json);
      json.append('}');
    });
    return json.append("]}").toString();
  }

  private Request read(byte[] body) {
    Request request = new Request();
    JsonReader json = new JsonReader(body);
    request.room = json.mostNumbers();
    try {
      json.object(member -> {
        switch (member) {
          case "id" -> request.id = json.string();
          case "inputs" -> json.list("inputs", () -> readInput(json, request));
          case "outputs" -> json.list("outputs", () -> readOutput(json, request));
          default -> json.skipValue();
        }
      });
      if (!json.isAtEnd()) {
        throw new IllegalArgumentException(
            "expected the end behind the request, got " + json.excerpt());
      }
    } catch (IllegalArgumentException e) {
      throw new Refusal(400, String.valueOf(e.getMessage()));
    }
    return request;
  }

  private static void readOutput(JsonReader json, Request request) {
    json.object(member -> {
      if (member.equals("name")) {
        request.outputs.add(json.string());
      } else {
        json.skipValue();
      }
    });
  }

  /** An input as it is read; where its data begin, which need its type, that may stand behind. */
  private static final class Input {
    private String name = "";
    private String type = "";
    private int[] shape = {};
    private int data = -1;
  }

  private static void readInput(JsonReader json, Request request) {
    Input input = new Input();
    json.object(member -> {
      switch (member) {
        case "name" -> input.name = json.string();
        case "datatype" -> input.type = json.string();
        case "shape" -> input.shape = json.dimensions();
        case "data" -> {
          input.data = json.position();
          json.skipValue();
        }
        default -> json.skipValue();
      }
    });
    int end = json.position();
    if (input.data < 0) {
      throw new IllegalArgumentException(
          "expected \"data\" of the input " + Json.string(input.name) + ", got none");
    }
    json.goTo(input.data);
    if (request.inputs.containsKey(input.name)) {
      throw new IllegalArgumentException(
          "the input " + Json.string(input.name) + " is there twice");
    }
    OnnxArray array = array(json, input, request.room);
    request.room -= array.size();
    request.inputs.put(input.name, array);
    json.goTo(end);
  }

  private static OnnxArray array(JsonReader json, Input input, int most) {
    long size = 1;
    for (int dimension : input.shape) {
      size = Math.min(size * dimension, Integer.MAX_VALUE);
    }
    if (size > most) { // and no room is made for them
      throw wrongSize(input, size, "fewer");
    }
    Elements elements = new Elements(json, type(input.type), (int) size);
    json.elements("data", elements);
    if (elements.found != size) {
      throw wrongSize(input, size, Integer.toString(elements.found));
    }
    return elements.array(input.shape);
  }

  private static IllegalArgumentException wrongSize(Input input, long expected, String got) {
    return new IllegalArgumentException(
        "expected "
            + expected
            + " elements of \"data\", as the shape "
            + Arrays.toString(input.shape)
            + " says, got "
            + got);
  }

  /** Reads elements of a type, the first of them into an array. */
  private static final class Elements implements Runnable {
    private final JsonReader json;
    private final OnnxType type;
    private final double[] numbers;
    private final long[] wholeNumbers;
    private final String[] texts;
    private int found;

    private Elements(JsonReader json, OnnxType type, int size) {
      this.json = json;
      this.type = type;
      boolean isText = type == OnnxType.STRING;
      this.numbers = new double[type.isFloat() ? size : 0];
      this.texts = new String[isText ? size : 0];
      this.wholeNumbers = new long[type.isFloat() || isText ? 0 : size];
    }

    @Override
    public void run() {
      if (type == OnnxType.STRING) {
        String text = json.string();
        if (found < texts.length) {
          texts[found] = text;
        }
      } else if (type.isFloat()) {
        double number = json.wideNumber();
        require(Double.isFinite(type == OnnxType.FLOAT ? (float) number : number));
        if (found < numbers.length) {
          numbers[found] = number;
        }
      } else {
        long number = json.wholeNumber();
        require(number >= type.least() && number <= type.most());
        if (found < wholeNumbers.length) {
          wholeNumbers[found] = number;
        }
      }
      found++;
    }

    private void require(boolean fits) {
      if (!fits) {
        throw new IllegalArgumentException(
            "expected elements of " + word(type) + " in \"data\", got " + json.word());
      }
    }

    private OnnxArray array(int[] shape) {
      return switch (type) {
        case STRING -> OnnxArray.of(texts, shape);
        case DOUBLE -> OnnxArray.of(numbers, shape);
        case FLOAT -> OnnxArray.of(floats(numbers), shape);
        default -> OnnxArray.of(type, wholeNumbers, shape);
      };
    }
  }

  /** The protocol's word for a type. */
  private static String word(OnnxType type) {
    return switch (type) {
      case FLOAT -> "FP32";
      case DOUBLE -> "FP64";
      case FLOAT16 -> "FP16";
      case BFLOAT16 -> "BF16";
      case STRING -> "BYTES";
      default -> type.name();
    };
  }

  private static OnnxType type(String word) {
    for (OnnxType type : OnnxType.values()) {
      boolean half = type == OnnxType.FLOAT16 || type == OnnxType.BFLOAT16;
      if (!half && word(type).equals(word)) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "expected a datatype BOOL, INT8 to INT64, UINT8 to UINT64, FP32, FP64 or BYTES, got "
            + Json.string(word));
  }

  private static float[] floats(double[] numbers) {
    float[] floats = new float[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      floats[i] = (float) numbers[i];
    }
    return floats;
  }

  private static void append(String output, OnnxArray array, StringBuilder json) {
    json.append('[');
    for (int i = 0; i < array.size(); i++) {
      json.append(i == 0 ? "" : ", ");
      switch (array.type()) {
        case FLOAT, FLOAT16, BFLOAT16 -> json.append(finite(output, i, array.floats()[i]));
        case DOUBLE -> {
          double ignored = finite(output, i, array.doubles()[i]);
          json.append(array.doubles()[i]);
        }
        case STRING -> json.append(Json.string(array.strings()[i]));
        case BOOL -> json.append(array.longs()[i] != 0);
        case UINT64 -> json.append(Long.toUnsignedString(array.longs()[i]));
        default -> json.append(array.longs()[i]);
      }
    }
    json.append(']');
  }

  /** JSON has no other numbers. */
  private static float finite(String output, int index, double number) {
    if (!Double.isFinite(number)) {
      throw new Refusal(
          422,
          "outputs are not finite numbers: " + output + " has " + number + " at index " + index);
    }
    return (float) number;
  }

  /** Runs with zeros, where the file says what goes in. */
  @Override
  public void warmUp(long nanos) {
    Map<String, OnnxArray> zeros = new LinkedHashMap<>();
    for (OnnxValue input : model.inputs()) {
      OnnxArray zero = zero(input);
      if (zero == null) {
        return;
      }
      zeros.put(input.name(), zero);
    }
    try {
      Servable.repeat(
          nanos,
          () -> {
            Map<String, OnnxArray> ignored = model.run(zeros);
          });
    } catch (IllegalArgumentException e) {
      return; // zeros are no input of it
    }
  }

  private static @Nullable OnnxArray zero(OnnxValue input) {
    List<OnnxValue.Dimension> dimensions = input.dimensions();
    OnnxType type = input.type();
    if (dimensions == null || type == null || type == OnnxType.STRING) {
      return null;
    }
    int[] shape = dimensions.stream().mapToInt(d -> d.isOpen() ? 1 : d.size()).toArray();
    int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return type == OnnxType.DOUBLE
        ? OnnxArray.of(new double[size], shape)
        : type.isFloat()
            ? OnnxArray.of(type, new float[size], shape)
            : OnnxArray.of(type, new long[size], shape);
  }

  @Override
  public String description() {
    return "{\"name\": "
        + Json.string(name)
        + ", \"graph\": "
        + Json.string(model.toString())
        + ", \"inputs\": "
        + values(model.inputs())
        + ", \"outputs\": "
        + values(model.outputs())
        + ", \"lamella\": "
        + Json.string(ServedModel.version())
        + "}";
  }

  @Override
  public String metadata() {
    return "{\"name\": "
        + Json.string(name)
        + ", \"platform\": \"lamella\", \"inputs\": "
        + values(model.inputs())
        + ", \"outputs\": "
        + values(model.outputs())
        + "}";
  }

  private static String values(List<OnnxValue> values) {
    return values.stream().map(ServedGraph::value).collect(joining(", ", "[", "]"));
  }

  private static String value(OnnxValue value) {
    List<OnnxValue.Dimension> dimensions = value.dimensions();
    OnnxType type = value.type();
    return "{\"name\": "
        + Json.string(value.name())
        + (type == null ? "" : ", \"datatype\": \"" + word(type) + "\"")
        + (dimensions == null
            ? ""
            : ", \"shape\": " + dimensions.stream().map(OnnxValue.Dimension::size).toList())
        + "}";
  }

  /** The graph's inputs and outputs. */
  @Override
  public String toString() {
    return model.toString();
  }
}
