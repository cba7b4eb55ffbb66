package lamella.data.cifar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class LabelledImagesTest {
  private static ImageSet images(int n, ImageShape shape, int classes) {
    return ImageSet.wrap(shape, Layout.HWC, classes, new byte[n], new byte[n * shape.size()]);
  }

  @Test
  void holdsImagesOfYourOwn() {
    ImageShape shape = new ImageShape(3, 2, 1);
    ImageSet train = images(5, shape, 2);
    LabelledImages images =
        LabelledImages.of(train, images(4, shape, 2), List.of("no", "yes"), "drawn by hand");
    assertEquals(shape, images.shape());
    assertEquals(List.of("no", "yes"), images.classNames());
    assertEquals("drawn by hand", images.source());
    assertFalse(images.isOfficial());
    LabelledImages.Split split = images.split(2);
    assertEquals(3, split.train().size());
    assertEquals(2, split.validation().size());
    assertEquals(4, split.test().size());
    assertEquals("LabelledImages(5 training and 4 test images, 3x2x1, HWC)", images.toString());
  }

  @Test
  void setsOfDifferentFormsAndMissingNamesAreRefused() {
    ImageShape shape = new ImageShape(3, 2, 1);
    ImageSet train = images(5, shape, 2);
    List<String> names = List.of("no", "yes");
    assertEquals(
        "LabelledImages: test images of the form of the training images expected, 3x2x1, HWC, 2"
            + " classes, got 2x3x1, HWC, 2 classes",
        error(train, images(1, new ImageShape(2, 3, 1), 2), names));
    assertEquals(
        "LabelledImages: test images of the form of the training images expected, 3x2x1, HWC, 2"
            + " classes, got 3x2x1, HWC, 3 classes",
        error(train, images(1, shape, 3), names));
    assertEquals(
        "LabelledImages: a name for each of 2 classes expected, got 1",
        error(train, train, List.of("no")));
  }

  private static String error(ImageSet train, ImageSet test, List<String> names) {
    return assertThrows(
            IllegalArgumentException.class, () -> LabelledImages.of(train, test, names, "a test"))
        .getMessage();
  }
}
