package lamella.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkloadTest {

  @Test
  void aNameIsReadAndWrittenBack() {
    List<String> names = new ArrayList<>(Compare.ALL_NETWORKS);
    names.addAll(Compare.PRODUCTS);
    names.addAll(Compare.scaling());
    for (String network : Compare.PREDICTED) {
      names.add(Compare.prediction(network, 16));
      assertEquals(network, Workload.parse(names.getLast()).network());
    }
    names.addAll(List.of(Compare.REPORT_LOOP, "xtdy:200x3072x64", "dywt:2x3x4", "peak:1"));
    for (String name : names) {
      assertEquals(name, Workload.parse(name).name());
    }
  }

  @Test
  void aProductCountsTwoForEachMultiplyAdd() {
    assertEquals(2.0 * 200 * 3072 * 64, Workload.parse("xtdy:200x3072x64").flops());
  }

  @Test
  void aTrainingStepCountsNoInputGradientOfTheFirstLayer() {
    // Forward 2 (3·5·7 + 3·7·2), weight gradients the same, one input gradient 2·3·7·2.
    assertEquals(2.0 * (2 * (105 + 42) + 42), Workload.parse("step:3x5-7-2").flops());
    assertEquals(2.0 * (2 * (105 + 42) + 42), Workload.parse("modern:3x5-7-2").flops());
    assertEquals(2.0 * (105 + 42), Workload.parse("forward:3x5-7-2").flops());
  }

  @Test
  void allCoresArePeakThreads() {
    int cores = Runtime.getRuntime().availableProcessors();
    assertEquals("peak:" + cores, Workload.parse("peak:all").name());
  }

  @Test
  void aWrongNameSaysWhatIsWrong() {
    assertEquals("Workload: no task is called 'stop'", message("stop:1x2-3"));
    assertEquals("Workload: 'a' in 'xw:1xax3' is no size", message("xw:1xax3"));
    assertEquals("Workload: sizes are at least 1, got 'xw:1x0x3'", message("xw:1x0x3"));
    assertEquals("Workload: expects ROWSxINPUTSxOUTPUTS, got 'xw:1x2'", message("xw:1x2"));
    assertEquals("Workload: expects BATCHxWIDTH-...-WIDTH, got 'step:1x2'", message("step:1x2"));
    assertTrue(message("step").startsWith("Workload: expects TASK:SIZES"));
  }

  private static String message(String name) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> Workload.parse(name)).getMessage());
  }
}
