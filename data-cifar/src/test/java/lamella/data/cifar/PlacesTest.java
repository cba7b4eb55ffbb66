package lamella.data.cifar;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacesTest {
  @TempDir private Path home;

  private Path cache(String os, Map<String, String> environment) {
    return new Places(environment, os, home).cacheDirectory();
  }

  @Test
  void cacheIsWhereEachSystemKeepsCaches() {
    assertEquals(home.resolve(".cache").resolve("lamella"), cache("Linux", Map.of()));
    assertEquals(
        home.resolve("Library").resolve("Caches").resolve("lamella"), cache("Mac OS X", Map.of()));
    assertEquals(
        home.resolve("AppData").resolve("Local").resolve("lamella"), cache("Windows 11", Map.of()));
    String local = home.resolve("L").toString();
    assertEquals(
        home.resolve("L").resolve("lamella"), cache("Windows 11", Map.of("LOCALAPPDATA", local)));
  }

  @Test
  void variablesComeFirst() {
    String xdg = home.resolve("xdg").toString();
    String own = home.resolve("own").toString();
    assertEquals(
        home.resolve("xdg").resolve("lamella"), cache("Linux", Map.of("XDG_CACHE_HOME", xdg)));
    assertEquals(
        home.resolve("own"),
        cache("Mac OS X", Map.of("XDG_CACHE_HOME", xdg, "LAMELLA_CACHE", own)));
    assertEquals(
        home.resolve(".cache").resolve("lamella"),
        cache("Linux", Map.of("XDG_CACHE_HOME", "relative", "LAMELLA_CACHE", " ")));
  }

  @Test
  void withoutANamedPlaceTheCacheIsUsedOnceItHasData() throws IOException {
    Path cache = home.resolve("cache");
    for (String blank : new String[] {"", " "}) {
      Places places =
          new Places(
              Map.of("CIFAR10_HOME", blank, "LAMELLA_CACHE", cache.toString()), "Linux", home);
      Files.createDirectories(cache);
      Files.deleteIfExists(cache.resolve("cifar-10-binary.tar.gz"));
      assertEquals(Optional.empty(), places.findInstalled());
      Files.write(cache.resolve("cifar-10-binary.tar.gz.part"), new byte[5]);
      assertEquals(Optional.empty(), places.findInstalled());
      Files.write(cache.resolve("cifar-10-binary.tar.gz"), new byte[5]);
      assertEquals(Optional.of(cache), places.findInstalled());
    }
  }

  @Test
  void aNamedPlaceIsTakenEvenIfNothingIsThere() throws IOException {
    Path named = home.resolve("named");
    Path cache = Files.createDirectories(home.resolve("cache"));
    Files.write(cache.resolve("cifar-10-binary.tar.gz"), new byte[5]);
    Places places =
        new Places(
            Map.of("CIFAR10_HOME", named.toString(), "LAMELLA_CACHE", cache.toString()),
            "Linux",
            home);
    assertEquals(Optional.of(named), places.findInstalled());
    Files.createDirectories(named);
    assertEquals(Optional.of(named), places.findInstalled());
    Files.createDirectories(named.resolve("cifar-10-batches-bin"));
    Files.write(named.resolve("cifar-10-batches-bin").resolve("test_batch.bin"), new byte[5]);
    assertEquals(Optional.of(named), places.findInstalled());
  }

  @Test
  void namedPlaceMayBeTheArchiveItself() throws IOException {
    Path archive = Files.write(home.resolve("c.tar.gz"), new byte[5]);
    Places places = new Places(Map.of("CIFAR10_HOME", archive.toString()), "Linux", home);
    assertEquals(Optional.of(archive), places.findInstalled());
  }
}
