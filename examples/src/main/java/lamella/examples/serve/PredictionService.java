package lamella.examples.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * A saved classifier as an HTTP service. {@code POST /predict} takes one example, as a JSON array
 * of the network's inputs or, with the type {@code application/octet-stream}, as float32 numbers,
 * little-endian, and answers with its class and the probabilities of all classes as JSON. What is
 * no such example is answered with status 400 and a sentence, what is too long for one with 413,
 * and any other method with 405.
 *
 * <p>Each request has a virtual thread of its own, and all of them ask one {@link Classifier}.
 */
public final class PredictionService {
  private static final String TEXT = "text/plain; charset=utf-8";

  private final Classifier classifier;

  private PredictionService(Classifier classifier) {
    this.classifier = classifier;
  }

  /** {@code MODEL PORT}: serves this machine only, until Ctrl-C. */
  public static void main(String[] args) throws IOException {
    InetAddress thisMachine = InetAddress.getLoopbackAddress();
    int port = Integer.parseInt(args[1]);
    HttpServer server =
        start(Classifier.read(Path.of(args[0])), new InetSocketAddress(thisMachine, port));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(5)));
    IO.println("listening at http://localhost:" + server.getAddress().getPort() + "/predict");
  }

  /**
   * Starts a service; {@link HttpServer#stop} ends it, and lets requests finish that have begun.
   *
   * @param address port 0 is any that is free
   * @throws IOException if the address cannot be had
   */
  public static HttpServer start(Classifier classifier, InetSocketAddress address)
      throws IOException {
    // The JDK's server reads these once, when it is first used.
    Map<Object, Object> properties = System.getProperties();
    properties.putIfAbsent("sun.net.httpserver.nodelay", "true"); // else long answers wait 40 ms
    properties.putIfAbsent("sun.net.httpserver.maxIdleConnections", "10000"); // else 200
    properties.putIfAbsent("sun.net.httpserver.maxReqTime", "30"); // seconds; else for ever
    HttpServer server = HttpServer.create(address, 1024); // else 50 may wait to be accepted
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor()); // else one thread does all
    server.createContext("/predict", new PredictionService(classifier)::handle);
    server.start();
    return server;
  }

  private void handle(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      exchange.getResponseHeaders().set("Allow", "POST");
      exchange.sendResponseHeaders(405, -1);
      return;
    }
    int limit = ExampleFormat.longest(classifier.inputs());
    byte[] body = exchange.getRequestBody().readNBytes(limit + 1);
    if (body.length > limit) {
      answer(exchange, 413, TEXT, "expected at most " + limit + " bytes, got more");
      return;
    }
    try {
      ExampleFormat format =
          ExampleFormat.of(exchange.getRequestHeaders().getFirst("Content-Type"));
      float[] example = format.read(body, classifier.inputs());
      answer(exchange, 200, "application/json", classifier.classify(example));
    } catch (IllegalArgumentException e) {
      answer(exchange, 400, TEXT, String.valueOf(e.getMessage()));
    }
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] bytes = (text + "\n").getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }
}
