package lamella.data.cifar;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server on the loopback interface that has one file, and the bad habits it is told to have. */
final class FileServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Deque<Answer> answers = new ArrayDeque<>();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private volatile byte[] file;
  private volatile String tag = "\"v1\"";

  /** How one request is answered. */
  @FunctionalInterface
  interface Answer {
    void to(HttpExchange exchange) throws IOException, InterruptedException;
  }

  FileServer(byte[] file) throws IOException {
    this.file = file;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + port() + "/file.bin");
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** The Range headers of all requests so far, {@code whole} where there was none. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  void replaceFile(byte[] other, String otherTag) {
    file = other;
    tag = otherTag;
  }

  /** The next request that has no answer yet is answered so; when no answer is left, properly. */
  FileServer then(Answer answer) {
    synchronized (answers) {
      answers.add(answer);
    }
    return this;
  }

  private void handle(HttpExchange exchange) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    requests.add(range == null ? "whole" : range);
    Answer answer;
    synchronized (answers) {
      answer = answers.isEmpty() ? properly() : answers.remove();
    }
    try {
      answer.to(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      exchange.close();
    }
  }

  /** What was asked for. */
  Answer properly() {
    return sending(Integer.MAX_VALUE, false);
  }

  /** Only so many bytes of the body, then the connection is cut. */
  Answer cutAfter(int bytes) {
    return sending(bytes, false);
  }

  /** Only so many bytes of the body, then nothing, the connection open. */
  Answer stallAfter(int bytes) {
    return sending(bytes, true);
  }

  private Answer sending(int limit, boolean stall) {
    return exchange -> {
      String range = exchange.getRequestHeaders().getFirst("Range");
      String condition = exchange.getRequestHeaders().getFirst("If-Range");
      byte[] whole = file;
      exchange.getResponseHeaders().set("ETag", tag);
      int from = 0;
      int status = 200;
      if (range != null && (condition == null || condition.equals(tag))) {
        from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
        status = 206;
        if (from >= whole.length) {
          exchange.getResponseHeaders().set("Content-Range", "bytes */" + whole.length);
          exchange.sendResponseHeaders(416, -1);
          return;
        }
        exchange
            .getResponseHeaders()
            .set("Content-Range", "bytes " + from + "-" + (whole.length - 1) + "/" + whole.length);
      }
      exchange.sendResponseHeaders(status, whole.length - from);
      int n = Math.min(limit, whole.length - from);
      OutputStream out = exchange.getResponseBody();
      out.write(whole, from, n);
      out.flush();
      if (stall) {
        closing.await();
      }
    };
  }

  /** The whole file whatever was asked for. */
  Answer ignoringRange() {
    return exchange -> {
      exchange.sendResponseHeaders(200, file.length);
      exchange.getResponseBody().write(file);
    };
  }

  /** So many bytes of the file (then zeros) without saying how many there will be. */
  Answer withoutLength(int bytes) {
    return exchange -> {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(Arrays.copyOf(file, bytes));
      exchange.getResponseBody().close();
    };
  }

  /** A status with headers and without a body. */
  Answer status(int status, String... namesAndValues) {
    return exchange -> {
      for (int i = 0; i < namesAndValues.length; i += 2) {
        exchange.getResponseHeaders().set(namesAndValues[i], namesAndValues[i + 1]);
      }
      exchange.sendResponseHeaders(status, -1);
    };
  }

  /** No answer at all. */
  Answer silence() {
    return exchange -> closing.await();
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
