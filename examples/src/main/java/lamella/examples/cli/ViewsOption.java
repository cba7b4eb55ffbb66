package lamella.examples.cli;

import lamella.examples.Views;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --views}. */
final class ViewsOption {
  static final String NAME = "--views";

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = NAME,
      paramLabel = "VIEWS",
      description =
          "Take the mean of the probabilities over views of an image: "
              + Views.ITEMS
              + ". mirrored: the image and its mirror image, often better where training mirrored images, too; shifts(1): it"
              + " and what it is shifted by one pixel up, down, left and right. Takes as many times longer. Default: what"
              + " the model itself does.")
  private @Nullable String views;

  ViewsOption() {}

  /** The views; null if nothing is said of them. */
  @Nullable Views views() {
    String text = views;
    if (text == null) {
      return null;
    }
    try {
      return Views.of(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          Output.filled(spec).commandLine(),
          "invalid value for option '" + NAME + "': " + e.getMessage(),
          e);
    }
  }
}
