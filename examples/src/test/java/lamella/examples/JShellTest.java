package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide's page on JShell and scripts: its session and its script, and what they print. */
class JShellTest {
  private static final Pattern SESSION = Pattern.compile("```jshell\\R(.*?)```", Pattern.DOTALL);
  private static final Pattern PROMPT = Pattern.compile("^(jshell> |   \\.\\.\\.> )");

  @TempDir Path directory;

  @Test
  void thePagesSessionGivesWhatThePageShows() throws IOException, InterruptedException {
    Matcher session = SESSION.matcher(page());
    assertTrue(session.find());
    List<String> inputs = new ArrayList<>();
    List<String> shown = new ArrayList<>();
    for (String line : session.group(1).lines().toList()) {
      Matcher prompt = PROMPT.matcher(line);
      (prompt.find() ? inputs : shown).add(prompt.replaceFirst(""));
    }
    String printed =
        run(
            String.join("\n", inputs) + "\n",
            "jshell",
            "-J-XX:TieredStopAtLevel=1",
            "-R-XX:TieredStopAtLevel=1",
            "-J-Djava.util.prefs.userRoot=" + directory,
            "--class-path",
            ReadmeTest.classPath(),
            "--add-modules",
            "jdk.incubator.vector",
            "--feedback",
            "normal",
            "--startup",
            examples("src/main/dist/lamella.jsh").toString());
    // Input that comes from no terminal is not repeated, except sometimes the first; prompts have
    // no line's end.
    List<String> answers =
        printed
            .lines()
            .map(line -> line.replaceAll("^(jshell> )+", "").replace(inputs.getFirst(), ""))
            .filter(line -> !line.isBlank() && !line.contains("JShell") && !line.contains("/help"))
            .toList();
    assertEquals(shown.stream().filter(line -> !line.isBlank()).toList(), answers);
  }

  @Test
  void theScriptDrawsWhatThePageShows() throws IOException, InterruptedException {
    Matcher drawing =
        Pattern.compile("prints\\s+```text\\R(.*?)```", Pattern.DOTALL).matcher(page());
    assertTrue(drawing.find());
    assertEquals(
        drawing.group(1),
        run(
            "",
            "java",
            "-cp",
            ReadmeTest.classPath(),
            examples("scripts/Spirals.java").toString()));
  }

  private static String page() throws IOException {
    return Files.readString(examples("guide/jshell.md")).replace("\r\n", "\n");
  }

  private static Path examples(String file) {
    return ReadmeTest.root().resolve("examples").resolve(file);
  }

  /** What a tool of this JDK prints on standard output. */
  private String run(String input, String tool, String... args)
      throws IOException, InterruptedException {
    Path in = directory.resolve("in");
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    Files.writeString(in, input);
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
