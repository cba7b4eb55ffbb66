package lamella.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lamella.core.Compute;
import lamella.core.Network;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.io.ModelFile;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import org.jspecify.annotations.Nullable;

/**
 * Clients at {@code lamella serve}, a process of its own: {@code ServiceLoad [seconds [clients
 * [lamella]]]}, by default 5 seconds, 200 clients and {@code examples/target/lamella/bin/lamella}.
 *
 * <p>Requests have one example, and then {@value #MANY}, which are answered as a list.
 *
 * <p>Each client has a connection that it keeps, and asks again as soon as it has an answer; before
 * the clock runs they do so for half as long. Every answer is compared, character for character,
 * with what one thread computed before. The network is the report's, and its examples come as JSON
 * and as float32 bytes; then a small one, of which what is left is HTTP. First a single client
 * asks, then all.
 *
 * <p>Clients and service share the machine's processors, and with no pause between requests a
 * latency is mostly the wait for the requests of the others.
 */
public final class ServiceLoad {
  private static final int REQUESTS = 200;

  /** Examples of a request with many. */
  private static final int MANY = 64;

  /** Latencies are counted by the microsecond; longer ones than a second as one. */
  private static final int LONGEST = 1_000_000;

  private final URI service;
  private final byte[][] requests;
  private final String[] answers;

  private ServiceLoad(URI service, byte[][] requests, String[] answers) {
    this.service = service;
    this.requests = requests;
    this.answers = answers;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    int clients = args.length > 1 ? Integer.parseInt(args[1]) : 200;
    Path lamella = Path.of(args.length > 2 ? args[2] : "examples/target/lamella/bin/lamella");
    System.out.println(Machine.now() + ", JDK " + Runtime.version() + ", " + Compute.description());
    System.out.println(
        "                    clients   requests  wrong  requests/s  p50 ms  p99 ms  max ms");
    SplittableRandom random = new SplittableRandom(1);
    Network report =
        Network.of(
            Shape.of(3072), new Linear(3072, 64, random), new ReLU(), new Linear(64, 10, random));
    Network small =
        Network.of(Shape.of(4), new Linear(4, 8, random), new ReLU(), new Linear(8, 3, random));
    boolean right =
        measure("3072-64-10, JSON", lamella, report, false, 1, seconds, clients)
            && measure("3072-64-10, float32", lamella, report, true, 1, seconds, clients)
            && measure("4-8-3, JSON", lamella, small, false, 1, seconds, clients)
            && measure("the same, 64 each", lamella, small, false, MANY, seconds, clients);
    if (!right) {
      System.exit(1);
    }
  }

  /** Starts a service, asks it, and stops it; whether all answers were right. */
  private static boolean measure(
      String what,
      Path lamella,
      Network network,
      boolean binary,
      int examples,
      int seconds,
      int clients)
      throws IOException, InterruptedException {
    Path model = Files.createTempFile("lamella-service-load", ".safetensors");
    ModelFile.of(network).write(model);
    Process process =
        new ProcessBuilder(lamella.toString(), "serve", "--model", model.toString(), "--port", "0")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      ServiceLoad load = of(address(process), network, binary, examples);
      return load.run(what, 1, seconds) && load.run(what, clients, seconds);
    } finally {
      process.destroy();
      int ignored = process.waitFor();
      Files.delete(model);
    }
  }

  private static URI address(Process process) throws IOException {
    String line = process.inputReader(UTF_8).readLine();
    Matcher uri = Pattern.compile("http://\\S+(?=,)").matcher(line == null ? "" : line);
    if (!uri.find()) {
      throw new IOException("the service did not start: " + line);
    }
    return URI.create(uri.group());
  }

  /** Examples of whole numbers from 0 to 255, as pixels are, and what one thread says of each. */
  private static ServiceLoad of(URI service, Network network, boolean binary, int examples) {
    SplittableRandom random = new SplittableRandom(2);
    Predictor predictor = Predictor.of(network);
    byte[][] requests = new byte[REQUESTS][];
    String[] answers = new String[REQUESTS];
    int width = network.inputShape().size();
    for (int i = 0; i < REQUESTS; i++) {
      ByteBuffer floats =
          ByteBuffer.allocate(Float.BYTES * width * examples).order(ByteOrder.LITTLE_ENDIAN);
      StringJoiner json = examples == 1 ? new StringJoiner("") : new StringJoiner(",", "[", "]");
      StringJoiner answer = examples == 1 ? new StringJoiner("") : new StringJoiner(", ", "[", "]");
      for (int j = 0; j < examples; j++) {
        int[] pixels = random.ints(width, 0, 256).toArray();
        float[] example = new float[width];
        for (int k = 0; k < width; k++) {
          example[k] = pixels[k];
          floats.putFloat(pixels[k]);
        }
        json.add(Arrays.toString(pixels));
        answer.add(answer(predictor, example));
      }
      byte[] body = binary ? floats.array() : json.toString().getBytes(UTF_8);
      requests[i] =
          request(service, binary ? "application/octet-stream" : "application/json", body);
      answers[i] = answer + "\n";
    }
    return new ServiceLoad(service, requests, answers);
  }

  private static String answer(Predictor predictor, float[] example) {
    return "{\"class\": "
        + predictor.classOf(example)
        + ", \"probabilities\": "
        + Arrays.toString(predictor.probabilities(example))
        + "}";
  }

  private static byte[] request(URI service, String type, byte[] body) {
    String head =
        "POST "
            + service.getPath()
            + " HTTP/1.1\r\nHost: "
            + service.getAuthority()
            + "\r\nContent-Type: "
            + type
            + "\r\nContent-Length: "
            + body.length
            + "\r\n\r\n";
    return ByteBuffer.allocate(head.length() + body.length)
        .put(head.getBytes(ISO_8859_1))
        .put(body)
        .array();
  }

  /** What the clients of one run have seen since the clock runs. */
  private static final class Seen {
    private final AtomicLongArray microseconds = new AtomicLongArray(LONGEST + 1);
    private final LongAccumulator longest = new LongAccumulator(Math::max, 0);
    private final LongAdder requests = new LongAdder();
    private final LongAdder wrong = new LongAdder();

    private void add(long nanoseconds, boolean right) {
      microseconds.incrementAndGet((int) Math.min(LONGEST, nanoseconds / 1000));
      longest.accumulate(nanoseconds);
      requests.increment();
      if (!right) {
        wrong.increment();
      }
    }

    /** The milliseconds within which this part of all requests was answered. */
    private double percentile(double part) {
      long left = (long) Math.ceil(part * requests.sum());
      int i = 0;
      while (i < LONGEST && left > microseconds.get(i)) {
        left -= microseconds.get(i);
        i++;
      }
      return i * 1e-3;
    }
  }

  /** Whether no answer was wrong or missing. */
  private boolean run(String what, int clients, int seconds) throws InterruptedException {
    Seen seen = new Seen();
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    long begin = System.nanoTime() + seconds * 500_000_000L;
    long end = begin + seconds * 1_000_000_000L;
    Thread[] threads = new Thread[clients];
    for (int i = 0; i < clients; i++) {
      int first = i;
      threads[i] =
          Thread.startVirtualThread(() -> {
            try {
              ask(first, begin, end, seen);
            } catch (IOException | RuntimeException e) {
              failure.compareAndSet(null, e);
            }
          });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.printf(
        Locale.ROOT,
        "%-19s %7d %,10d %6d %,11.0f %7.2f %7.2f %7.2f%n",
        what,
        clients,
        seen.requests.sum(),
        seen.wrong.sum(),
        seen.requests.sum() / (double) seconds,
        seen.percentile(0.50),
        seen.percentile(0.99),
        seen.longest.get() * 1e-6);
    Exception thrown = failure.get();
    if (thrown != null) {
      System.out.println("a client ended: " + thrown);
    }
    return thrown == null && seen.wrong.sum() == 0;
  }

  /** One client; what it is told before the clock runs is compared, too. */
  private void ask(int first, long begin, long end, Seen seen) throws IOException {
    try (Socket socket = new Socket(service.getHost(), service.getPort())) {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int i = first; ; i++) {
        long asked = System.nanoTime();
        if (asked >= end) {
          return;
        }
        out.write(requests[i % REQUESTS]);
        boolean right = answer(in).equals(answers[i % REQUESTS]);
        long answered = System.nanoTime();
        if (asked >= begin || !right) {
          seen.add(answered - asked, right);
        }
      }
    }
  }

  private static String answer(InputStream in) throws IOException {
    String status = line(in);
    int length = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
        length = Integer.parseInt(line.substring(15).strip());
      }
    }
    String body = new String(in.readNBytes(length), UTF_8);
    return status.contains(" 200 ") ? body : status + ": " + body;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the service closed a connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
