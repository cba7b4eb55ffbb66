import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Opens the report's page in headless Chromium: {@code java CheckPage.java PAGE WORK}. On a wide screen and on a telephone, light and
 * dark, it must not be wider than the screen, have all its pictures, load nothing, and look neither empty nor of the other scheme.
 * Runs on any JDK from 17 on. Ends with status 1 at the first thing that is wrong.
 */
final class CheckPage {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome");

  /** Looks at the page from a frame around it, as wide as the screen. */
  private static final String PROBE =
      """
      <!DOCTYPE html><title>probe</title>
      <iframe style="border:0;width:%dpx;height:800px" src="%s"></iframe><p id="found">nothing</p>
      <script>
        onload = () => {
          const page = document.querySelector('iframe').contentWindow;
          const images = [...page.document.images];
          document.getElementById('found').textContent = [
            'width', page.document.documentElement.scrollWidth,
            'images', images.length,
            'broken', images.filter(image => !image.complete || !image.naturalWidth).length,
            'loaded', page.performance.getEntriesByType('resource').filter(one => !one.name.startsWith('data:')).length
          ].join(' ');
        };
      </script>
      """;

  private static final Pattern FOUND =
      Pattern.compile("width (\\d+) images (\\d+) broken (\\d+) loaded (\\d+)");

  private final Path chromium;
  private final Path page;
  private final Path work;

  private CheckPage(Path chromium, Path page, Path work) {
    this.chromium = chromium;
    this.page = page;
    this.work = work;
  }

  public static void main(String[] args) throws Exception {
    if (args.length != 2) {
      System.err.println("usage: java CheckPage.java PAGE WORK");
      System.exit(2);
    }
    System.setProperty("java.awt.headless", "true");
    Path chromium = find();
    if (chromium == null) {
      System.out.println("page: no Chromium on this machine, so nobody looked at it");
      return;
    }
    CheckPage check = new CheckPage(chromium, Path.of(args[0]).toAbsolutePath(), Path.of(args[1]).toAbsolutePath());
    for (int width : new int[] {1280, 390}) {
      check.measure(width);
      for (boolean dark : new boolean[] {false, true}) {
        check.look(width, dark);
      }
    }
    check.print();
    System.out.println("page: fits 1280 and 390 pixels, light and dark, has all its pictures, loads nothing, prints");
  }

  private static Path find() {
    return Stream.of(System.getenv("PATH").split(":"))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  private void measure(int width) throws Exception {
    Path probe = work.resolve("probe.html");
    Files.writeString(probe, String.format(PROBE, width, page.toUri()));
    String dom = run("--allow-file-access-from-files", "--window-size=1400,1000", "--dump-dom", probe.toUri().toString());
    Matcher found = FOUND.matcher(dom);
    require(found.find(), "the probe found nothing at " + width + " pixels: " + dom);
    require(Integer.parseInt(found.group(1)) <= width, found.group(1) + " pixels wide on a screen of " + width);
    require(Integer.parseInt(found.group(2)) == 16, "16 images expected, got " + found.group(2));
    require(found.group(3).equals("0"), found.group(3) + " broken images");
    require(found.group(4).equals("0"), found.group(4) + " things loaded from outside");
  }

  private void look(int width, boolean dark) throws Exception {
    Path shot = work.resolve("page-" + width + (dark ? "-dark" : "-light") + ".png");
    run(
        "--blink-settings=preferredColorScheme=" + (dark ? 0 : 1),
        "--window-size=" + width + ",4000",
        "--screenshot=" + shot,
        page.toUri().toString());
    BufferedImage image = ImageIO.read(shot.toFile());
    Set<Integer> colours = new HashSet<>();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        colours.add(image.getRGB(x, y));
      }
    }
    int brightness = image.getRGB(2, 2) >> 8 & 0xff;
    require(dark ? brightness < 60 : brightness > 200, shot + ": its ground has brightness " + brightness);
    require(colours.size() > 200, shot + ": only " + colours.size() + " colours");
  }

  private void print() throws Exception {
    Path pdf = work.resolve("page.pdf");
    run("--print-to-pdf=" + pdf, page.toUri().toString());
    String content = Files.readString(pdf, StandardCharsets.ISO_8859_1);
    long pages = Pattern.compile("/Type\\s*/Page\\b").matcher(content).results().count();
    require(pages >= 4 && pages <= 12, pages + " printed pages");
  }

  private String run(String... args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                chromium.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + work.resolve("chromium")));
    command.addAll(List.of(args));
    Path out = work.resolve("chromium.out");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(work.resolve("chromium.err").toFile())
            .start();
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      require(false, "Chromium did not end");
    }
    require(process.exitValue() == 0, "Chromium ended with status " + process.exitValue());
    return Files.readString(out);
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      System.err.println("page: " + what);
      System.exit(1);
    }
  }
}
