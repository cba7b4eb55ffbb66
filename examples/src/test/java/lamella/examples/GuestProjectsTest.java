package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The projects in core/src/it have no parent, as those of other people; yet the versions of their
 * plugins are those of Lamella's own build.
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
    List<Path> guests;
    try (Stream<Path> folders = Files.list(root().resolve("core/src/it"))) {
      guests = folders.map(folder -> folder.resolve("pom.xml")).filter(Files::exists).toList();
    }
    assertEquals(3, guests.size());
    for (Path guest : guests) {
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
