package lamella.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Once compiled, no product allocates a byte, whatever the width of the vectors: a vector that does
 * not stay in a register is an object, and the product twenty times as slow.
 */
class ProductAllocationTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Dlamella.vector=widest",
        "-Dlamella.vector=256",
        "-Dlamella.vector=128",
        "-Dlamella.vector=256 -XX:UseAVX=2",
        "-Dlamella.vector=128 -XX:UseAVX=2",
      })
  void aProductAllocatesNothing(String options) throws Exception {
    List<String> lines = run(options);
    assumeFalse(lines.contains(ProductAllocationRun.UNSUPPORTED));
    assertTrue(lines.size() > 20, lines::toString);
    for (String line : lines.subList(1, lines.size())) {
      assertEquals("0", line.substring(line.indexOf(": ") + 2), options + ": " + line);
    }
  }

  private static List<String> run(String options) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("-Dlamella.threads=1"));
    all.addAll(List.of(options.split(" ")));
    String output = ChildJvm.run(ProductAllocationRun.class, all, List.of(), false);
    return output.lines().toList();
  }
}
