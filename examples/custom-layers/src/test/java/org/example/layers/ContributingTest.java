package org.example.layers;

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

/** "Write a layer" in CONTRIBUTING.md shows the classes of this project, to the letter, without their imports. */
class ContributingTest {
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private static String page() throws IOException {
    String text = Files.readString(Path.of("../../CONTRIBUTING.md"));
    int start = text.indexOf("## Write a layer\n");
    int end = text.indexOf("\n## ", start + 1);
    return text.substring(start, end < 0 ? text.length() : end);
  }

  /** A class without package, imports and the blank lines before it. */
  private static String shown(String file) throws IOException {
    String source = Files.readString(Path.of("src", file.split("/", 2)[0], "java/org/example/layers", file.split("/", 2)[1]));
    StringBuilder text = new StringBuilder();
    for (String line : source.split("\n")) {
      boolean head = line.startsWith("package ") || line.startsWith("import ");
      if (!head && !(text.isEmpty() && line.isEmpty())) {
        text.append(line).append('\n');
      }
    }
    return text.toString();
  }

  @Test
  void itsCodeIsTheCodeThatIsCompiledAndTestedHere() throws IOException {
    List<String> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(page());
    while (matcher.find()) {
      blocks.add(matcher.group(1));
    }
    assertEquals(
        List.of(
            shown("main/Softplus.java"),
            shown("main/Scale.java"),
            shown("test/ScaleTest.java"),
            shown("main/Formats.java")),
        blocks);
  }

  @Test
  void itsPomIsThisPom() throws IOException {
    Matcher matcher = Pattern.compile("```xml\n(.*?)```", Pattern.DOTALL).matcher(page());
    assertTrue(matcher.find());
    String pom = Files.readString(Path.of("pom.xml")).replaceAll("\\s+", " ").replace("${lamella.version}", "0.1.0");
    assertTrue(pom.contains(matcher.group(1).strip().replaceAll("\\s+", " ")), matcher.group(1));
  }
}
