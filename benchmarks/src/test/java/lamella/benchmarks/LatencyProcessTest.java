package lamella.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LatencyProcessTest {
  private static final String[] BRIEFLY = {
    "--callers", "3", "--warmup", "0.05", "--seconds", "0.3", "predict:1x4-5-2"
  };

  @Test
  void durationsKeepTheirPercentilesToTheirSteps() {
    LatencyProcess.Durations durations = new LatencyProcess.Durations();
    for (int i = 1; i <= 99; i++) {
      durations.add(1_000L * i);
    }
    LatencyProcess.Durations slow = new LatencyProcess.Durations();
    slow.add(Long.MAX_VALUE);
    durations.add(slow);
    assertEquals(100, durations.count());
    assertEquals(50e3, durations.percentile(0.50), 50e3 / 64);
    assertEquals(99e3, durations.percentile(0.99), 99e3 / 64);
    assertEquals((double) Long.MAX_VALUE, durations.percentile(1), Long.MAX_VALUE / 64.0);
    assertTrue(Double.isNaN(new LatencyProcess.Durations().percentile(0.5)));
  }

  @Test
  void aProcessTellsOfPlatformAndOfVirtualThreads() throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                java,
                "-Dlamella.vector=off",
                "-Dlamella.threads=1",
                "-cp",
                System.getProperty("java.class.path"),
                Ours.class.getName()));
    command.addAll(Arrays.asList(BRIEFLY));
    Map<String, String> facts = Child.run(command, Map.of()).facts();
    for (String kind : Set.of("platform", "virtual")) {
      String text = String.valueOf(facts.get("latency " + kind + " 4-5-2"));
      double[] numbers = Arrays.stream(text.split(" ", -1)).mapToDouble(Double::valueOf).toArray();
      assertEquals(3, numbers.length, text);
      assertTrue(numbers[0] > 0 && numbers[1] >= numbers[0] && numbers[2] > 0, text);
    }
  }

  @Test
  void aWrongAnswerEndsTheProcess() {
    IllegalStateException failed =
        assertThrows(
            IllegalStateException.class,
            () ->
                LatencyProcess.run(
                    BRIEFLY, (workload, examples) -> () -> (example, outputs) -> outputs[0] = 9));
    assertTrue(
        String.valueOf(failed.getCause()).contains("output [0, 0] is to be"),
        () -> String.valueOf(failed.getCause()));
  }
}
