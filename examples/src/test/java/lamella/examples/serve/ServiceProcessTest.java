package lamella.examples.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.io.ModelFile;
import lamella.core.random.NumPyRandom;
import lamella.examples.Jdk;
import lamella.examples.TableModels;
import lamella.layers.Linear;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The service as the page starts it: a JVM of its own, and a signal to end it. */
@DisabledOnOs(OS.WINDOWS) // has no signals
class ServiceProcessTest {
  /** What the shell makes of a process that was asked to terminate. */
  private static final int TERMINATED = 143;

  @TempDir Path directory;

  private Process start(String main, String... args) throws IOException {
    return start(List.of(), main, args);
  }

  private Process start(List<String> options, String main, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    String modulePath = System.getProperty("jdk.module.path");
    if (modulePath != null) {
      command.addAll(List.of("-p", modulePath, "-m", "lamella.examples/" + main));
    } else {
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    }
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectError(directory.resolve("errors").toFile()).start();
  }

  private Path model() throws IOException {
    Path file = directory.resolve("model.safetensors");
    ModelFile.of(Network.of(Shape.of(2), new Linear(2, 3, new NumPyRandom(1)))).write(file);
    return file;
  }

  /** Asks the process once, ends it, and returns the line that it printed. */
  private String askAndTerminate(Process process) throws IOException, InterruptedException {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      String line = out.readLine();
      InetSocketAddress address = address(line);
      try (Client client = new Client(address)) {
        assertEquals(200, client.post("[0.5, -1]").status());
        process.destroy();
        assertEquals(TERMINATED, process.waitFor());
      }
      return line;
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void theCommandAnswersUntilItIsTerminated() throws IOException, InterruptedException {
    Process process =
        start(
            "lamella.examples.cli.Lamella", "serve", "--model", model().toString(), "--port", "0");
    String line = askAndTerminate(process);
    assertTrue(
        line.matches(
            "Network\\(\\[2\\] -> Linear\\(2 -> 3\\)\\) answers at http://localhost:\\d+/predict, until Ctrl-C"),
        line);
  }

  /** One of ours by the name of its file, one of another program by a name of its own. */
  @Test
  void severalModelsOfTwoKindsAnswerEachUnderItsName() throws IOException, InterruptedException {
    Path onnx =
        Files.copy(
            Jdk.examples("src/test/resources/lamella/examples/classifier.onnx"),
            directory.resolve("a=b.onnx"));
    Process process =
        start(
            "lamella.examples.cli.Lamella",
            "serve",
            "--model",
            model().toString(),
            "--model",
            "other=" + onnx,
            "--model",
            onnx.toString(),
            "--unpacked",
            "--max-examples",
            "2",
            "--port",
            "0");
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      String line = out.readLine();
      InetSocketAddress address = address(line);
      String at = " answers at http://localhost:" + address.getPort() + "/models/";
      String network = "Network([3] -> Linear(3 -> 4) -> LeakyReLU(0.2) -> Linear(4 -> 2))";
      assertEquals("Network([2] -> Linear(2 -> 3))" + at + "model/predict, until Ctrl-C", line);
      assertEquals(network + at + "other/predict, until Ctrl-C", out.readLine());
      assertEquals(network + at + "a=b/predict, until Ctrl-C", out.readLine());
      ServedModel served = ServedModel.read(onnx);
      try (Client client = new Client(address)) {
        String answer = served.answer(new float[] {1, 2, 3});
        assertEquals(
            answer + "\n", Services.post(client, "/models/other/predict", "[1, 2, 3]").body());
        assertEquals(
            "[" + answer + "]\n",
            Services.post(client, "/models/a=b/predict", "[[1, 2, 3]]").body());
        assertEquals(200, client.post("[1, 2]").status());
        assertEquals(413, client.post("[[1, 2], [1, 2], [1, 2]]").status());
      }
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void theExampleAnswersUntilItIsTerminated() throws IOException, InterruptedException {
    Process process = start(PredictionService.class.getName(), model().toString(), "0");
    assertTrue(askAndTerminate(process).startsWith("listening at "));
  }

  /** With limits of two seconds instead of thirty. */
  @Test
  void clientsThatAreSlowWithARequestOrWithItsAnswerAreCutOff()
      throws IOException, InterruptedException {
    List<String> limits =
        List.of("-Dsun.net.httpserver.maxReqTime=2", "-Dsun.net.httpserver.maxRspTime=2");
    Process process = start(limits, PredictionService.class.getName(), model().toString(), "0");
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      InetSocketAddress address = address(out.readLine());
      try (Client silent = new Client(address);
          Client slowHead = new Client(address);
          Client slowBody = new Client(address);
          Client deaf = new Client(address)) {
        slowHead.write("POST /predict HTTP/1.1\r\nHost".getBytes(StandardCharsets.UTF_8));
        slowBody.send("POST", "Content-Length: 10\r\n", "[1".getBytes(StandardCharsets.UTF_8));
        slowHead.awaitEnd();
        slowBody.awaitEnd();
        silent.awaitEnd();
        // Asks until the answers fill all that lies between, and reads none.
        byte[] many =
            "GET /model HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1000).getBytes(StandardCharsets.UTF_8);
        assertThrows(
            SocketException.class,
            () -> {
              while (true) {
                deaf.write(many);
              }
            });
      }
      try (Client client = new Client(address)) {
        assertEquals(200, client.post("[0.5, -1]").status());
      }
    } finally {
      process.destroyForcibly();
    }
  }

  /**
   * Requests of 2 MB, which as text, numbers and answers would take several times the heap if all
   * were held at once: each is answered or told to come again.
   */
  @Test
  void moreRequestsThanTheHeapHoldsAreAnsweredOrToldToComeAgain()
      throws IOException, InterruptedException, ExecutionException {
    Path file = directory.resolve("wide.safetensors");
    Network wide = Network.of(Shape.of(3072), new Linear(3072, 10, new NumPyRandom(1)));
    ModelFile.of(wide).write(file);
    String row = "[" + "0.5, ".repeat(3071) + "0.5]";
    byte[] body = ("[" + (row + ",").repeat(129) + row + "]").getBytes(StandardCharsets.UTF_8);
    Process process =
        start(List.of("-Xmx64m"), PredictionService.class.getName(), file.toString(), "0");
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      InetSocketAddress address = address(out.readLine());
      List<Future<Integer>> statuses = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        statuses.add(
            clients.submit(() -> {
              try (Client client = new Client(address)) {
                return client.ask("POST", "", body).status();
              }
            }));
      }
      int answered = 0;
      for (Future<Integer> status : statuses) {
        assertTrue(status.get() == 200 || status.get() == 503, "status " + status.get());
        answered += status.get() == 200 ? 1 : 0;
      }
      assertTrue(answered > 0);
      try (Client client = new Client(address)) {
        assertEquals(200, client.ask("POST", "", body).status());
      }
      String errors = Files.readString(directory.resolve("errors"));
      assertFalse(errors.contains("a request failed"), errors);
    } finally {
      process.destroyForcibly();
    }
  }

  /** The same of rows of a table, long lists of them and one whose text is as long as all. */
  @Test
  void moreRowsThanTheHeapHoldsAreAnsweredOrToldToComeAgain()
      throws IOException, InterruptedException, ExecutionException {
    Path file = directory.resolve("penguins.safetensors");
    TableModels.SPECIES.write(file);
    String row =
        "{\"bill_length_mm\": 46.1, \"bill_depth_mm\": 13.2, \"flipper_length_mm\": 211,"
            + " \"body_mass_g\": 4500, \"sex\": null, \"island\": \"";
    int longest = (int) TableFormat.longest(TableModels.SPECIES.schema(), 1024);
    String many = "[" + (row + "Biscoe\"},").repeat(1023) + row + "Biscoe\"}]";
    String wide = row + "\u4e2d".repeat((longest - row.length()) / 3 - 1) + "\"}";
    List<byte[]> bodies =
        List.of(
            (many + " ".repeat(longest - many.length())).getBytes(StandardCharsets.UTF_8),
            wide.getBytes(StandardCharsets.UTF_8));
    Process process =
        start(
            List.of("-Xmx64m"),
            "lamella.examples.cli.Lamella",
            "serve",
            "--model",
            file.toString(),
            "--port",
            "0");
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      String line = out.readLine();
      InetSocketAddress address = address(line);
      String name = "a model of species (3 classes, of 6 columns)";
      assertEquals(
          name + " answers at http://localhost:" + address.getPort() + "/predict, until Ctrl-C",
          line);
      List<Future<Integer>> statuses = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        byte[] body = bodies.get(i % 2);
        statuses.add(
            clients.submit(() -> {
              try (Client client = new Client(address)) {
                return client.ask("POST", "", body).status();
              }
            }));
      }
      int answered = 0;
      for (Future<Integer> status : statuses) {
        assertTrue(status.get() == 200 || status.get() == 503, "status " + status.get());
        answered += status.get() == 200 ? 1 : 0;
      }
      assertTrue(answered > 0);
      try (Client client = new Client(address)) {
        assertEquals(200, client.ask("POST", "", bodies.getFirst()).status());
        assertEquals(200, client.ask("POST", "", bodies.getLast()).status());
      }
      String errors = Files.readString(directory.resolve("errors"));
      assertFalse(errors.contains("a request failed"), errors);
    } finally {
      process.destroyForcibly();
    }
  }

  private InetSocketAddress address(String line) throws IOException {
    assertTrue(line != null, Files.readString(directory.resolve("errors")));
    Matcher port = Pattern.compile("localhost.*:(\\d+)").matcher(line);
    assertTrue(port.find(), line);
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port.group(1)));
  }
}
