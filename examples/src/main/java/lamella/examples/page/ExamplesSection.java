package lamella.examples.page;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.ImageShape;

/**
 * Twelve test images and what the best network makes of them: six wrong answers, six right ones.
 */
final class ExamplesSection {
  private static final int OF_EACH = 6;

  /** Of an image on the page, in pixels. */
  private static final int LONGEST_SIDE = 128;

  private final Markup html;
  private final List<String> names;
  private final ImageSet images;
  private final Predictions predictions;

  private ExamplesSection(
      Markup html, List<String> names, ImageSet images, Predictions predictions) {
    this.html = html;
    this.names = names;
    this.images = images;
    this.predictions = predictions;
  }

  static void write(
      Markup html, List<String> names, ImageSet images, TrainedRun best, Predictions predictions) {
    ExamplesSection section = new ExamplesSection(html, names, images, predictions);
    html.open("section", "id", "examples").element("h2", "Test images and their probabilities");
    html.element(
        "p",
        "The answers that "
            + best.activation().title()
            + " is surest of, the wrong ones first, each of another class. The true class is underlined.");
    section.gallery("Surest and wrong", predictions.mostConfident(false, OF_EACH));
    section.gallery("Surest and right", predictions.mostConfident(true, OF_EACH));
    html.close("section");
  }

  private void gallery(String title, List<Integer> examples) {
    html.element("h3", title);
    if (examples.isEmpty()) {
      html.element("p", "There are none.");
      return;
    }
    html.open("div", "class", "gallery");
    for (int example : examples) {
      figure(example);
    }
    html.close("div");
  }

  private void figure(int example) {
    String actual = names.get(predictions.label(example));
    String taken = names.get(predictions.best(example));
    boolean right = predictions.isRight(example);
    ImageShape shape = images.shape();
    int longest = Math.max(shape.width(), shape.height());
    html.open("figure", "class", "example");
    html.open("div");
    html.empty(
        "img",
        "src",
        Png.dataUri(Png.encode(image(example))),
        "width",
        Long.toString(Math.max(1, Math.round(LONGEST_SIDE * (double) shape.width() / longest))),
        "height",
        Long.toString(Math.max(1, Math.round(LONGEST_SIDE * (double) shape.height() / longest))),
        "class",
        "pixels",
        "alt",
        "Test image " + example + ", class " + actual);
    html.open("figcaption");
    html.element("b", taken);
    html.element("span", right ? "right" : "wrong, it is " + actual);
    html.close("figcaption").close("div");
    html.open("dl");
    for (int c = 0; c < names.size(); c++) {
      bar(example, c);
    }
    html.close("dl").close("figure");
  }

  private void bar(int example, int c) {
    boolean taken = c == predictions.best(example);
    boolean actual = c == predictions.label(example);
    double percent = 100 * predictions.probability(example, c);
    html.open("div", "class", taken ? (actual ? "right" : "wrong") : "other");
    html.open("dt");
    if (actual) {
      html.element("u", names.get(c));
    } else {
      html.text(names.get(c));
    }
    html.close("dt");
    html.open("dd");
    html.open("span", "style", String.format(Locale.ROOT, "width:%.1f%%", percent)).close("span");
    html.element("i", String.format(Locale.ROOT, "%.0f %%", percent));
    html.close("dd").close("div");
  }

  private BufferedImage image(int example) {
    byte[] pixels = images.pixels(example);
    ImageShape shape = images.shape();
    BufferedImage image =
        new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_INT_RGB);
    for (int row = 0; row < shape.height(); row++) {
      for (int column = 0; column < shape.width(); column++) {
        int rgb = 0;
        for (int channel = 0; channel < 3; channel++) {
          int own = shape.channels() == 1 ? 0 : channel;
          int level = pixels[shape.offset(images.layout(), row, column, own)] & 0xff;
          rgb = rgb << 8 | level;
        }
        image.setRGB(column, row, rgb);
      }
    }
    return image;
  }
}
