package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The projects {@code consumer}, {@code custom-layers} and {@code service} have no parent, as those
 * of other people; yet the versions of their plugins are those of Lamella's own build.
 */
class GuestProjectsTest {
  private static final Pattern PLUGIN =
      Pattern.compile("<artifactId>maven-(\\w+)-plugin</artifactId>\\s*<version>([^<]*)</version>");

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    return Files.exists(folder.resolve("core")) ? folder : folder.getParent();
  }

  @Test
  void theirPluginsHaveTheVersionsOfTheBuild() throws IOException {
    String own = Files.readString(root().resolve("pom.xml"));
    for (String name : List.of("consumer", "custom-layers", "service")) {
      Path guest = root().resolve("examples").resolve(name).resolve("pom.xml");
      Matcher plugin = PLUGIN.matcher(Files.readString(guest));
      int plugins = 0;
      while (plugin.find()) {
        String property = plugin.group(1) + "-plugin.version>";
        if (own.contains("<" + property)) {
          assertTrue(
              own.contains("<" + property + plugin.group(2) + "</" + property),
              guest + ": " + plugin.group());
          plugins++;
        }
      }
      assertTrue(plugins >= 3, guest.toString());
    }
  }
}
