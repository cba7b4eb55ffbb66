package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The session and the script of the guide's page jshell.md, and what they print. */
class JShellTest {
  private static final Pattern PROMPT = Pattern.compile("^(jshell> |   \\.\\.\\.> )");

  @TempDir Path directory;

  /** The block of the page that begins with these words, without its first line. */
  private static String block(String beginning) throws IOException {
    Pattern pattern =
        Pattern.compile(
            "```console\\R" + Pattern.quote(beginning) + ".*\\R([^`]*)```", Pattern.MULTILINE);
    Matcher block = pattern.matcher(Jdk.page("jshell.md"));
    assertTrue(block.find(), beginning);
    return block.group(1);
  }

  @Test
  void thePagesSessionGivesWhatThePageShows() throws IOException, InterruptedException {
    List<String> inputs = new ArrayList<>();
    List<String> shown = new ArrayList<>();
    for (String line : block("$ jshell ").lines().toList()) {
      Matcher prompt = PROMPT.matcher(line);
      (prompt.find() ? inputs : shown).add(prompt.replaceFirst(""));
    }
    String printed =
        Jdk.run(
            directory,
            String.join("\n", inputs) + "\n",
            "jshell",
            "-J-XX:TieredStopAtLevel=1",
            "-R-XX:TieredStopAtLevel=1",
            "-J-Djava.util.prefs.userRoot=" + directory,
            "--class-path",
            Jdk.classPath(),
            "--add-modules",
            "jdk.incubator.vector",
            "--feedback",
            "normal",
            "--startup",
            Jdk.examples("src/main/dist/lamella.jsh").toString());
    // Input from no terminal is not repeated, except sometimes the first or its beginning; prompts
    // have no line's end.
    List<String> answers =
        printed
            .lines()
            .map(line -> withoutStart(line.replaceAll("^(jshell> )+", ""), inputs.getFirst()))
            .filter(JShellTest::isAnswer)
            .toList();
    assertEquals(shown.stream().filter(JShellTest::isAnswer).toList(), answers);
  }

  /** A line without what it begins with of an input, if that is a word or more. */
  private static String withoutStart(String line, String input) {
    int common = 0;
    while (common < Math.min(line.length(), input.length())
        && line.charAt(common) == input.charAt(common)) {
      common++;
    }
    return input.substring(0, common).contains(" ") ? line.substring(common) : line;
  }

  /** Whether a line is neither blank nor of the welcome, which names the JDK's version. */
  private static boolean isAnswer(String line) {
    return !line.isBlank() && !line.startsWith("|  Welcome");
  }

  @Test
  void theScriptDrawsWhatThePageShows() throws IOException, InterruptedException {
    assertEquals(
        block("$ java "),
        Jdk.run(
            directory,
            "",
            "java",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            Jdk.classPath(),
            Jdk.examples("scripts/Spirals.java").toString()));
  }
}
