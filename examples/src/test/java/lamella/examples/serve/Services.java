package lamella.examples.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.random.NumPyRandom;
import lamella.examples.serve.Client.Answer;
import lamella.layers.Linear;
import lamella.layers.ReLU;

/** Models and requests of the tests. */
final class Services {
  private Services() {}

  static ServedModel model(String name, int inputs, Outputs meaning, int outputs) {
    return new ServedModel(name, Predictor.of(network(inputs, meaning, outputs)), List.of());
  }

  static Network network(int inputs, Outputs meaning, int outputs) {
    NumPyRandom random = new NumPyRandom(inputs + outputs);
    return Network.of(
            Shape.of(inputs),
            new Linear(inputs, 16, random),
            new ReLU(),
            new Linear(16, outputs, random))
        .withOutputs(meaning);
  }

  /** Of a training that diverged. */
  static ServedModel broken(String name) {
    Network network = network(2, Outputs.CLASSES, 3);
    network.parameters().getFirst().value().fill(Double.NaN);
    return new ServedModel(name, Predictor.of(network), List.of());
  }

  static PredictionService start(Servable... models) throws IOException {
    return start(Limits.standard(), models);
  }

  static PredictionService start(Limits limits, Servable... models) throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return PredictionService.start(List.of(models), anyPort, limits);
  }

  static Answer post(Client client, String path, String body) throws IOException {
    return client.ask("POST", path, "", body.getBytes(UTF_8));
  }

  static Answer post(Client client, String path, String type, byte[] body) throws IOException {
    return client.ask("POST", path, "Content-Type: " + type + "\r\n", body);
  }

  static byte[] bytes(float... numbers) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(numbers);
    return bytes.array();
  }

  /** Numbers as a model may get them. */
  static float[] random(int count, int seed) {
    NumPyRandom random = new NumPyRandom(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  static String error(int status, String problem) {
    return "{\"status\": " + status + ", \"error\": " + Json.string(problem) + "}\n";
  }
}
