package lamella.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import lamella.data.cifar.Cifar10;
import lamella.data.cifar.Download;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.LabelledImages;
import lamella.examples.Model;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code lamella data}. */
@Command(
    name = "data",
    description = "Gets, describes and makes images.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DataCommand.FetchCommand.class,
      DataCommand.InfoCommand.class,
      DataCommand.SynthesizeCommand.class
    })
final class DataCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  DataCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        Output.filled(spec).commandLine(), "a command is missing: fetch, info or synthesize");
  }

  /** {@code lamella data fetch}. */
  @Command(
      name = "fetch",
      abbreviateSynopsis = true,
      sortOptions = false,
      description = {
        "Downloads CIFAR-10 (170 MB) and checks it.",
        "",
        "A download that was cut is resumed by the next call. From then on every command finds the"
            + " images by itself. A proxy is taken from the environment (https_proxy, no_proxy) or from"
            + " the JVM's system properties (https.proxyHost, https.proxyPort).",
        ""
      })
  static final class FetchCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(
        arity = "0..1",
        paramLabel = "DIR",
        description = "Where to put the archive. Default: the cache, where other commands look.")
    private @Nullable Path directory;

    @Option(
        names = "--url",
        paramLabel = "URL",
        converter = UrlConverter.class,
        description = "Another place to get the official archive from. Default: its home.")
    private @Nullable URI url;

    @Option(
        names = "--replace",
        description = "Replace a file of that name that is there and is not the official archive.")
    private boolean replace;

    FetchCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
      PrintWriter console = Output.of(spec);
      Path folder = directory == null ? Cifar10.cacheDirectory() : directory;
      URI from = url == null ? Download.ARCHIVE : url;
      Path target = folder.resolve(Download.FILE_NAME);
      // One of the archive's size is a copy of it, perhaps a damaged one.
      if (!replace && Files.exists(target) && Files.size(target) != Download.ARCHIVE_BYTES) {
        throw new IOException(
            target
                + ": is there already and is not the official archive; name another directory, or --replace it");
      }
      console.println("fetching " + from + " to " + target);
      try (DownloadProgress progress = DownloadProgress.on(console)) {
        Download.from(from).withListener(progress).to(target);
      }
      console.println(
          "done: "
              + Files.size(target)
              + " bytes, SHA-256 "
              + Download.ARCHIVE_SHA256
              + " as published");
      return 0;
    }
  }

  /** {@code --url}. */
  static final class UrlConverter implements ITypeConverter<URI> {
    UrlConverter() {}

    @Override
    public URI convert(String value) {
      try {
        URI uri = new URI(value);
        if (uri.getHost() != null
            && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
          return uri;
        }
      } catch (URISyntaxException e) {
        throw new TypeConversionException("expected an http or https URL, got " + value);
      }
      throw new TypeConversionException("expected an http or https URL, got " + value);
    }
  }

  /** {@code lamella data info}. */
  @Command(
      name = "info",
      abbreviateSynopsis = true,
      description = {
        "Describes images: where they come from, their shape, how many there are of each class, and whether the files are"
            + " those of CIFAR-10, MNIST or Fashion-MNIST, bit for bit.",
        ""
      })
  static final class InfoCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "DIR|FILE", description = "The same as --data.")
    private @Nullable Path place;

    @Mixin private DataOptions data = new DataOptions();

    InfoCommand() {}

    @Override
    public Integer call() throws IOException {
      PrintWriter console = Output.of(spec);
      if (place != null && !data.arguments().isEmpty()) {
        throw new ParameterException(
            Output.filled(spec).commandLine(), "a place and --data are the same: give one of them");
      }
      LabelledImages images =
          (place == null ? data.open(0, console, console) : Images.open(place, 0, console, console))
              .source();
      ImageShape shape = images.shape();
      console.println(
          "images: "
              + shape.height()
              + " x "
              + shape.width()
              + " pixels, "
              + (shape.channels() == 1 ? "grey" : "red, green and blue")
              + " ("
              + shape
              + "), "
              + images.classNames().size()
              + " classes");
      List<String> names = images.classNames();
      int width = Math.max(5, names.stream().mapToInt(String::length).max().orElse(0));
      int[] train = counts(images.train());
      int[] test = counts(images.test());
      console.println();
      console.printf("   %-" + width + "s  training  test%n", "class");
      for (int c = 0; c < names.size(); c++) {
        console.printf(
            Locale.ROOT, "%2d %-" + width + "s  %8d  %4d%n", c, names.get(c), train[c], test[c]);
      }
      console.printf(
          Locale.ROOT,
          "   %-" + width + "s  %8d  %4d%n",
          "all",
          images.train().size(),
          images.test().size());
      console.println();
      for (LabelledImages.Checksum checksum : images.checksums()) {
        console.printf(
            "%-16s sha256 %s %s%n",
            checksum.file(), checksum.sha256(), checksum.official() ? "official" : "not official");
      }
      console.println(verdict(images));
      return 0;
    }

    private static String verdict(LabelledImages images) {
      if (images.isOfficial()) {
        return "all files are " + images.title() + "'s official ones";
      }
      return images.title().equals(Images.IDX_FILES)
          ? "not the official files of MNIST or Fashion-MNIST"
          : "not CIFAR-10's official files";
    }

    private static int[] counts(ImageSet images) {
      int[] counts = new int[images.classes()];
      for (int i = 0; i < images.size(); i++) {
        counts[images.label(i)]++;
      }
      return counts;
    }
  }

  /** {@code lamella data synthesize}. */
  @Command(
      name = "synthesize",
      description = {
        "Writes the built-in set of drawn images as CIFAR-10 files (184 MB).",
        "",
        "The files are the same on every machine; --data reads them.",
        ""
      })
  static final class SynthesizeCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "Directory for the files; made if missing.")
    private Path directory = Path.of("");

    SynthesizeCommand() {}

    @Override
    public Integer call() throws IOException {
      LabelledImages drawn = Cifar10.synthetic(Model.LAYOUT);
      Cifar10.write(drawn, directory);
      Output.of(spec)
          .println(
              "wrote "
                  + drawn.train().size()
                  + " training and "
                  + drawn.test().size()
                  + " test images to "
                  + directory);
      return 0;
    }
  }
}
