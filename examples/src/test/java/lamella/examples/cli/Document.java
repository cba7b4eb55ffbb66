package lamella.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A page in Markdown: its blocks of code, its links, and where links may lead in it.
 *
 * <p>A comment on the line above a block says what else than running it keeps it true: {@code
 * quotes FILE}, {@code checked by FILE}, {@code not run: REASON}; or what it needs: {@code given
 * FILE}, of one or several files.
 *
 * @param path the file, relative to the repository
 */
record Document(Path path, List<Block> blocks, List<Link> links, Set<String> anchors) {

  /**
   * A block of code.
   *
   * @param line where its code begins, from 1
   * @param language what stands behind the fence; {@code sh} for indented code
   * @param comment what the comment above it says, or nothing
   * @param prints whether it is what the block before it prints when the test runs that
   */
  record Block(int line, String language, String comment, boolean prints, List<String> lines) {
    String text() {
      return String.join("\n", lines);
    }

    /** What follows {@code word} in the comment above. */
    @Nullable String said(String word) {
      return comment.startsWith(word + " ") ? comment.substring(word.length() + 1) : null;
    }

    /** Whether it is a program, or commands, for the test to run. */
    boolean isToRun() {
      boolean code = language.equals("java") || language.equals("sh");
      return code && (comment.isEmpty() || said("given") != null);
    }
  }

  /** A link and its line. */
  record Link(int line, String target) {}

  private static final String FENCE = "```";
  private static final String INDENT = "    ";
  private static final Pattern COMMENT = Pattern.compile("<!-- (.*) -->");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("#{1,6} (.*)");
  private static final Pattern ANCHOR = Pattern.compile("<a id=\"([^\"]+)\">");
  private static final Pattern CODE = Pattern.compile("`[^`]*`");

  /** README.md, the pages of the guide, and the other pages that people read. */
  static List<Document> all(Path root) throws IOException {
    List<Path> paths = new ArrayList<>(List.of(Path.of("README.md")));
    try (Stream<Path> guide = Files.list(root.resolve("examples/guide"))) {
      guide
          .filter(path -> path.toString().endsWith(".md"))
          .sorted()
          .map(root::relativize)
          .forEach(paths::add);
    }
    List<Document> documents = new ArrayList<>();
    for (Path path : paths) {
      documents.add(read(root, path));
    }
    return documents;
  }

  static Document read(Path root, Path path) throws IOException {
    List<String> lines = Files.readAllLines(root.resolve(path));
    List<Block> blocks = new ArrayList<>();
    List<Link> links = new ArrayList<>();
    Set<String> anchors = new HashSet<>();
    Map<String, Integer> headings = new HashMap<>();
    String comment = "";
    String last = ""; // of the lines before that are neither empty nor a comment
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      boolean fenced = line.startsWith(FENCE);
      if (fenced || (line.startsWith(INDENT) && !last.startsWith(INDENT))) {
        int from = fenced ? i + 1 : i;
        int to = from;
        while (fenced ? !lines.get(to).equals(FENCE) : lines.get(to).startsWith(INDENT)) {
          to++;
        }
        String language = fenced ? line.substring(FENCE.length()) : "sh";
        List<String> code =
            lines.subList(from, to).stream().map(l -> fenced ? l : l.strip()).toList();
        boolean prints = last.equals("prints") && comment.isEmpty() && blocks.getLast().isToRun();
        blocks.add(new Block(from + 1, language, comment, prints, code));
        comment = "";
        last = "";
        i = fenced ? to : to - 1;
        continue;
      }
      Matcher remark = COMMENT.matcher(line);
      if (remark.matches()) {
        comment = remark.group(1);
        continue;
      }
      Matcher heading = HEADING.matcher(line);
      if (heading.matches()) {
        String anchor = anchor(heading.group(1));
        int repeated = headings.merge(anchor, 1, Integer::sum) - 1;
        anchors.add(repeated == 0 ? anchor : anchor + "-" + repeated);
      }
      ANCHOR.matcher(line).results().forEach(found -> anchors.add(found.group(1)));
      int number = i + 1;
      LINK.matcher(CODE.matcher(line).replaceAll(""))
          .results()
          .forEach(found -> links.add(new Link(number, found.group(1))));
      if (!line.isBlank()) {
        last = line;
        comment = "";
      }
    }
    return new Document(path, List.copyOf(blocks), List.copyOf(links), Set.copyOf(anchors));
  }

  /** The anchor that GitHub gives a heading. */
  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
  }

  /** Its file's name without the ending. */
  String name() {
    return path.getFileName().toString().replace(".md", "");
  }

  /** For messages: the page, and a line in it. */
  String at(int line) {
    return path + ":" + line;
  }

  /** A name for the class of a program: the page and the line. */
  String className(Block block) {
    String name = name().replaceAll("\\W", "_");
    return Character.toUpperCase(name.charAt(0)) + name.substring(1) + "_" + block.line();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
