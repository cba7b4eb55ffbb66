package lamella.examples.serve;

import java.util.Arrays;
import lamella.core.Shape;

/**
 * The JSON of the <a href="https://github.com/kserve/open-inference-protocol">Open Inference
 * Protocol</a>, version 2, for a model with one input and one output, both float32: the network's
 * outputs as they are.
 */
final class InferenceProtocol {
  /** The name of a network's input, as of {@code lamella run}. */
  static final String INPUT = "input";

  /** The name of a network's output. */
  static final String OUTPUT = "output";

  private static final String TYPE = "FP32";

  private final JsonReader json;
  private final Shape example;
  private final int most;
  private String id = "";
  private int inputs;

  // Of the input.
  private String name = "";
  private String type = "";
  private int[] shape = {};
  private float[] numbers = {};
  private int found = -1;

  private InferenceProtocol(byte[] body, Shape example, int most) {
    this.json = new JsonReader(body);
    this.example = example;
    this.most = most;
  }

  /**
   * A request.
   *
   * @param id is given back; may be empty
   * @param examples the input, always a list
   */
  record Request(String id, Examples examples) {}

  /**
   * Reads a request; a member that the protocol has and this service has no use for is skipped.
   *
   * @param example the shape of an example
   * @param most how many there may be
   * @throws IllegalArgumentException if it is none to this model; says what was expected and found
   */
  static Request read(byte[] body, Shape example, int most) {
    return new InferenceProtocol(body, example, most).read();
  }

  private Request read() {
    json.object(this::readMember);
    if (!json.isAtEnd()) {
      throw new IllegalArgumentException(
          "expected the end behind the request, got " + json.excerpt());
    }
    if (inputs != 1) {
      throw new IllegalArgumentException(
          "expected one of \"inputs\", " + INPUT + ", got " + inputs);
    }
    return new Request(id, examples());
  }

  private void readMember(String member) {
    switch (member) {
      case "id" -> id = string("id");
      case "inputs" -> json.list("inputs", this::readInput);
      case "outputs" -> json.list("outputs", this::readOutput);
      default -> json.skipValue(); // "parameters"
    }
  }

  private void readInput() {
    inputs++;
    if (inputs > 1) {
      throw new IllegalArgumentException("expected one of \"inputs\", " + INPUT + ", got more");
    }
    json.object(member -> {
      switch (member) {
        case "name" -> name = string("name");
        case "datatype" -> type = string("datatype");
        case "shape" -> shape = json.dimensions();
        case "data" -> readData();
        default -> json.skipValue();
      }
    });
  }

  private void readOutput() {
    json.object(member -> {
      if (!member.equals("name")) {
        json.skipValue();
        return;
      }
      String output = string("name");
      if (!output.equals(OUTPUT)) {
        throw new IllegalArgumentException(
            "expected the output " + Json.string(OUTPUT) + ", got " + Json.string(output));
      }
    });
  }

  private String string(String what) {
    try {
      return json.string();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "expected a string as \"" + what + "\", got " + e.getMessage(), e);
    }
  }

  /** Numbers in arrays of any depth, of which only the order counts. */
  private void readData() {
    numbers = new float[json.mostNumbers()];
    found = 0;
    json.elements(
        "data",
        () -> {
          float number = json.number();
          if (!Float.isFinite(number)) {
            throw new IllegalArgumentException(
                "expected numbers in \"data\", got "
                    + json.word()
                    + " at index "
                    + found
                    + (Float.isNaN(number) ? "" : ", too large for float32"));
          }
          numbers[found++] = number;
        });
  }

  private Examples examples() {
    require("the input", INPUT, name);
    require("the datatype", TYPE, type);
    int rows = shape.length == 0 ? 0 : shape[0];
    if (rows == 0 || !isExample(Arrays.copyOfRange(shape, 1, shape.length))) {
      throw new IllegalArgumentException(
          "expected the shape " + example.openBatch() + ", got " + Arrays.toString(shape));
    }
    Refusal.requireAtMost(most, rows);
    if (found != (long) rows * example.size()) {
      throw new IllegalArgumentException(
          "expected "
              + (long) rows * example.size()
              + " numbers of \"data\", as the shape "
              + Arrays.toString(shape)
              + " says, got "
              + Math.max(0, found));
    }
    return new Examples(Arrays.copyOf(numbers, found), rows, true);
  }

  private boolean isExample(int[] dimensions) {
    boolean same = dimensions.length == example.rank();
    for (int axis = 0; same && axis < dimensions.length; axis++) {
      same = dimensions[axis] == example.dimension(axis);
    }
    return same;
  }

  private static void require(String what, String expected, String got) {
    if (!got.equals(expected)) {
      throw new IllegalArgumentException(
          "expected " + what + " " + Json.string(expected) + ", got " + Json.string(got));
    }
  }

  /**
   * An answer.
   *
   * @param outputs of all examples
   */
  static String answer(ServedModel model, Request request, float[] outputs) {
    StringBuilder answer = new StringBuilder("{\"model_name\": ").append(Json.string(model.name()));
    if (!request.id().isEmpty()) {
      answer.append(", \"id\": ").append(Json.string(request.id()));
    }
    answer
        .append(", \"outputs\": [")
        .append(start(OUTPUT, model.outputShape().batch(request.examples().rows()).toString()))
        .append(", \"data\": ");
    ServedModel.appendNumbers(outputs, answer);
    return answer.append("}]}").toString();
  }

  /** What goes in and what comes out. */
  static String metadata(ServedModel model) {
    return "{\"name\": "
        + Json.string(model.name())
        + ", \"platform\": \"lamella\", \"inputs\": ["
        + start(INPUT, open(model.inputShape()))
        + "}], \"outputs\": ["
        + start(OUTPUT, open(model.outputShape()))
        + "}]}";
  }

  private static String start(String name, String shape) {
    return "{\"name\": \"" + name + "\", \"datatype\": \"" + TYPE + "\", \"shape\": " + shape;
  }

  /** {@code [-1, 2, 3]}. */
  private static String open(Shape shape) {
    return shape.rank() == 0 ? "[-1]" : "[-1, " + shape.toString().substring(1);
  }

  /** The server. */
  static String server() {
    return "{\"name\": \"lamella\", \"version\": "
        + Json.string(ServedModel.version())
        + ", \"extensions\": []}";
  }
}
