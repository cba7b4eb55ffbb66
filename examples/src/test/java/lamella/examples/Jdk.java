package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tools of the JDK that runs the tests, started as a reader of the guide starts them. */
public final class Jdk {
  private Jdk() {}

  /** A page of the guide, with the line ends of every system. */
  public static String page(String name) throws IOException {
    return Files.readString(examples("guide/" + name)).replace("\r\n", "\n");
  }

  /** A file of this module. */
  public static Path examples(String file) {
    Path folder = Path.of("").toAbsolutePath();
    return (Files.exists(folder.resolve("guide")) ? folder : folder.resolve("examples"))
        .resolve(file);
  }

  /** All that the tests run on. */
  public static String classPath() {
    return Stream.of(
            System.getProperty("jdk.module.path", ""), System.getProperty("java.class.path"))
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /**
   * What a tool prints on standard output, once it has ended well.
   *
   * @param directory where it runs
   */
  public static String run(Path directory, String input, String tool, String... args)
      throws IOException, InterruptedException {
    Path in = Files.writeString(directory.resolve("in.txt"), input);
    Path out = directory.resolve("out.txt");
    Path err = directory.resolve("err.txt");
    List<String> command = new ArrayList<>(List.of(args));
    command.addFirst(Path.of(System.getProperty("java.home"), "bin", tool).toString());
    int status =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start()
            .waitFor();
    assertEquals(0, status, Files.readString(err));
    return Files.readString(out).replace("\r\n", "\n");
  }
}
