package lamella.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lamella.core.Pass;
import org.junit.jupiter.api.Test;

/** Lamella's process of a comparison, as Compare starts it. */
class OursTest {

  @Test
  void aProcessGivesOneTimeForEachWorkloadAndItsFacts() throws IOException {
    List<String> names =
        List.of(
            "step:3x40-8-3",
            "modern:3x40-8-3",
            "loop:3x40-8-3",
            "forward:1x40-8-3",
            "predict:1x40-8-3",
            "predict:3x40-8-3",
            "xw:3x4x5",
            "xtdy:3x4x5",
            "dywt:3x4x5",
            "peak:1");
    List<String> arguments = new ArrayList<>(List.of("--warmup", "0.01", "--seconds", "0.01"));
    arguments.addAll(names);

    Child child = Child.run(command(arguments), Map.of());

    assertEquals(Set.copyOf(names), child.times().keySet());
    child.times().forEach((name, time) -> assertTrue(time > 0, name));
    assertEquals("scalar kernels, 1 thread", child.facts().get("Lamella"));
    assertTrue(
        child.facts().containsKey("allocated step:3x40-8-3"), () -> child.facts().toString());
  }

  @Test
  void manyStepsOnTheSameNumbersStayFinite() {
    Model step = new Model(Workload.parse("step:20x300-64-10"));
    Model modern = new Model(Workload.parse("modern:20x300-64-10"));
    Model loop = new Model(Workload.parse("loop:20x300-64-10"));
    ImageSource images = new ImageSource(300);
    Pass stepPass = Pass.forTraining();
    Pass modernPass = Pass.forTraining();
    Pass loopPass = Pass.forTraining();
    double stepLoss = 0;
    double modernLoss = 0;
    double loopLoss = 0;
    for (int i = 0; i < 1000; i++) {
      stepLoss = step.trainingStep(stepPass);
      modernLoss = modern.trainingStep(modernPass);
      images.nextBatch(loop.inputs());
      loopLoss = loop.trainingStep(loopPass);
    }
    assertTrue(stepLoss < 1, () -> "the loss does not fall");
    assertTrue(modernLoss < 1, () -> "the loss does not fall");
    assertTrue(loopLoss < 10, () -> "the loss does not stay near log 10");
  }

  @Test
  void aProcessThatFailsIsQuoted() {
    IOException failure =
        assertThrows(IOException.class, () -> Child.run(command(List.of("stop:1x1")), Map.of()));
    assertTrue(
        String.valueOf(failure.getMessage()).contains("no task is called 'stop'"),
        failure.getMessage());
  }

  private static List<String> command(List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-Dlamella.vector=off",
                "-Dlamella.threads=1",
                "-cp",
                System.getProperty("java.class.path"),
                Ours.class.getName()));
    command.addAll(arguments);
    return command;
  }
}
