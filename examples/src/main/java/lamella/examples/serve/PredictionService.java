package lamella.examples.serve;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A saved network as an HTTP service. {@code POST /predict} takes one example, as a JSON array of
 * the network's inputs or, with the type {@code application/octet-stream}, as float32 numbers,
 * little-endian, and answers as {@link ServedModel#answer} says. {@code GET /predict} and {@code
 * GET /model} describe the model, {@code GET /live} says that the service runs, and {@code GET
 * /ready} whether it is warm.
 *
 * <p>All answers are JSON objects, ASCII; errors are {@code {"status": 400, "error": "what is
 * wrong"}}.
 *
 * <p>Each request has a virtual thread of its own, and all of them ask one {@link ServedModel}.
 */
public final class PredictionService {
  private static final System.Logger LOG = System.getLogger("lamella.examples.serve");

  private final ServedModel model;
  private final HttpServer server;
  private final AtomicInteger exchanges = new AtomicInteger();

  /** Why it is not ready; empty when it is. */
  private volatile String unready = "is warming up";

  private volatile boolean stopping;

  private PredictionService(ServedModel model, HttpServer server) {
    this.model = model;
    this.server = server;
  }

  /** {@code MODEL PORT}: serves this machine only, until Ctrl-C. */
  public static void main(String[] args) throws IOException {
    InetAddress thisMachine = InetAddress.getLoopbackAddress();
    int port = Integer.parseInt(args[1]);
    PredictionService service =
        start(ServedModel.read(Path.of(args[0])), new InetSocketAddress(thisMachine, port));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> service.stop(5)));
    IO.println("listening at http://localhost:" + service.address().getPort() + "/predict");
  }

  /**
   * Starts a service; {@link #stop} ends it.
   *
   * @param address port 0 is any that is free
   * @throws IOException if the address cannot be had
   */
  public static PredictionService start(ServedModel model, InetSocketAddress address)
      throws IOException {
    return start(model, address, Executors.newVirtualThreadPerTaskExecutor());
  }

  /** With an executor that runs each exchange. */
  static PredictionService start(ServedModel model, InetSocketAddress address, Executor executor)
      throws IOException {
    // The JDK's server reads these once, when it is first used.
    Map<Object, Object> properties = System.getProperties();
    properties.putIfAbsent("sun.net.httpserver.nodelay", "true"); // else long answers wait 40 ms
    properties.putIfAbsent("sun.net.httpserver.maxIdleConnections", "10000"); // else 200
    properties.putIfAbsent("sun.net.httpserver.maxReqTime", "30"); // seconds; else for ever
    properties.putIfAbsent("sun.net.httpserver.maxRspTime", "30"); // the same for the answer
    HttpServer server = HttpServer.create(address, 1024); // else 50 may wait to be accepted
    server.setExecutor(executor); // else one thread does all
    PredictionService service = new PredictionService(model, server);
    server.createContext("/", service::handle);
    server.start();
    Thread.ofVirtual().name("lamella-warm-up").start(service::warmUp);
    return service;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /**
   * Lets the requests finish that have begun, for so many seconds at most, and ends the service.
   * Meanwhile it is not ready, and others are answered with status 503. (The JDK's own stop would
   * wait all that time once a client has gone amid a request.)
   */
  public void stop(int seconds) {
    stopping = true;
    unready = "is stopping";
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    try {
      while (exchanges.get() > 0 && System.nanoTime() < end) {
        Thread.sleep(5);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // ends at once
    }
    server.stop(0);
  }

  private void warmUp() {
    try {
      model.warmUp();
      unready = stopping ? unready : "";
    } catch (ArithmeticException e) {
      unready = "cannot predict: " + e.getMessage();
      LOG.log(Level.ERROR, "not ready: {0}", e.getMessage());
    }
  }

  /** A status and a JSON object. */
  private record Answer(int status, String json) {
    private static Answer error(int status, String problem) {
      return new Answer(
          status, "{\"status\": " + status + ", \"error\": " + Json.string(problem) + "}");
    }
  }

  /** Whatever happens, the exchange ends here. */
  private void handle(HttpExchange exchange) {
    exchanges.incrementAndGet();
    try (exchange) {
      Answer answer;
      try {
        answer = answer(exchange);
      } catch (RuntimeException | Error e) {
        LOG.log(Level.ERROR, "a request failed", e);
        answer = Answer.error(500, "internal error: " + e);
      }
      send(exchange, answer);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the client has gone", e);
    } finally {
      exchanges.decrementAndGet();
    }
  }

  private Answer answer(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath(); // decoded: /%70redict is /predict
    boolean predict = "/predict".equals(path);
    if (!predict && !List.of("/model", "/live", "/ready").contains(String.valueOf(path))) {
      return Answer.error(
          404, "no " + path + " here, but POST /predict, GET /model, GET /live and GET /ready");
    }
    String allowed = predict ? "GET, HEAD, OPTIONS, POST" : "GET, HEAD, OPTIONS";
    String method = exchange.getRequestMethod();
    if (method.equals("OPTIONS")) {
      exchange.getResponseHeaders().set("Allow", allowed);
      return new Answer(204, "");
    }
    if (method.equals("GET") || method.equals("HEAD")) {
      return switch (path) {
        case "/live" -> new Answer(200, "{\"live\": true}");
        case "/ready" ->
            unready.isEmpty()
                ? new Answer(200, "{\"ready\": true}")
                : Answer.error(503, "the service " + unready);
        default -> new Answer(200, model.description());
      };
    }
    if (predict && method.equals("POST")) {
      return stopping ? Answer.error(503, "the service " + unready) : prediction(exchange);
    }
    exchange.getResponseHeaders().set("Allow", allowed);
    return Answer.error(405, "expected " + allowed + " for " + path + ", got " + method);
  }

  private Answer prediction(HttpExchange exchange) {
    Headers headers = exchange.getRequestHeaders();
    List<String> types = headers.getOrDefault("Content-Type", List.of());
    if (types.size() > 1) {
      return Answer.error(400, "expected one Content-Type, got " + types.size());
    }
    Optional<ExampleFormat> format = ExampleFormat.of(types);
    if (format.isEmpty()) {
      return Answer.error(
          415,
          "expected Content-Type application/json or application/octet-stream, got "
              + types.getFirst());
    }
    List<String> codings = headers.getOrDefault("Content-Encoding", List.of());
    if (!codings.stream().allMatch("identity"::equalsIgnoreCase)) {
      exchange.getResponseHeaders().set("Accept-Encoding", "identity");
      return Answer.error(415, "expected no Content-Encoding, got " + String.join(", ", codings));
    }
    long limit = Math.min(ExampleFormat.longest(model.inputs()), Integer.MAX_VALUE - 16);
    String tooLong = "expected at most " + limit + " bytes, got more";
    if (length(headers) > limit) {
      return Answer.error(413, tooLong); // and need not be read
    }
    byte[] body;
    try {
      body = exchange.getRequestBody().readNBytes((int) limit + 1);
    } catch (IOException e) {
      return Answer.error(400, "the body did not arrive whole: " + e.getMessage());
    }
    if (body.length > limit) {
      return Answer.error(413, tooLong);
    }
    float[] example;
    try {
      example = format.get().read(body, model.inputs());
    } catch (IllegalArgumentException e) {
      return Answer.error(400, String.valueOf(e.getMessage()));
    }
    try {
      return new Answer(200, model.answer(example));
    } catch (ArithmeticException e) {
      return Answer.error(model.isFinite() ? 422 : 500, String.valueOf(e.getMessage()));
    }
  }

  /** Of the body, where the headers say it; the JDK's server has seen that it is a number. */
  private static long length(Headers headers) {
    String length = headers.getFirst("Content-Length");
    return length == null ? 0 : Long.parseLong(length.strip());
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] bytes = (answer.json() + "\n").getBytes(US_ASCII);
    boolean bodiless = answer.status() == 204;
    if (bodiless || exchange.getRequestMethod().equals("HEAD")) {
      if (!bodiless) {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
      }
      exchange.sendResponseHeaders(answer.status(), -1);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(answer.status(), bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }
}
