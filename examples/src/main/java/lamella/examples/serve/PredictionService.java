package lamella.examples.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import lamella.table.TableSchema;
import org.jspecify.annotations.Nullable;

/**
 * Saved networks as an HTTP service. {@code POST /models/NAME/predict} takes one example or a list
 * of them, as {@link ExampleFormat} says, and answers as {@link ServedModel#answer} says, a list by
 * a list; of a model of a table's rows as {@link TableFormat} and {@link ServedTable#append} say.
 * {@code GET /models} describes the models, {@code GET /live} says that the service runs, {@code
 * GET /ready} whether it is warm, and {@code GET /metrics} what it has done. {@code /predict} and
 * {@code /model} are the first model's. Below {@code /v2} the service is one of the Open Inference
 * Protocol.
 *
 * <p>Answers are JSON, ASCII; errors are {@code {"status": 400, "error": "what is wrong"}}.
 *
 * <p>Each request has a virtual thread of its own, and all of them ask one {@link ServedModel}.
 * {@link Limits} bound what they may take together.
 */
public final class PredictionService {
  private static final System.Logger LOG = System.getLogger("lamella.examples.serve");

  private static final String JSON = "application/json";
  private static final String CSV = "text/csv";

  /** For all models together, but for a first answer of each. */
  private static final long LONGEST_WARM_UP_NANOS = 500_000_000;

  /** Of a body whose length is not said, so many bytes are read before room is made for more. */
  private static final int UNSAID = 1 << 16;

  /** Of all memory, a request to a graph gets one part to compute. */
  private static final int GRAPHS = 4;

  /** What a byte of a request to a graph takes, as an element of two bytes does of all types. */
  private static final int BYTES_OF_ELEMENT = 16;

  private final Map<String, Served> models = new LinkedHashMap<>();
  private final Limits limits;
  private final Memory memory;
  private final Semaphore computing;
  private final Metrics metrics;
  private final HttpServer server;
  private final AtomicInteger exchanges = new AtomicInteger();
  private volatile boolean stopping;

  /** A model, and why it is not ready; empty when it is. */
  private static final class Served {
    private final Servable model;
    private String unready = "";

    private Served(Servable model) {
      this.model = model;
    }
  }

  private PredictionService(List<? extends Servable> models, HttpServer server, Limits limits) {
    for (Servable model : models) {
      if (this.models.put(model.name(), new Served(model)) != null) {
        throw new IllegalArgumentException("two models have the name " + model.name());
      }
    }
    this.limits = limits;
    this.memory = new Memory(limits.memory(), limits.patience());
    this.computing = new Semaphore(limits.computing(), true);
    this.metrics = new Metrics(this.models.keySet(), memory);
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
   * Starts a service of one model with {@link Limits#standard}; {@link #stop} ends it.
   *
   * @param address port 0 is any that is free
   * @throws IOException if the address cannot be had
   */
  public static PredictionService start(Servable model, InetSocketAddress address)
      throws IOException {
    return start(List.of(model), address, Limits.standard());
  }

  /**
   * Starts a service; {@link #stop} ends it.
   *
   * @param models at least one, each with a name of its own
   * @param address port 0 is any that is free
   * @param limits what it takes upon itself at once
   * @throws IOException if the address cannot be had
   */
  public static PredictionService start(
      List<? extends Servable> models, InetSocketAddress address, Limits limits)
      throws IOException {
    return start(models, address, limits, Executors.newVirtualThreadPerTaskExecutor());
  }

  /** With an executor that runs each exchange. */
  static PredictionService start(
      List<? extends Servable> models, InetSocketAddress address, Limits limits, Executor executor)
      throws IOException {
    // The JDK's server reads these once, when it is first used.
    Map<Object, Object> properties = System.getProperties();
    properties.putIfAbsent("sun.net.httpserver.nodelay", "true"); // else long answers wait 40 ms
    properties.putIfAbsent("sun.net.httpserver.maxIdleConnections", "10000"); // else 200
    properties.putIfAbsent("sun.net.httpserver.drainAmount", "67108864"); // else 413 gets lost
    properties.putIfAbsent("sun.net.httpserver.maxReqTime", "30"); // seconds; else for ever
    properties.putIfAbsent("sun.net.httpserver.maxRspTime", "30"); // the same for the answer
    HttpServer server = HttpServer.create(address, 1024); // else 50 may wait to be accepted
    server.setExecutor(executor); // else one thread does all
    PredictionService service = new PredictionService(models, server, limits);
    server.createContext("/", service::handle);
    service.warmUp(); // who connects meanwhile is answered then, and fast
    server.start();
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
    for (Served served : models.values()) {
      try {
        served.model.warmUp(LONGEST_WARM_UP_NANOS / models.size());
      } catch (RuntimeException e) {
        served.unready = "cannot predict: " + e.getMessage();
        LOG.log(Level.ERROR, "{0} is not ready: {1}", served.model.name(), e.getMessage());
      }
    }
  }

  /** Why the service is not ready; empty when it is. */
  private String unready() {
    if (stopping) {
      return "the service is stopping";
    }
    for (Served served : models.values()) {
      String why = unready(served);
      if (!why.isEmpty()) {
        return why;
      }
    }
    return "";
  }

  private String unready(Served served) {
    String why = served.unready;
    return why.isEmpty()
        ? ""
        : (models.size() == 1 ? "the service " : "the model " + served.model.name() + " ") + why;
  }

  /** An answer's status and text. */
  private record Answer(int status, String type, String text) {
    private static Answer json(String text) {
      return new Answer(200, JSON, text + "\n");
    }

    private static Answer error(int status, String problem) {
      return new Answer(
          status, JSON, "{\"status\": " + status + ", \"error\": " + Json.string(problem) + "}\n");
    }
  }

  /** A request under way. */
  private static final class Request {
    private final HttpExchange exchange;
    private final long begin = System.nanoTime();

    /** Which model it is to. */
    private String model = Metrics.NO_MODEL;

    /** Of the memory for all requests. */
    private int memory;

    private Request(HttpExchange exchange) {
      this.exchange = exchange;
    }
  }

  /** Whatever happens, the exchange ends here. */
  private void handle(HttpExchange exchange) {
    exchanges.incrementAndGet();
    Request request = new Request(exchange);
    try (exchange) {
      Answer answer;
      try {
        answer = answer(request);
      } catch (Refusal e) {
        answer = Answer.error(e.status(), e.reason());
      } catch (RuntimeException | Error e) {
        LOG.log(Level.ERROR, "a request failed", e);
        answer = Answer.error(500, "internal error: " + e);
      }
      metrics.answered(request.model, answer.status());
      send(exchange, answer);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the client has gone", e);
    } finally {
      memory.giveBack(request.memory);
      exchanges.decrementAndGet();
    }
  }

  // Paths.

  private Answer answer(Request request) {
    String path = String.valueOf(request.exchange.getRequestURI().getPath()); // decoded: /%70redict
    return switch (path) {
      case "/predict" -> predict(request, first());
      case "/model" -> describe(request, first());
      case "/models" -> get(request, this::descriptions);
      case "/live", "/v2/health/live" -> get(request, () -> Answer.json("{\"live\": true}"));
      case "/ready", "/v2/health/ready" -> get(request, () -> readiness(unready(), ""));
      case "/metrics" -> get(request, this::metricsPage);
      case "/v2" -> get(request, () -> Answer.json(InferenceProtocol.server()));
      default -> answerOfModel(request, path);
    };
  }

  private Served first() {
    return models.values().iterator().next();
  }

  /** {@code /models/NAME} and {@code /v2/models/NAME}, and what is below them. */
  private Answer answerOfModel(Request request, String path) {
    boolean protocol = path.startsWith("/v2/models/");
    String rest =
        protocol ? path.substring(11) : path.startsWith("/models/") ? path.substring(8) : "";
    if (!rest.isEmpty()) {
      int slash = rest.indexOf('/');
      Served served = model(slash < 0 ? rest : rest.substring(0, slash));
      request.model = served.model.name();
      String what = (protocol ? "v2 " : "") + (slash < 0 ? "" : rest.substring(slash + 1));
      switch (slash == rest.length() - 1 ? "none" : what) {
        case "" -> {
          return describe(request, served);
        }
        case "predict" -> {
          return predict(request, served);
        }
        case "v2 " -> {
          return get(request, () -> Answer.json(served.model.metadata()));
        }
        case "v2 ready" -> {
          String name = "\"name\": " + Json.string(served.model.name()) + ", ";
          return get(request, () -> readiness(unready(served), name));
        }
        case "v2 infer" -> {
          return routed(request, null, () -> inference(request, served.model));
        }
        default -> {}
      }
    }
    throw new Refusal(
        404,
        "no "
            + path
            + " here, but POST /predict, GET /model, GET /models, POST /models/NAME/predict,"
            + " GET /live, GET /ready, GET /metrics and GET /v2");
  }

  private Served model(String name) {
    Served served = models.get(name);
    if (served == null) {
      throw new Refusal(
          404, "no model " + name + " here, but " + String.join(", ", models.keySet()));
    }
    return served;
  }

  private Answer describe(Request request, Served served) {
    request.model = served.model.name();
    return get(request, () -> Answer.json(served.model.description()));
  }

  private Answer predict(Request request, Served served) {
    request.model = served.model.name();
    return routed(
        request,
        () -> Answer.json(served.model.description()),
        () -> prediction(request, served.model));
  }

  private Answer descriptions() {
    return Answer.json(
        models.values().stream()
            .map(served -> served.model.description())
            .collect(joining(", ", "{\"models\": [", "]}")));
  }

  private static Answer readiness(String unready, String name) {
    return unready.isEmpty()
        ? Answer.json("{" + name + "\"ready\": true}")
        : Answer.error(503, unready);
  }

  private Answer metricsPage() {
    Map<String, Boolean> ready = new LinkedHashMap<>();
    models.forEach((name, served) -> ready.put(name, !stopping && served.unready.isEmpty()));
    return new Answer(200, Metrics.TYPE, metrics.page(exchanges.get(), ready));
  }

  private static Answer get(Request request, Supplier<Answer> get) {
    return routed(request, get, null);
  }

  /** By its method: what there is for {@code GET}, and for {@code POST}. */
  private static Answer routed(
      Request request, @Nullable Supplier<Answer> get, @Nullable Supplier<Answer> post) {
    String method = request.exchange.getRequestMethod();
    if (get != null && (method.equals("GET") || method.equals("HEAD"))) {
      return get.get();
    }
    if (post != null && method.equals("POST")) {
      return post.get();
    }
    String allowed =
        (get == null ? "" : "GET, HEAD, ") + "OPTIONS" + (post == null ? "" : ", POST");
    request.exchange.getResponseHeaders().set("Allow", allowed);
    if (method.equals("OPTIONS")) {
      return new Answer(204, JSON, "");
    }
    throw new Refusal(
        405,
        "expected "
            + allowed
            + " for "
            + request.exchange.getRequestURI().getPath()
            + ", got "
            + method);
  }

  // Predictions.

  private Answer prediction(Request request, Servable model) {
    return switch (model) {
      case ServedModel network -> {
        ExampleFormat format = ExampleFormat.of(contentTypes(request));
        byte[] body = body(request, network, format);
        yield answered(network::isFinite, () -> predict(request, network, format, body));
      }
      case ServedTable table -> {
        TableFormat format = TableFormat.of(contentTypes(request));
        byte[] body = body(request, table, format);
        yield answered(table::isFinite, () -> predict(request, table, format, body));
      }
      case ServedGraph graph ->
          throw new Refusal(
              404,
              "the model "
                  + graph.name()
                  + " is asked by the names of its inputs: POST /v2/models/"
                  + graph.name()
                  + "/infer");
    };
  }

  private Answer inference(Request request, Servable model) {
    if (ExampleFormat.of(contentTypes(request)) != ExampleFormat.JSON) {
      throw new Refusal(415, "expected Content-Type application/json");
    }
    return switch (model) {
      case ServedModel network -> {
        byte[] body = body(request, network, ExampleFormat.JSON);
        yield answered(network::isFinite, () -> infer(request, network, body));
      }
      case ServedTable table -> {
        byte[] body = body(request, table, TableFormat.JSON);
        yield answered(table::isFinite, () -> infer(request, table, body));
      }
      case ServedGraph graph -> infer(request, graph);
    };
  }

  private static Answer answered(BooleanSupplier isFinite, Supplier<Answer> answer) {
    try {
      return answer.get();
    } catch (ArithmeticException e) {
      return Answer.error(isFinite.getAsBoolean() ? 422 : 500, String.valueOf(e.getMessage()));
    }
  }

  /** What the head says of the body of a request that can be answered now. */
  private List<String> contentTypes(Request request) {
    if (stopping) {
      throw new Refusal(503, unready());
    }
    Headers headers = request.exchange.getRequestHeaders();
    List<String> codings = headers.getOrDefault("Content-Encoding", List.of());
    if (!codings.stream().allMatch("identity"::equalsIgnoreCase)) {
      request.exchange.getResponseHeaders().set("Accept-Encoding", "identity");
      throw new Refusal(415, "expected no Content-Encoding, got " + String.join(", ", codings));
    }
    return headers.getOrDefault("Content-Type", List.of());
  }

  private Answer predict(Request request, ServedModel model, ExampleFormat format, byte[] body) {
    Examples examples = read(() -> format.read(body, model.inputShape(), limits.examples()));
    StringBuilder json = new StringBuilder(examples.isList() ? "[" : "");
    compute(
        request,
        model.name(),
        examples.rows(),
        (first, end) -> {
          if (examples.isList()) {
            model.answer(examples.numbers(first, end), first, json);
          } else {
            json.append(model.answer(examples.numbers()));
          }
        });
    return Answer.json(json.append(examples.isList() ? "]" : "").toString());
  }

  private Answer infer(Request request, ServedModel model, byte[] body) {
    InferenceProtocol.Request read =
        read(() -> InferenceProtocol.read(body, model.inputShape(), limits.examples()));
    int width = model.outputShape().size();
    float[] outputs = new float[read.examples().rows() * width];
    compute(
        request,
        model.name(),
        read.examples().rows(),
        (first, end) -> {
          float[] some = model.outputs(read.examples().numbers(first, end), first);
          System.arraycopy(some, 0, outputs, first * width, some.length);
        });
    return Answer.json(InferenceProtocol.answer(model, read, outputs));
  }

  private Answer predict(Request request, ServedTable table, TableFormat format, byte[] body) {
    EncodedRows rows = read(() -> format.read(body, table, limits.examples()));
    boolean csv = wantsCsv(request);
    StringBuilder text = new StringBuilder(!csv && rows.isList() ? "[" : "");
    if (csv) {
      table.appendNames(text);
    }
    compute(
        request,
        table.name(),
        rows.rows(),
        (first, end) -> {
          double[] outputs = table.predict(rows, first, end);
          for (int row = first; row < end; row++) {
            int offset = (row - first) * table.outputs();
            if (csv) {
              table.appendLine(outputs, offset, text);
            } else {
              table.append(outputs, offset, rows.unseen(row), text.append(row == 0 ? "" : ", "));
            }
          }
        });
    return csv
        ? new Answer(200, CSV + "; charset=utf-8; header=present", text.toString())
        : Answer.json(text.append(rows.isList() ? "]" : "").toString());
  }

  /** Whether the client asks for CSV and does not like JSON better. */
  private static boolean wantsCsv(Request request) {
    List<String> accepted = request.exchange.getRequestHeaders().getOrDefault("Accept", List.of());
    double csv = MediaType.quality(accepted, CSV);
    return csv > 0 && csv >= MediaType.quality(accepted, JSON);
  }

  private Answer infer(Request request, ServedTable table, byte[] body) {
    TableProtocol.Request read =
        read(() -> TableProtocol.read(body, table.schema(), limits.examples()));
    double[] outputs = new double[read.rows().rows() * table.outputs()];
    compute(
        request,
        table.name(),
        read.rows().rows(),
        (first, end) -> {
          double[] some = table.predict(read.rows(), first, end);
          System.arraycopy(some, 0, outputs, first * table.outputs(), some.length);
        });
    return Answer.json(TableProtocol.answer(table, read, outputs));
  }

  /** Each request may take a quarter of the memory for computing; half of that is for its body. */
  private Answer infer(Request request, ServedGraph graph) {
    long part = memory.bytes() / GRAPHS;
    long limit = Math.clamp(part / 2 / BYTES_OF_ELEMENT, 1L, Integer.MAX_VALUE - 16L);
    byte[] body = body(request, limit, length -> part + BYTES_OF_ELEMENT * length);
    computing.acquireUninterruptibly();
    try {
      String answer = graph.infer(body, part);
      metrics.predicted(graph.name(), 1, System.nanoTime() - request.begin);
      return Answer.json(answer);
    } finally {
      computing.release();
    }
  }

  private static <T> T read(Supplier<T> reader) {
    try {
      return reader.get();
    } catch (Refusal e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new Refusal(400, String.valueOf(e.getMessage()));
    }
  }

  /** Predicts some rows of those that are asked. */
  private interface Prediction {
    void of(int first, int end);
  }

  /**
   * Lets so many rows at once be predicted that nobody waits long for a large request, and counts
   * them.
   */
  private void compute(Request request, String model, int rows, Prediction prediction) {
    for (int first = 0; first < rows; first += ServedModel.BATCH) {
      computing.acquireUninterruptibly();
      try {
        prediction.of(first, Math.min(first + ServedModel.BATCH, rows));
      } catch (IllegalArgumentException e) {
        throw new Refusal(422, String.valueOf(e.getMessage()));
      } finally {
        computing.release();
      }
    }
    metrics.predicted(model, rows, System.nanoTime() - request.begin);
  }

  // Bodies.

  private byte[] body(Request request, ServedModel model, ExampleFormat format) {
    return body(request, longest(model, format), length -> memory(model, format, length));
  }

  private byte[] body(Request request, ServedTable table, TableFormat format) {
    TableSchema schema = table.schema();
    long answers = limits.examples() * table.memoryOfAnswer();
    long affordable = (memory.bytes() - answers) / TableFormat.memory(1);
    long longest =
        Math.clamp(
            Math.min(TableFormat.longest(schema, limits.examples()), affordable),
            TableFormat.longest(schema, 1),
            Integer.MAX_VALUE - 16L); // a Java array's
    return body(
        request,
        longest,
        length ->
            TableFormat.memory(length)
                + Math.min(format.mostRows(length, schema), limits.examples())
                    * table.memoryOfAnswer());
  }

  /** The body, once there is memory for all that is made of one of its length. */
  private byte[] body(Request request, long limit, LongUnaryOperator memoryFor) {
    Headers headers = request.exchange.getRequestHeaders();
    boolean said = !headers.containsKey("Transfer-Encoding");
    long length = said ? length(headers) : UNSAID;
    if (said && length > limit) {
      throw tooLong(limit); // and need not be read
    }
    setAside(request, memoryFor.applyAsLong(Math.min(length, limit)));
    try {
      InputStream in = request.exchange.getRequestBody();
      byte[] body = in.readNBytes((int) Math.min(length, limit + 1));
      if (!said && body.length == UNSAID) {
        setAside(request, memoryFor.applyAsLong(limit));
        byte[] rest = in.readNBytes((int) (limit + 1 - UNSAID));
        body = ByteBuffer.allocate(UNSAID + rest.length).put(body).put(rest).array();
      }
      if (body.length > limit) {
        throw tooLong(limit);
      }
      return body;
    } catch (IOException e) {
      throw new Refusal(400, "the body did not arrive whole: " + e.getMessage());
    }
  }

  private static Refusal tooLong(long limit) {
    return new Refusal(413, "expected at most " + limit + " bytes, got more");
  }

  /** Bytes that a body may have: as many as the examples need that a request may have. */
  private long longest(ServedModel model, ExampleFormat format) {
    int count = model.inputs();
    long affordable =
        (memory.bytes() - limits.examples() * model.memoryOfAnswer()) / format.memory(1);
    long longest = Math.min(ExampleFormat.longest(count, limits.examples()), affordable);
    return Math.clamp(
        longest, ExampleFormat.longest(count, 1), Integer.MAX_VALUE - 16L); // a Java array's
  }

  private long memory(ServedModel model, ExampleFormat format, long length) {
    long examples = Math.min(format.mostExamples(length, model.inputs()), limits.examples());
    return format.memory(length) + examples * model.memoryOfAnswer();
  }

  private void setAside(Request request, long bytes) {
    memory.giveBack(request.memory);
    request.memory = memory.take(bytes);
    if (request.memory == 0) {
      throw new Refusal(503, "the service is busy; come again");
    }
  }

  /** Of the body, where the headers say it; the JDK's server has seen that it is a number. */
  private static long length(Headers headers) {
    String length = headers.getFirst("Content-Length");
    return length == null ? 0 : Long.parseLong(length.strip());
  }

  // Answers.

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] bytes = answer.text().getBytes(UTF_8);
    boolean bodiless = answer.status() == 204;
    Headers headers = exchange.getResponseHeaders();
    if (answer.status() == 503) {
      headers.set("Retry-After", "1");
    }
    if (bodiless || exchange.getRequestMethod().equals("HEAD")) {
      if (!bodiless) {
        headers.set("Content-Type", answer.type());
        headers.set("Content-Length", Integer.toString(bytes.length));
      }
      exchange.sendResponseHeaders(answer.status(), -1);
      return;
    }
    headers.set("Content-Type", answer.type());
    exchange.sendResponseHeaders(answer.status(), bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }
}
