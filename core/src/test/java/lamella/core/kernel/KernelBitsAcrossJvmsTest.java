package lamella.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Other vector widths, compilers and processors, each in a JVM of its own, print the digests of the
 * plain loops: {@code UseAVX} makes of this machine an older one, {@code TieredStopAtLevel=1} and
 * {@code -Xint} use other compilers or none, and without {@code UseFMA} every fused multiply-add is
 * computed in software.
 */
class KernelBitsAcrossJvmsTest {
  private static final List<String> FULL = List.of("full");
  private static final List<String> SHORT = List.of("short");
  private static String fullReference = "";
  private static String shortReference = "";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Dlamella.vector=auto -Dlamella.threads=2",
        "-Dlamella.vector=512 -Dlamella.threads=64",
        "-XX:ActiveProcessorCount=16",
        "-Dlamella.vector=256 -Dlamella.threads=3",
        "-Dlamella.vector=128 -Dlamella.threads=7",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseZGC -XX:+UseCompactObjectHeaders",
      })
  void fullRunHasTheBitsOfThePlainLoops(String options) throws IOException, InterruptedException {
    if (fullReference.isEmpty()) {
      fullReference = run("-Dlamella.vector=off -Dlamella.threads=1", FULL);
    }
    assertEquals(fullReference, run(options, FULL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-XX:UseAVX=0",
        "-XX:UseAVX=1",
        "-XX:UseAVX=2",
        "-XX:UseAVX=3",
        "-XX:-UseFMA",
        "-Xint",
        "-Xint -Dlamella.vector=off",
      })
  void shortRunHasTheBitsOfThePlainLoops(String options) throws IOException, InterruptedException {
    if (shortReference.isEmpty()) {
      shortReference = run("-Dlamella.vector=off -Dlamella.threads=1", SHORT);
    }
    assertEquals(shortReference, run(options, SHORT));
  }

  private static String run(String options, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("-Dlamella.vector=widest"));
    all.addAll(List.of(options.split(" ")));
    String output = ChildJvm.run(KernelRun.class, all, arguments, false).trim();
    assertTrue(output.lines().count() > 20, () -> "digests of " + all + ": " + output);
    return output;
  }
}
