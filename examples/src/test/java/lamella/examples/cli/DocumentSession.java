package lamella.examples.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Does what a reader of the pages does, in the folder it is started in. One JVM for all pages: most
 * of a short program's time is the JVM's start.
 *
 * <p>Steps are the lines of a file: {@code page NAME} begins a page, in an empty folder; {@code
 * given FILE} puts a file there; {@code java CLASS} and {@code lamella OPTIONS} run. What step i
 * prints goes to the file i.txt in a folder of its own, and in the end each page's files lie in a
 * folder of its name.
 */
final class DocumentSession {
  private static final Path HERE = Path.of("").toAbsolutePath();

  private static final Pattern WORD = Pattern.compile("(\"[^\"]*\"|[^\\s\"])+");

  private DocumentSession() {}

  /** Arguments: the file of steps, the folder for what they print, that for the pages' files. */
  public static void main(String[] args) throws ReflectiveOperationException, IOException {
    List<String> steps = Files.readAllLines(Path.of(args[0]));
    Path page = Path.of(args[2]);
    for (int i = 0; i < steps.size(); i++) {
      List<String> step = words(steps.get(i));
      List<String> arguments = step.subList(1, step.size());
      System.err.println(steps.get(i));
      PrintStream console = System.out;
      Path output = Path.of(args[1], i + ".txt");
      try (PrintStream printed =
          new PrintStream(Files.newOutputStream(output), true, StandardCharsets.UTF_8)) {
        System.setOut(printed);
        switch (step.getFirst()) {
          case "page" -> {
            moveAll(page);
            page = Path.of(args[2], step.get(1));
          }
          case "given" -> {
            Path file = Path.of(step.get(1));
            Files.copy(file, HERE.resolve(file.getFileName()));
          }
          case "java" -> runProgram(Class.forName(step.get(1)));
          default -> runCommand(arguments);
        }
      } finally {
        System.setOut(console);
      }
    }
    moveAll(page);
  }

  private static void moveAll(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(HERE)) {
      for (Path file : files) {
        Files.move(file, folder.resolve(file.getFileName()));
      }
    }
  }

  private static void runCommand(List<String> arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int status = Lamella.run(out, err, arguments.toArray(String[]::new));
    if (status != 0) {
      throw new IllegalStateException("status " + status + " of lamella " + arguments);
    }
  }

  /** As the java command runs a compact source file. */
  private static void runProgram(Class<?> program) throws ReflectiveOperationException {
    Constructor<?> constructor = program.getDeclaredConstructor();
    constructor.setAccessible(true);
    Method main = program.getDeclaredMethod("main");
    main.setAccessible(true);
    try {
      main.invoke(constructor.newInstance());
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(program.getName() + " fails", e.getCause());
    }
  }

  /** A command's words, which are separated by spaces outside of quotation marks. */
  static List<String> words(String command) {
    return WORD.matcher(command).results().map(word -> word.group().replace("\"", "")).toList();
  }

  /** The command with these words. */
  static String command(List<String> words) {
    return words.stream()
        .map(word -> word.contains(" ") ? "\"" + word + "\"" : word)
        .collect(Collectors.joining(" "));
  }
}
