package lamella.benchmarks.tables;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lamella.benchmarks.Child;

/** How the programs are started that are compared: ours, peers in Java, and scripts in Python. */
final class Programs {
  /**
   * A process.
   *
   * @param command what to start
   * @param environment variables beside those that are there
   */
  record Program(List<String> command, Map<String, String> environment) {
    Child run() throws IOException {
      return Child.run(command, environment);
    }
  }

  private final Path home;
  private final String python;

  /**
   * Programs of this module's folder.
   *
   * @param python what starts a Python that has scikit-learn, pandas and onnxruntime
   */
  Programs(Path home, String python) {
    this.home = home;
    this.python = python;
  }

  /** One of our classes with arguments. */
  Program ours(int threads, Class<?> main, String... arguments) {
    List<String> command = java();
    command.add("--add-modules=jdk.incubator.vector");
    command.add("-Dlamella.threads=" + threads);
    command.addAll(
        List.of("-cp", home.resolve("target/benchmarks.jar").toString(), main.getName()));
    command.addAll(List.of(arguments));
    return new Program(command, Map.of());
  }

  /** Whether a peer is built. */
  boolean has(String peer) {
    return Files.isDirectory(lib(peer));
  }

  /** A class of a peer with arguments. */
  Program peer(String peer, String main, int threads, String... arguments) throws IOException {
    List<String> command = java();
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Dthreads=" + threads);
    command.addAll(
        List.of(
            "-cp",
            home.resolve("peers/" + peer + "/target/classes")
                + File.pathSeparator
                + lib(peer)
                + "/*",
            "lamella.benchmarks.peers." + peer + "." + main));
    command.addAll(List.of(arguments));
    Map<String, String> environment = new HashMap<>(threads(threads));
    if (peer.equals("smile")) {
      // Threads of OpenBLAS make its products of a row and a matrix fifty times slower.
      environment.put("OPENBLAS_NUM_THREADS", "1");
      environment.put("LD_LIBRARY_PATH", openBlas().toString());
    }
    return new Program(command, environment);
  }

  /** Whether Python has all of these. */
  boolean pythonHas(String... modules) {
    return Child.works(python, "-c", "import " + String.join(", ", modules));
  }

  /** A script of a peer with arguments. */
  Program script(String script, int threads, String... arguments) {
    List<String> command =
        new ArrayList<>(List.of(python, home.resolve("peers/" + script).toString()));
    command.addAll(List.of(arguments));
    return new Program(command, threads(threads));
  }

  /** Our command line with options for the JVM. */
  Program lamella(String options, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(home.resolveSibling("examples/target/lamella/bin/lamella").toString()));
    command.addAll(List.of(arguments));
    return new Program(
        command, Map.of("LAMELLA_OPTS", options, "JAVA_HOME", System.getProperty("java.home")));
  }

  private Path lib(String peer) {
    return home.resolve("peers").resolve(peer).resolve("target/lib");
  }

  private static List<String> java() {
    return new ArrayList<>(
        List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx4g"));
  }

  private static Map<String, String> threads(int threads) {
    String n = Integer.toString(threads);
    return Map.of("OMP_NUM_THREADS", n, "OPENBLAS_NUM_THREADS", n, "MKL_NUM_THREADS", n);
  }

  /** The folder of a {@code libopenblas.so}, which Smile looks for. */
  private Path openBlas() throws IOException {
    Path folder = home.resolve("peers/smile/target/openblas");
    if (Files.isDirectory(folder)) {
      return folder;
    }
    Path unpacked = Files.createTempDirectory(folder.getParent(), "openblas");
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(lib("smile"), "openblas-*-linux-*.jar")) {
      for (Path jar : jars) {
        try (FileSystem files = FileSystems.newFileSystem(jar);
            DirectoryStream<Path> systems =
                Files.newDirectoryStream(files.getPath("org/bytedeco/openblas"))) {
          for (Path system : systems) {
            unpack(system, unpacked);
          }
        }
      }
    }
    return Files.move(unpacked, folder);
  }

  private static void unpack(Path from, Path to) throws IOException {
    try (DirectoryStream<Path> libraries = Files.newDirectoryStream(from, "lib*.so*")) {
      for (Path library : libraries) {
        String name = library.getFileName().toString();
        if (name.equals("libopenblas.so.0")) {
          Files.copy(library, to.resolve("libopenblas.so"));
        }
        Files.copy(library, to.resolve(name));
      }
    }
  }
}
