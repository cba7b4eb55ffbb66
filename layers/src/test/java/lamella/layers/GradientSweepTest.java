package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import lamella.check.GradientCheck;
import lamella.core.Layer;
import org.junit.jupiter.api.Test;

/**
 * The gradient check on random networks.
 *
 * <p>{@code -Dlamella.gradients.networks=20000} tries more than an ordinary build.
 */
class GradientSweepTest {
  private static final int NETWORKS = Integer.getInteger("lamella.gradients.networks", 80);

  @Test
  void neitherRightNetworksAreCalledWrongNorWrongOnesRight()
      throws IOException, InterruptedException, URISyntaxException {
    String places =
        place(Layer.class)
            + File.pathSeparator
            + place(GradientCheck.class)
            + File.pathSeparator
            + place(Linear.class)
            + File.pathSeparator
            + place(GradientSweep.class);
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Dlamella.vector=off",
            "-cp",
            places,
            GradientSweep.class.getName(),
            Integer.toString(NETWORKS));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> output);
    assertTrue(output.contains(NETWORKS + " right networks: 0 called wrong"), output);
    assertTrue(output.contains("wrong networks found"), output);
  }

  private static Path place(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
