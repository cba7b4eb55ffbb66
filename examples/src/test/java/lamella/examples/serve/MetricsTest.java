package lamella.examples.serve;

import static lamella.examples.serve.Services.post;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import lamella.core.Outputs;
import lamella.examples.serve.Client.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsTest {
  private static PrometheusText metrics(Client client) throws IOException {
    Answer answer = client.ask("GET", "/metrics");
    assertEquals(200, answer.status());
    assertEquals("text/plain; version=0.0.4; charset=utf-8", answer.headers().get("content-type"));
    return PrometheusText.parse(answer.body());
  }

  /** The page once no other request is under way: they end a moment after their answer. */
  private static PrometheusText alone(Client client) throws IOException {
    PrometheusText page = metrics(client);
    for (int i = 0; i < 1000 && page.value("lamella_requests_in_progress") > 1; i++) {
      page = metrics(client);
    }
    return page;
  }

  @Test
  void requestsAreCountedByModelAndStatusAndExamplesByModel() throws IOException {
    PredictionService service =
        Services.start(
            Services.model("a", 2, Outputs.CLASSES, 3), Services.model("b", 3, Outputs.NUMBERS, 1));
    try (Client client = new Client(service.address())) {
      PrometheusText before = metrics(client);
      assertEquals(0, before.value("lamella_examples_total{model=\"a\"}"));
      assertEquals(0, before.value("lamella_prediction_duration_seconds_count{model=\"b\"}"));
      assertEquals(200, client.post("[1, 2]").status());
      assertEquals(200, client.post("[[1, 2], [3, 4], [5, 6]]").status());
      assertEquals(400, client.post("[1]").status());
      assertEquals(422, client.post("[3e38, 3e38]").status());
      assertEquals(200, post(client, "/models/b/predict", "[1, 2, 3]").status());
      assertEquals(405, client.ask("DELETE", "/models/b/predict").status());
      assertEquals(200, client.ask("GET", "/models/b").status());
      assertEquals(404, post(client, "/models/c/predict", "[1, 2, 3]").status());
      assertEquals(404, client.ask("GET", "/c").status());
      PrometheusText after = metrics(client);
      assertEquals(2, after.value("lamella_requests_total{model=\"a\",status=\"200\"}"));
      assertEquals(1, after.value("lamella_requests_total{model=\"a\",status=\"400\"}"));
      assertEquals(1, after.value("lamella_requests_total{model=\"a\",status=\"422\"}"));
      assertEquals(2, after.value("lamella_requests_total{model=\"b\",status=\"200\"}"));
      assertEquals(1, after.value("lamella_requests_total{model=\"b\",status=\"405\"}"));
      assertEquals(2, after.value("lamella_requests_total{model=\"\",status=\"404\"}"));
      assertEquals(1, after.value("lamella_requests_total{model=\"\",status=\"200\"}"));
      assertEquals(4, after.value("lamella_examples_total{model=\"a\"}"));
      assertEquals(1, after.value("lamella_examples_total{model=\"b\"}"));
      assertEquals(2, after.value("lamella_prediction_duration_seconds_count{model=\"a\"}"));
      double seconds = after.value("lamella_prediction_duration_seconds_sum{model=\"a\"}");
      assertTrue(seconds > 0 && seconds < 60, "seconds: " + seconds);
    } finally {
      service.stop(0);
    }
  }

  @Test
  void processAndServiceAreDescribed() throws IOException {
    PredictionService service = Services.start(Services.model("a", 2, Outputs.CLASSES, 3));
    try (Client client = new Client(service.address())) {
      PrometheusText page = alone(client);
      assertEquals(1, page.value("lamella_requests_in_progress"));
      assertEquals(1, page.value("lamella_model_ready{model=\"a\"}"));
      assertEquals(0, page.value("lamella_request_memory_bytes"));
      double limit = page.value("lamella_request_memory_limit_bytes");
      assertEquals(Runtime.getRuntime().maxMemory() / 4.0, limit, 1024);
      double used = page.value("jvm_memory_used_bytes{area=\"heap\"}");
      double committed = page.value("jvm_memory_committed_bytes{area=\"heap\"}");
      assertTrue(used > 1e6 && used <= committed, used + " of " + committed);
      assertEquals(
          (double) Runtime.getRuntime().maxMemory(),
          page.value("jvm_memory_max_bytes{area=\"heap\"}"));
      double start = page.value("process_start_time_seconds");
      double now = System.currentTimeMillis() * 1e-3;
      assertTrue(start > now - 3600 * 24 && start < now, "start: " + start);
      assertTrue(page.value("lamella_uptime_seconds") < 60);
      assertTrue(
          page.samples().keySet().stream()
              .anyMatch(sample ->
                  sample.startsWith("lamella_build_info{version=\"")
                      && sample.contains("java=\"" + Runtime.version() + "\"")));
    } finally {
      service.stop(0);
    }
  }

  /** A client that has its answer finds it counted. */
  @Test
  void countsAreExactWhenManyAskAtOnce()
      throws IOException, InterruptedException, ExecutionException {
    PredictionService service =
        Services.start(
            Services.model("a", 2, Outputs.CLASSES, 3), Services.model("b", 2, Outputs.NUMBERS, 1));
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        String path = "/models/" + (i % 2 == 0 ? "a" : "b") + "/predict";
        futures.add(
            clients.submit(() -> {
              try (Client client = new Client(service.address())) {
                for (int j = 0; j < 25; j++) {
                  assertEquals(200, post(client, path, "[[1, 2], [3, 4], [5, 6]]").status());
                  assertEquals(400, post(client, path, "[1]").status());
                  if (j % 5 == 0) {
                    PrometheusText ignored = metrics(client);
                  }
                }
              }
              return null;
            }));
      }
      for (Future<?> future : futures) {
        future.get();
      }
      try (Client client = new Client(service.address())) {
        PrometheusText page = alone(client);
        for (String model : List.of("a", "b")) {
          String labels = "{model=\"" + model + "\"";
          assertEquals(500, page.value("lamella_requests_total" + labels + ",status=\"200\"}"));
          assertEquals(500, page.value("lamella_requests_total" + labels + ",status=\"400\"}"));
          assertEquals(1500, page.value("lamella_examples_total" + labels + "}"));
          assertEquals(500, page.value("lamella_prediction_duration_seconds_count" + labels + "}"));
        }
        double pages = page.value("lamella_requests_total{model=\"\",status=\"200\"}");
        assertTrue(pages >= 200 && pages < 2000, "pages: " + pages);
        assertEquals(1, page.value("lamella_requests_in_progress"));
      }
    } finally {
      service.stop(0);
    }
  }

  @Test
  void durationsAreCountedInTheirBuckets() {
    Metrics metrics = new Metrics(List.of("a"), new Memory(1 << 20, Duration.ZERO));
    long millisecond = TimeUnit.MILLISECONDS.toNanos(1);
    metrics.predicted("a", 1, millisecond); // at a bound, which belongs to the bucket
    metrics.predicted("a", 10, millisecond + 1);
    metrics.predicted("a", 100, TimeUnit.HOURS.toNanos(1));
    PrometheusText page = PrometheusText.parse(metrics.page(0, Map.of()));
    String bucket = "lamella_prediction_duration_seconds_bucket{model=\"a\",le=\"";
    assertEquals(0, page.value(bucket + "0.0005\"}"));
    assertEquals(1, page.value(bucket + "0.001\"}"));
    assertEquals(2, page.value(bucket + "0.0025\"}"));
    assertEquals(2, page.value(bucket + "10\"}"));
    assertEquals(3, page.value(bucket + "+Inf\"}"));
    assertEquals(
        3600.002, page.value("lamella_prediction_duration_seconds_sum{model=\"a\"}"), 1e-6);
    assertEquals(111, page.value("lamella_examples_total{model=\"a\"}"));
  }

  @Test
  void labelsAreEscaped() {
    String name = "back\\slash \"quoted\"\nline ä";
    Metrics metrics = new Metrics(List.of(name), new Memory(1 << 20, Duration.ZERO));
    metrics.answered(name, 200);
    PrometheusText page = PrometheusText.parse(metrics.page(0, Map.of(name, true)));
    String escaped = "back\\\\slash \\\"quoted\\\"\\nline ä";
    assertEquals(1, page.value("lamella_requests_total{model=\"" + escaped + "\",status=\"200\"}"));
  }

  /** The test's own reader of the format. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a 1\n",
        "# TYPE a gauge\na 1\n",
        "# HELP a b\n# TYPE a gauge\na 1",
        "# HELP a b\n# TYPE a gauge\na  1\n",
        "# HELP a b\n# TYPE a gauge\na 1\na 1\n",
        "# HELP a b\n# TYPE a gauge\nb 1\n",
        "# HELP a b\n# TYPE a gauge\na{b=\"c\"d=\"e\"} 1\n",
        "# HELP a b\n# TYPE a gauge\na{b=\"c\",b=\"e\"} 1\n",
        "# HELP a b\n# TYPE a gauge\na{b=\"c\"\"} 1\n",
        "# HELP a b\n# TYPE a gauge\na{b=\"\\c\"} 1\n",
        "# HELP a b\n# TYPE a gauge\na{1b=\"c\"} 1\n",
        "# HELP a b\n# TYPE a counter\na 1\n",
        "# HELP a_total b\n# TYPE a_total gauge\na_total 1\n",
        "# HELP a b\n# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 1\na_count 1\n",
        "# HELP a b\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
        "# HELP a b\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 2\n",
      })
  void whatIsNotOfTheFormatIsFound(String page) {
    assertThrows(IllegalArgumentException.class, () -> PrometheusText.parse(page));
  }
}
