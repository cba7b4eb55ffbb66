package lamella.examples.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.Layout;
import lamella.examples.Model;
import lamella.examples.PixelFormat;
import lamella.examples.Views;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How another program's model of images takes them. */
final class PixelOptions {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = "--image",
      paramLabel = "HxWxC",
      description =
          "For a model of another program: the shape of its images, height x width x channels, such as 28x28x1 for grey"
              + " ones. Default: what the model's input says; of 3072 numbers 32x32x3.")
  private @Nullable String image;

  @Option(
      names = "--layout",
      paramLabel = "NAME",
      description =
          "For a model of another program: the order of an image's numbers, hwc (red, green and blue of the first pixel,"
              + " then of the next) or chw (all reds, all greens, all blues). Default: what the model's input says,"
              + " such as [3, 32, 32] or [32, 32, 3]; of grey images there is no difference.")
  private @Nullable String layout;

  @Option(
      names = "--scale",
      paramLabel = "X",
      description =
          "For a model of another program: divide pixels, 0 to 255, by this; 255 for one that was trained on 0 to 1."
              + " Default: 1.")
  private @Nullable String scale;

  @Option(
      names = "--mean",
      paramLabel = "R,G,B",
      description =
          "For a model of another program: subtract these then, one number for grey images. Default: 0,0,0.")
  private @Nullable String mean;

  @Option(
      names = "--deviation",
      paramLabel = "R,G,B",
      description =
          "For a model of another program: divide by these then, one number for grey images. Default: 1,1,1.")
  private @Nullable String deviation;

  @Option(
      names = "--classes",
      paramLabel = "NAMES",
      description =
          "For a model of another program: the names of the classes, separated by commas. Default: what the model says,"
              + " else numbers.")
  private @Nullable String classes;

  PixelOptions() {}

  /**
   * Reads models of images as these options say.
   *
   * @param files one, or several whose mean is taken
   * @param views of an image over which the mean is taken; null for what the models do themselves
   * @throws IOException if one is none, or cannot be read, or they do not agree; says what is wrong
   */
  Model read(List<Path> files, @Nullable Views views) throws IOException {
    return Model.read(files, format(), views);
  }

  private PixelFormat format() {
    Layout order = layout == null ? null : Layout.named(layout).orElse(null);
    if (layout != null && order == null) {
      throw wrong("--layout", "expected hwc or chw, got " + layout);
    }
    List<Double> divisor = scale == null ? null : numbers("--scale", scale, 1, true);
    return new PixelFormat(
        image == null ? null : shape(image),
        order,
        divisor == null ? null : divisor.getFirst(),
        mean == null ? null : numbers("--mean", mean, 3, false),
        deviation == null ? null : numbers("--deviation", deviation, 3, true),
        classes == null ? null : Arrays.asList(classes.split(",", -1)));
  }

  private ImageShape shape(String text) {
    try {
      return ImageShape.of(text);
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw wrong("--image", message.replaceFirst("^ImageShape: ", ""));
    }
  }

  private List<Double> numbers(String option, String text, int count, boolean divides) {
    List<Double> numbers = new ArrayList<>();
    String expected =
        "expected "
            + (count == 1 ? "a number" : "1 or " + count + " numbers")
            + (divides ? " above 0" : "")
            + (count == 1 ? "" : ", separated by commas")
            + ", got "
            + text;
    for (String word : text.split(",", -1)) {
      double number;
      try {
        number = Double.parseDouble(word);
      } catch (NumberFormatException e) {
        throw wrong(option, expected);
      }
      if (!Double.isFinite(number) || (divides && !(number > 0))) {
        throw wrong(option, expected);
      }
      numbers.add(number);
    }
    if (numbers.size() != 1 && numbers.size() != count) {
      throw wrong(option, expected);
    }
    return numbers;
  }

  private ParameterException wrong(String option, String problem) {
    return new ParameterException(
        Output.filled(spec).commandLine(), "invalid value for option '" + option + "': " + problem);
  }
}
