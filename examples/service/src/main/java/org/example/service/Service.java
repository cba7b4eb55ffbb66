package org.example.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Executors;
import lamella.core.Compute;
import lamella.core.Predictor;
import lamella.core.io.ModelFile;

/** {@code MODEL PORT}: answers {@code GET /predict?0.5,-1} with probabilities. */
public final class Service {
  private final Predictor predictor; // one for all threads
  private volatile boolean ready;

  private Service(Path model) throws IOException {
    predictor = Predictor.of(ModelFile.read(model).network());
  }

  public static void main(String[] args) throws IOException {
    var service = new Service(Path.of(args[0]));
    var server = HttpServer.create();
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/ready", exchange -> answer(exchange, service.ready ? 200 : 503, ""));
    server.createContext("/predict", service::predict);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1])), 0);
    server.start();
    service.warmUp();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(5))); // ends what has begun
    System.out.println("port " + server.getAddress().getPort() + ", " + Compute.description());
  }

  /** Loads what predictions need, and has their loops compiled, before others wait for it. */
  private void warmUp() {
    var example = new float[predictor.network().inputShape().size()];
    for (int i = 0; i < 200; i++) {
      predictor.outputs(example);
    }
    ready = true;
  }

  private void predict(HttpExchange exchange) throws IOException {
    try {
      float[] example = numbers(exchange.getRequestURI().getQuery());
      answer(exchange, 200, Arrays.toString(predictor.probabilities(example)));
    } catch (IllegalArgumentException | ArithmeticException e) { // not these numbers
      answer(exchange, 400, e.getMessage());
    }
  }

  private static float[] numbers(String text) {
    String[] words = String.valueOf(text).split(",", -1);
    float[] numbers = new float[words.length];
    for (int i = 0; i < words.length; i++) {
      numbers[i] = Float.parseFloat(words[i]);
    }
    return numbers;
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = (text + "\n").getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
