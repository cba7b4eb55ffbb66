package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lamella.examples.cli.Document.Block;
import lamella.examples.cli.Document.Link;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.ParameterException;

/**
 * README and the guide do what they say: programs and commands run and print what is printed there,
 * quotations are those of the files, and links lead somewhere.
 */
class DocumentsTest {
  /** What a build makes besides the start scripts. */
  private static final Set<String> BUILT =
      Set.of("examples/target/lamella/lib/*", "benchmarks/target/benchmarks.jar");

  private static final Path ROOT = root();

  @TempDir static Path work;

  private static List<Document> documents = List.of();

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    return Files.exists(folder.resolve("README.md")) ? folder : folder.getParent();
  }

  @BeforeAll
  static void readAndCompile() throws IOException {
    documents = Document.all(ROOT);
    List<String> arguments =
        new ArrayList<>(List.of("-proc:none", "-cp", classPath(), "-d", classes().toString()));
    for (Document document : documents) {
      for (Block block : document.blocks()) {
        if (block.isToRun() && block.language().equals("java")) {
          Path file = work.resolve(document.className(block) + ".java");
          Files.writeString(file, block.text());
          arguments.add(file.toString());
        }
      }
    }
    StringWriter messages = new StringWriter();
    PrintWriter writer = new PrintWriter(messages, true);
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(writer, writer, arguments.toArray(String[]::new));
    assertEquals(0, status, messages::toString);
  }

  private static Path classes() {
    return work.resolve("classes");
  }

  /** All that this test runs on. */
  private static String classPath() {
    String modules = System.getProperty("jdk.module.path", "");
    return Stream.of(testClasses(), modules, System.getProperty("java.class.path"))
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String testClasses() {
    try {
      String file = "DocumentSession.class";
      Path path = Path.of(DocumentSession.class.getResource(file).toURI());
      int packages = DocumentSession.class.getPackageName().split("\\.").length;
      for (int i = 0; i <= packages; i++) {
        path = path.getParent();
      }
      return path.toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void programsAndCommandsPrintWhatIsSaid() throws IOException, InterruptedException {
    List<String> steps = new ArrayList<>();
    Map<Block, List<Integer>> stepsOfBlocks = new HashMap<>();
    for (Document document : documents) {
      steps.add("page " + document.name());
      for (Block block : document.blocks()) {
        String given = block.said("given");
        for (String file : given == null ? new String[0] : given.split(" ")) {
          steps.add("given " + ROOT.resolve(file));
        }
        List<String> own = block.isToRun() ? steps(document, block) : List.of();
        IntStream numbers = IntStream.range(steps.size(), steps.size() + own.size());
        stepsOfBlocks.put(block, numbers.boxed().toList());
        steps.addAll(own);
      }
    }
    run(steps);
    for (Document document : documents) {
      String printed = "";
      for (Block block : document.blocks()) {
        if (block.prints()) {
          assertEquals(comparable(block.text()), comparable(printed), document.at(block.line()));
        }
        printed = "";
        for (int step : stepsOfBlocks.get(block)) {
          printed += Files.readString(outputs().resolve(step + ".txt"));
        }
        boolean program = block.isToRun() && block.language().equals("java");
        assertFalse(program && printed.isBlank(), document.at(block.line()) + " prints nothing");
      }
      commands(document)
          .filter(command -> !command.isOurs())
          .forEach(command -> command.requireFiles(work.resolve("pages").resolve(document.name())));
    }
  }

  private static List<String> steps(Document document, Block block) {
    if (block.language().equals("java")) {
      return List.of("java " + document.className(block));
    }
    return commands(document, block)
        .filter(Command::isOurs)
        .map(command -> "lamella " + DocumentSession.command(command.arguments()))
        .toList();
  }

  /** All but how this machine computes. */
  private static String comparable(String text) {
    return text.lines()
        .filter(line -> !line.startsWith("computing with"))
        .collect(Collectors.joining("\n"))
        .strip();
  }

  private static Path outputs() {
    return work.resolve("outputs");
  }

  private static void run(List<String> steps) throws IOException, InterruptedException {
    Path file = Files.write(work.resolve("steps"), steps);
    Path errors = work.resolve("errors");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Plain loops, which have the same bits: nothing here runs long enough for vectors to pay.
    command.addAll(List.of("-XX:+UseSerialGC", "-Dlamella.vector=off"));
    command.addAll(List.of("-cp", classes() + File.pathSeparator + classPath()));
    command.add(DocumentSession.class.getName());
    command.add(file.toString());
    command.add(Files.createDirectory(outputs()).toString());
    command.add(work.resolve("pages").toString());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(Files.createDirectory(work.resolve("here")).toFile())
            .redirectErrorStream(true)
            .redirectOutput(errors.toFile());
    builder.environment().remove("CIFAR10_HOME");
    builder.environment().put("LAMELLA_CACHE", work.resolve("no-cache").toString());
    int status = builder.start().waitFor();
    assertEquals(0, status, Files.readString(errors));
  }

  // Commands.

  /** A command, where it stands, as its words. */
  private record Command(String place, List<String> words) {
    boolean isOurs() {
      return words.getFirst().equals("lamella") || words.getFirst().endsWith("/bin/lamella");
    }

    List<String> arguments() {
      return words.subList(1, words.size());
    }

    /**
     * The files it names are of the repository, of its build, or were made by the page's commands
     * before.
     */
    void requireFiles(Path folder) {
      for (String word : words) {
        String source = word.replace("examples/target/lamella/", "examples/src/main/dist/");
        assertTrue(
            !word.contains("/")
                || BUILT.contains(word)
                || Files.exists(ROOT.resolve(source))
                || Files.exists(folder.resolve(word)),
            place + ": there is no " + word);
      }
    }
  }

  private static Stream<Command> commands(Document document) {
    return document.blocks().stream().flatMap(block -> commands(document, block));
  }

  private static Stream<Command> commands(Document document, Block block) {
    return block.lines().stream()
        .filter(line -> block.language().equals("sh"))
        .flatMap(line -> Stream.of(line.replaceFirst("#.*", "").split("&&")))
        .filter(command -> !command.isBlank())
        .map(
            command -> command.replaceFirst("^\\w+=(\"[^\"]*\"|\\S*)\\s", "")) // LAMELLA_OPTS="..."
        .map(command -> new Command(document.at(block.line()), DocumentSession.words(command)));
  }

  @Test
  void everyCommandAndOptionExists() {
    List<Command> ours =
        documents.stream().flatMap(DocumentsTest::commands).filter(Command::isOurs).toList();
    assertTrue(ours.size() > 10, ours.toString());
    for (Command command : ours) {
      try {
        String[] arguments = command.arguments().toArray(String[]::new);
        Lamella.commandLine(arguments).parseArgs(arguments);
      } catch (ParameterException e) {
        throw new AssertionError(command.toString(), e);
      }
    }
  }

  // What is not run.

  @Test
  void everyBlockIsRunOrKeptTrueByAFile() throws IOException {
    for (Document document : documents) {
      for (Block block : document.blocks()) {
        String place = document.at(block.line());
        String quoted = block.said("quotes");
        String checker = block.said("checked by");
        if (quoted != null) {
          String source = withoutIndent(Files.readString(ROOT.resolve(quoted)));
          assertTrue(source.contains(withoutIndent(block.text())), place);
        } else if (checker != null) {
          String test = Files.readString(ROOT.resolve(checker));
          assertTrue(test.contains(document.path().getFileName().toString()), place);
        } else {
          boolean reason = block.language().equals("sh") && block.said("not run:") != null;
          assertTrue(block.isToRun() || block.prints() || reason, place + " is not checked");
        }
      }
    }
  }

  private static String withoutIndent(String text) {
    return text.lines().map(String::strip).collect(Collectors.joining("\n"));
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<Document> linking = new ArrayList<>(documents);
    for (String other : List.of("CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/README.md")) {
      linking.add(Document.read(ROOT, Path.of(other)));
    }
    int found = 0;
    for (Document document : linking) {
      for (Link link : document.links()) {
        if (!link.target().startsWith("https://")) {
          requireTarget(document, link);
          found++;
        }
      }
    }
    assertTrue(found > 10, "links found: " + found);
  }

  private static void requireTarget(Document document, Link link) throws IOException {
    String[] target = link.target().split("#", 2);
    Path page = ROOT.resolve(document.path());
    Path file = target[0].isEmpty() ? page : page.resolveSibling(target[0]).normalize();
    String message = document.at(link.line()) + ": " + link.target();
    assertTrue(Files.exists(file), message);
    assertTrue(
        target.length == 1
            || Document.read(ROOT, ROOT.relativize(file)).anchors().contains(target[1]),
        message);
  }
}
