package lamella.data.cifar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import lamella.core.Dataset;
import org.junit.jupiter.api.Test;

/** What a checkpoint compares of image sets. */
class ImageFingerprintTest {
  private static ImageSet images(Layout layout) {
    byte[] pixels = new byte[200 * ImageShape.CIFAR10.size()];
    byte[] labels = new byte[200];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 31 + i / 3072 * 17);
    }
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) (i % 10);
    }
    return ImageSet.wrap(ImageShape.CIFAR10, layout, Cifar10.CLASSES, labels, pixels);
  }

  private static ImageSet changed(int pixel, int label) {
    ImageSet images = images(Layout.HWC);
    byte[] pixels = images.array().clone();
    byte[] labels = new byte[200];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) images.label(i);
    }
    if (pixel >= 0) {
      pixels[pixel] ^= 1;
    }
    if (label >= 0) {
      labels[label] ^= 1;
    }
    return ImageSet.wrap(ImageShape.CIFAR10, Layout.HWC, Cifar10.CLASSES, labels, pixels);
  }

  private static Map<String, Supplier<Dataset<int[]>>> all() {
    ImageSet images = images(Layout.HWC);
    MeanImage mean = MeanImage.of(images);
    ImageDataset plain = new ImageDataset(images, mean);
    Map<String, Supplier<Dataset<int[]>>> all = new LinkedHashMap<>();
    all.put("plain", () -> plain);
    all.put("other layout", () -> new ImageDataset(images(Layout.CHW), mean));
    all.put("fewer", () -> new ImageDataset(images.slice(0, 199), mean));
    all.put("later", () -> new ImageDataset(images.slice(1, 200), mean));
    all.put("a pixel", () -> new ImageDataset(changed(300_000, -1), mean));
    all.put("the last pixel", () -> new ImageDataset(changed(200 * 3072 - 1, -1), mean));
    all.put("a label", () -> new ImageDataset(changed(-1, 199), mean));
    all.put("no mean", () -> new ImageDataset(images, MeanImage.zero(ImageShape.CIFAR10)));
    all.put(
        "a mean",
        () -> {
          double[] values = mean.values();
          values[3071] = Math.nextUp(values[3071]);
          return new ImageDataset(images, MeanImage.of(values));
        });
    double[] means = {1, 2, 3};
    double[] deviations = {4, 5, 6};
    all.put(
        "standardised",
        () ->
            new ImageDataset(
                images, Standardisation.of(ImageShape.CIFAR10, Layout.HWC, means, deviations)));
    all.put(
        "otherwise",
        () ->
            new ImageDataset(
                images, Standardisation.of(ImageShape.CIFAR10, Layout.HWC, deviations, means)));
    all.put(
        "another layout's",
        () ->
            new ImageDataset(
                images, Standardisation.of(ImageShape.CIFAR10, Layout.CHW, means, deviations)));
    all.put("augmented by nothing", () -> plain.augmented(1));
    all.put("augmented", () -> plain.augmented(1, new Crop(4), new Flip()));
    all.put("another seed", () -> plain.augmented(2, new Crop(4), new Flip()));
    all.put("another order", () -> plain.augmented(1, new Flip(), new Crop(4)));
    all.put("another padding", () -> plain.augmented(1, new Crop(3), new Flip()));
    all.put("a step less", () -> plain.augmented(1, new Crop(4)));
    all.put("a step more", () -> plain.augmented(1, new Crop(4), new Flip(), new Cutout(8)));
    all.put("a lambda", () -> plain.augmented(1, (pixels, random) -> pixels.shift(1, 0)));
    all.put("another lambda", () -> plain.augmented(1, (pixels, random) -> pixels.shift(0, 1)));
    all.put("a class", () -> plain.augmented(1, new Shift(1, 0)));
    all.put("its setting", () -> plain.augmented(1, new Shift(0, 1)));
    all.put(
        "of other images",
        () -> new ImageDataset(changed(5, -1), mean).augmented(1, new Crop(4), new Flip()));
    return all;
  }

  /** A step that says nothing of itself. */
  private static final class Shift implements Augmentation {
    private final int down;
    private final int right;

    private Shift(int down, int right) {
      this.down = down;
      this.right = right;
    }

    @Override
    public void apply(Pixels pixels, java.util.random.RandomGenerator random) {
      pixels.shift(down, right);
    }
  }

  @Test
  void eachDifferenceIsSeen() {
    Map<String, String> names = new LinkedHashMap<>();
    all()
        .forEach((name, dataset) -> {
          String same = names.put(dataset.get().fingerprint(), name);
          assertTrue(same == null, name + " is taken for " + same);
        });
    assertEquals(all().size(), new HashSet<>(names.values()).size());
  }

  @Test
  void whatIsMadeAnewIsTheSame() {
    Map<String, Supplier<Dataset<int[]>>> again = all();
    all()
        .forEach((name, dataset) ->
            assertEquals(dataset.get().fingerprint(), again.get(name).get().fingerprint(), name));
  }

  /** Which epoch it shows at the moment is nobody's setting. */
  @Test
  void theEpochOfTheViewDoesNotMatter() {
    AugmentedDataset data =
        new ImageDataset(images(Layout.HWC), MeanImage.zero(ImageShape.CIFAR10))
            .augmented(1, new Crop(4));
    assertEquals(data.fingerprint(), data.forEpoch(7).fingerprint());
    assertNotEquals(data.fingerprint(), data.original().augmented(1, new Crop(5)).fingerprint());
  }
}
