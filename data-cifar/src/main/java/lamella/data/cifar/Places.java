package lamella.data.cifar;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Where data lie on this machine, by its environment and its system's customs. */
record Places(Map<String, String> environment, String osName, Path home) {
  private static final String CIFAR10_HOME = "CIFAR10_HOME";

  static Places ofThisProcess() {
    return new Places(
        System.getenv(),
        System.getProperty("os.name", ""),
        Path.of(System.getProperty("user.home", "")));
  }

  /**
   * {@code LAMELLA_CACHE}, else {@code XDG_CACHE_HOME/lamella}, else the system's custom: {@code
   * ~/Library/Caches/lamella}, {@code %LOCALAPPDATA%\lamella} or {@code ~/.cache/lamella}.
   */
  Path cacheDirectory() {
    return variable("LAMELLA_CACHE")
        .or(() -> variable("XDG_CACHE_HOME").filter(Path::isAbsolute).map(Places::ours))
        .orElseGet(this::systemCacheDirectory);
  }

  private Path systemCacheDirectory() {
    String os = osName.toLowerCase(Locale.ROOT);
    if (os.startsWith("mac")) {
      return ours(home.resolve("Library").resolve("Caches"));
    }
    if (os.startsWith("windows")) {
      return ours(
          variable("LOCALAPPDATA").orElseGet(() -> home.resolve("AppData").resolve("Local")));
    }
    return ours(home.resolve(".cache"));
  }

  /**
   * What {@code CIFAR10_HOME} names, whatever is there: who names a place is not to be given other
   * images. Else the cache, if there is data.
   *
   * @throws InvalidPathException if what it names can be no path
   */
  Optional<Path> findInstalled() {
    String named = environment.getOrDefault(CIFAR10_HOME, "");
    return named.isBlank()
        ? Optional.of(cacheDirectory()).filter(CifarPlace::hasData)
        : Optional.of(Path.of(named));
  }

  private static Path ours(Path caches) {
    return caches.resolve("lamella");
  }

  private Optional<Path> variable(String name) {
    String value = environment.getOrDefault(name, "");
    try {
      return value.isBlank() ? Optional.empty() : Optional.of(Path.of(value));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
