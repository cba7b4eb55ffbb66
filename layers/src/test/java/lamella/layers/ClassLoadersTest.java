package lamella.layers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.io.ModelFile;
import lamella.core.random.NumPyRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Model files in applications that have class loaders of their own, on threads that do not know
 * them.
 */
class ClassLoadersTest {
  private static final String HINT =
      "; where several jars were put into one, their files"
          + " META-INF/services/lamella.core.io.LayerFormats must be merged (maven-shade-plugin:"
          + " ServicesResourceTransformer)";

  @TempDir Path folder;

  private final ClassLoader before = Thread.currentThread().getContextClassLoader();

  @AfterEach
  void restore() {
    Thread.currentThread().setContextClassLoader(before);
  }

  /** Somebody's service: it writes and reads on a thread of the common pool. */
  public static final class Application implements UnaryOperator<byte[]> {
    /** Called by reflection. */
    public Application() {}

    /** The bytes of a model file, or, of such bytes, what network is in them. */
    @Override
    public byte[] apply(byte[] file) {
      return CompletableFuture.supplyAsync(() -> file.length == 0 ? write() : read(file)).join();
    }

    private static byte[] write() {
      NumPyRandom random = new NumPyRandom(1);
      return ModelFile.of(Network.of(Shape.of(3), new Linear(3, 2, random), new ReLU())).toBytes();
    }

    private static byte[] read(byte[] file) {
      try {
        return ModelFile.parse("model", file).network().toString().getBytes(UTF_8);
      } catch (IOException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static UnaryOperator<byte[]> application(ClassLoader loader) throws Exception {
    Class<?> type = loader.loadClass(Application.class.getName());
    assertEquals(loader, type.getClassLoader());
    return (UnaryOperator<byte[]>) type.getConstructor().newInstance();
  }

  private static void assertWritesAndReads(ClassLoader loader) throws Exception {
    UnaryOperator<byte[]> application = application(loader);
    byte[] file = application.apply(new byte[0]);
    assertEquals(
        "Network([3] -> Linear(3 -> 2) -> ReLU)", new String(application.apply(file), UTF_8));
  }

  private static URL place(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation();
  }

  /** Without a parent it sees the JDK alone; the platform loader sees the modules here. */
  private static URLClassLoader loader(@Nullable ClassLoader parent, URL... places) {
    return new URLClassLoader(places, parent);
  }

  /** As Spring Boot's; the common pool's threads have the JVM's own loader, with other copies. */
  @Test
  void allOfItInALoaderThatTheThreadDoesNotKnow() throws Exception {
    try (URLClassLoader all =
        loader(null, place(Network.class), place(Linear.class), place(Application.class))) {
      assertWritesAndReads(all);
    }
  }

  /** As in a server whose applications share a library. */
  @Test
  void theLayersInAnotherLoaderThanTheRest() throws Exception {
    try (URLClassLoader shared = loader(null, place(Network.class));
        URLClassLoader own = loader(shared, place(Linear.class), place(Application.class))) {
      assertWritesAndReads(own);
      Thread.currentThread().setContextClassLoader(own); // this thread's does not matter
      assertWritesAndReads(own);
    }
  }

  @Test
  void layersThatTwoLoadersShareAreThereOnce() throws Exception {
    try (URLClassLoader shared = loader(null, place(Network.class), place(Linear.class));
        URLClassLoader own = loader(shared, place(Linear.class), place(Application.class))) {
      assertWritesAndReads(own);
    }
  }

  @Test
  void servicesThatWereLostAreTheCause() throws Exception {
    Path layers = withoutServices(place(Linear.class));
    try (URLClassLoader whole =
            loader(null, place(Network.class), place(Linear.class), place(Application.class));
        URLClassLoader lost =
            loader(null, place(Network.class), layers.toUri().toURL(), place(Application.class))) {
      UnaryOperator<byte[]> application = application(lost);
      String writing =
          assertThrows(CompletionException.class, () -> application.apply(new byte[0]))
              .getCause()
              .getMessage();
      assertTrue(
          writing.startsWith(
              "ModelFile: layer 0 Linear(3 -> 2): no format for class lamella.layers.Linear; its"
                  + " library can provide one, see LayerFormats"
                  + HINT),
          writing);
      byte[] file = application(whole).apply(new byte[0]);
      String reading =
          assertThrows(CompletionException.class, () -> application.apply(file))
              .getCause()
              .getMessage();
      assertTrue(
          reading.startsWith(
              "model: layer 0 \"lamella.Linear\": no layer of this type on the module path or class"
                  + " path, only lamella.Network; add the library that has it"
                  + HINT),
          reading);
    }
  }

  /** The classes of a folder or jar, without its META-INF. */
  private Path withoutServices(URL place) throws IOException, URISyntaxException {
    Path from = Path.of(place.toURI());
    Path to = folder.resolve("classes");
    if (Files.isDirectory(from)) {
      copy(from, to);
    } else {
      try (FileSystem jar = FileSystems.newFileSystem(from, Map.of())) {
        copy(jar.getPath("/"), to);
      }
    }
    return to;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.filter(path -> path.toString().endsWith(".class")).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }
}
