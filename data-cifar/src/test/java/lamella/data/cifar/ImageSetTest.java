package lamella.data.cifar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ImageSetTest {
  private static ImageSet fourImages() {
    byte[] pixels = new byte[4 * 3072];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i / 3072 * 50 + i % 7);
    }
    return ImageSet.wrap(
        ImageShape.CIFAR10, Layout.HWC, Cifar10.CLASSES, new byte[] {3, 1, 4, 9}, pixels);
  }

  @Test
  void givesLabelsAndPixelsOfEachImage() {
    ImageSet set = fourImages();
    assertEquals(4, set.size());
    assertEquals(Layout.HWC, set.layout());
    assertEquals(4, set.label(2));
    assertArrayEquals(new int[] {3, 1, 4, 9}, set.labels());
    byte[] image = set.pixels(2);
    assertEquals(3072, image.length);
    assertEquals(100 + (2 * 3072 + 5) % 7, image[5]);
    byte[] reused = new byte[3072];
    set.pixels(2, reused);
    assertArrayEquals(image, reused);
  }

  @Test
  void sliceSharesTheBytesAndCountsFromItsOwnStart() {
    ImageSet set = fourImages();
    ImageSet slice = set.slice(1, 4).slice(1, 2);
    assertEquals(1, slice.size());
    assertEquals(4, slice.label(0));
    assertArrayEquals(set.pixels(2), slice.pixels(0));
    assertSame(set.array(), slice.array());
    assertEquals(0, set.slice(2, 2).size());
  }

  @Test
  void outsideOfASliceIsNothingEvenIfTheArrayHasMore() {
    ImageSet slice = fourImages().slice(1, 3);
    assertThrows(IndexOutOfBoundsException.class, () -> slice.label(2));
    assertThrows(IndexOutOfBoundsException.class, () -> slice.label(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> slice.pixels(2));
    assertThrows(IndexOutOfBoundsException.class, () -> slice.slice(0, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> slice.pixels(0, new byte[3071]));
  }

  @Test
  void returnedArraysAreCopies() {
    ImageSet set = fourImages();
    Arrays.fill(set.pixels(0), (byte) 99);
    Arrays.fill(set.labels(), 99);
    assertEquals(0, set.pixels(0)[0]);
    assertEquals(3, set.label(0));
  }

  @Test
  void refusesPixelsThatDoNotFitTheLabelsAndLabelsThatAreNoClass() {
    assertEquals(
        "ImageSet: 2 labels of images 32x32x3 need 6144 pixel bytes, got 3072",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    ImageSet.wrap(
                        ImageShape.CIFAR10,
                        Layout.CHW,
                        Cifar10.CLASSES,
                        new byte[2],
                        new byte[3072]))
            .getMessage());
    assertEquals(
        "ImageSet: label 255 of image 1 is outside [0, 10)",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    ImageSet.wrap(
                        ImageShape.CIFAR10,
                        Layout.CHW,
                        Cifar10.CLASSES,
                        new byte[] {0, -1},
                        new byte[2 * 3072]))
            .getMessage());
  }

  @Test
  void keepsOneBytePerPixel() {
    ImageSet set = fourImages();
    assertEquals(4 * 3072, set.array().length);
  }

  @Property
  void slicesOfSlicesAreSlices(
      @ForAll @IntRange(max = 20) int size,
      @ForAll @IntRange(max = 20) int a,
      @ForAll @IntRange(max = 20) int b,
      @ForAll @IntRange(max = 20) int c) {
    byte[] labels = new byte[size];
    byte[] pixels = new byte[size * 3072];
    for (int i = 0; i < size; i++) {
      labels[i] = (byte) (i % 10);
      pixels[i * 3072 + 3071] = (byte) i;
    }
    ImageSet set = ImageSet.wrap(ImageShape.CIFAR10, Layout.CHW, Cifar10.CLASSES, labels, pixels);
    int from = Math.min(a, size);
    int to = Math.min(from + b, size);
    int skip = Math.min(c, to - from);
    ImageSet slice = set.slice(from, to).slice(skip, to - from);
    assertEquals(to - from - skip, slice.size());
    assertArrayEquals(Arrays.copyOfRange(set.labels(), from + skip, to), slice.labels());
    for (int i = 0; i < slice.size(); i++) {
      assertEquals(from + skip + i, slice.pixels(i)[3071]);
    }
  }
}
