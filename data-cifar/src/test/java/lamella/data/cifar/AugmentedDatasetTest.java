package lamella.data.cifar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.FloatTensor;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AugmentedDatasetTest {
  private static final Augmentation[] ALL = {new Crop(4), new Flip(), new Cutout(16)};

  /** The images of augmentation_golden.py. */
  private static ImageSet sevenImages(Layout layout) {
    byte[] pixels = new byte[7 * 3072];
    for (int i = 0; i < 7; i++) {
      for (int j = 0; j < 3072; j++) {
        pixels[3072 * i + j] = (byte) (31 * i * i + 7 * j + 13 * i * j + ((j * j) >> 3));
      }
    }
    return ImageSet.wrap(
        ImageShape.CIFAR10, layout, Cifar10.CLASSES, new byte[] {4, 5, 6, 7, 8, 9, 0}, pixels);
  }

  private static AugmentedDataset augmented(Layout layout, long seed, Augmentation... steps) {
    ImageSet images = sevenImages(layout);
    return new ImageDataset(images, MeanImage.of(images)).augmented(seed, steps);
  }

  @Test
  void imagesAreNumPysByteForByte() throws Exception {
    List<String> lines = Resources.lines("augmentation_golden.txt");
    assertEquals(14, lines.size());
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      long[] golden = Arrays.stream(words).skip(1).mapToLong(Long::parseLong).toArray();
      AugmentedDataset dataset =
          augmented(Layout.valueOf(words[0]), golden[0], ALL).forEpoch(golden[1]);
      byte[] pixels = dataset.pixels((int) golden[2]);
      // Between are the random numbers, for whoever looks for a fault.
      for (int k = 0; k < 51; k++) {
        assertEquals(golden[8 + k], pixels[61 * k] & 0xff, line);
      }
    }
  }

  @Test
  void resampledAndNoisyImagesAreNumPysByteForByte() throws Exception {
    List<String> lines = Resources.lines("affine_golden.txt");
    assertEquals(15, lines.size());
    Augmentation[] steps = {new Affine(4, 30, 0.2, 0.1, 10), new Noise(8.5)};
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      long[] golden = Arrays.stream(words).skip(2).mapToLong(Long::parseLong).toArray();
      Layout layout = Layout.valueOf(words[0]);
      ImageShape shape = ImageShape.of(words[1]);
      byte[] bytes = new byte[7 * shape.size()];
      ImageSet images = sevenImages(layout);
      for (int i = 0; i < 7; i++) {
        System.arraycopy(images.pixels(i), 0, bytes, i * shape.size(), shape.size());
      }
      images = ImageSet.wrap(shape, layout, 10, new byte[7], bytes);
      byte[] pixels =
          new ImageDataset(images, MeanImage.of(images))
              .augmented(golden[0], steps)
              .forEpoch(golden[1])
              .pixels((int) golden[2]);
      for (int k = 0; 61 * k < pixels.length; k++) {
        assertEquals(golden[3 + k], pixels[61 * k] & 0xff, line);
      }
    }
  }

  @Test
  void inputsAreTheImagesNormalisedAfterwards() {
    for (Layout layout : Layout.values()) {
      ImageSet images = sevenImages(layout);
      for (Normalisation normalisation :
          List.of(MeanImage.of(images), Standardisation.of(images))) {
        AugmentedDataset dataset =
            new ImageDataset(images, normalisation).augmented(3, ALL).forEpoch(8);
        ImageDataset changed =
            new ImageDataset(
                ImageSet.wrap(
                    ImageShape.CIFAR10, layout, Cifar10.CLASSES, new byte[1], dataset.pixels(5)),
                normalisation);
        for (DType dtype : DType.values()) {
          Batch<int[]> batch = dataset.newBatch(2, dtype);
          Batch<int[]> expected = dataset.newBatch(1, dtype);
          dataset.read(new int[] {2, 5}, batch);
          changed.read(new int[] {0}, expected);
          assertArrayEquals(new int[] {6, 9}, batch.targets());
          for (int j = 0; j < 3072; j++) {
            assertEquals(expected.inputs().get(j), batch.inputs().get(1, j));
          }
        }
      }
    }
  }

  @Property(tries = 50)
  void anImageDependsOnSeedEpochAndIndexAlone(
      @ForAll long seed, @ForAll long epoch, @ForAll @IntRange(max = 6) int image) {
    AugmentedDataset dataset = augmented(Layout.HWC, seed, ALL).forEpoch(epoch);
    byte[] pixels = dataset.pixels(image);
    Batch<int[]> batch = dataset.newBatch(5, DType.FLOAT32);
    int[] indices = {6, image, 0, image, 3};
    dataset.read(indices, batch);
    float[] together = ((FloatTensor) batch.inputs()).array().clone();
    // Another epoch in between, through the same memory, and another order.
    dataset.forEpoch(epoch + 1).read(indices, batch);
    AugmentedDataset again = augmented(Layout.HWC, seed, ALL).forEpoch(5).forEpoch(epoch);
    again.read(new int[] {image, 6, 0, 3, image}, batch);
    float[] other = ((FloatTensor) batch.inputs()).array();
    assertArrayEquals(Arrays.copyOfRange(together, 3072, 6144), Arrays.copyOf(other, 3072));
    assertArrayEquals(
        Arrays.copyOfRange(together, 3072, 6144), Arrays.copyOfRange(together, 9216, 12288));
    assertArrayEquals(pixels, again.pixels(image));
  }

  @Test
  void seedEpochAndImageEachMatter() {
    byte[][] pixels = {
      augmented(Layout.HWC, 1, ALL).pixels(0),
      augmented(Layout.HWC, 2, ALL).pixels(0),
      augmented(Layout.HWC, 1, ALL).forEpoch(1).pixels(0),
    };
    for (int a = 0; a < 3; a++) {
      for (int b = 0; b < a; b++) {
        assertTrue(Arrays.mismatch(pixels[a], pixels[b]) >= 0, a + " and " + b);
      }
    }
    ImageSet equal =
        ImageSet.wrap(
            ImageShape.CIFAR10, Layout.HWC, Cifar10.CLASSES, new byte[2], ramp(Layout.HWC, 2));
    AugmentedDataset dataset =
        new ImageDataset(equal, MeanImage.zero(ImageShape.CIFAR10)).augmented(1, ALL);
    assertTrue(Arrays.mismatch(dataset.pixels(0), dataset.pixels(1)) >= 0);
  }

  /** A step's random numbers do not depend on what the steps before it used. */
  @Test
  void aStepThatTheImagesAreTooSmallForIsRefused() {
    ImageShape shape = new ImageShape(4, 6, 1);
    ImageSet small = ImageSet.wrap(shape, Layout.HWC, 10, new byte[1], new byte[24]);
    ImageDataset dataset = new ImageDataset(small, MeanImage.zero(shape));
    dataset.augmented(1, new Crop(3), new Cutout(6), new Flip());
    assertEquals(
        "Crop: padding of images 4x6x1 must be in [1, 4), got 4",
        assertThrows(IllegalArgumentException.class, () -> dataset.augmented(1, new Crop(4)))
            .getMessage());
    assertEquals(
        "Cutout: side in images 4x6x1 must be in [1, 6], got 7",
        assertThrows(IllegalArgumentException.class, () -> dataset.augmented(1, new Cutout(7)))
            .getMessage());
  }

  @Test
  void aStepHasRandomNumbersOfItsOwn() {
    List<Double> seen = new ArrayList<>();
    Augmentation looks = (pixels, random) -> seen.add(random.nextDouble());
    Augmentation drawsMuch = (pixels, random) -> random.doubles(100).forEach(x -> {});
    augmented(Layout.HWC, 1, (pixels, random) -> {}, looks).pixels(3);
    augmented(Layout.HWC, 1, drawsMuch, looks).pixels(3);
    augmented(Layout.HWC, 1, looks).pixels(3);
    assertEquals(seen.get(0), seen.get(1));
    assertNotEquals(seen.get(0), seen.get(2));
  }

  @Test
  void withoutStepsItIsTheDatasetItself() {
    AugmentedDataset dataset = augmented(Layout.CHW, 1);
    Batch<int[]> batch = dataset.newBatch(2, DType.FLOAT64);
    Batch<int[]> plain = dataset.newBatch(2, DType.FLOAT64);
    dataset.read(new int[] {1, 6}, batch);
    dataset.original().read(new int[] {1, 6}, plain);
    assertArrayEquals(plain.inputs().toDoubleArray(), batch.inputs().toDoubleArray());
    assertArrayEquals(plain.targets(), batch.targets());
  }

  @Test
  void othersBatchesAreFilledToo() {
    AugmentedDataset dataset = augmented(Layout.HWC, 1, ALL);
    Batch<int[]> own = dataset.newBatch(2, DType.FLOAT32);
    dataset.read(new int[] {1, 6}, own);
    FloatTensor inputs = FloatTensor.zeros(own.inputs().shape());
    int[] labels = new int[2];
    dataset.read(new int[] {1, 6}, Batch.of(inputs, labels));
    assertArrayEquals(own.inputs().toDoubleArray(), inputs.toDoubleArray());
    assertArrayEquals(own.targets(), labels);
  }

  @Test
  void theOriginalImagesStayAsTheyAre() {
    AugmentedDataset dataset = augmented(Layout.HWC, 1, ALL);
    Batch<int[]> batch = dataset.newBatch(7, DType.FLOAT32);
    dataset.read(IntStream.range(0, 7).toArray(), batch);
    ImageSet before = sevenImages(Layout.HWC);
    for (int i = 0; i < 7; i++) {
      assertArrayEquals(before.pixels(i), dataset.original().images().pixels(i));
    }
  }

  @Test
  void manyThreadsReadTheSameBits() throws Exception {
    AugmentedDataset dataset = augmented(Layout.HWC, 1, ALL);
    int[] indices = {3, 1, 4, 1, 5, 2, 6};
    List<float[]> expected = new ArrayList<>();
    for (int epoch = 0; epoch < 20; epoch++) {
      expected.add(read(dataset.forEpoch(epoch), indices));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int first = t;
        running.add(
            threads.submit(() -> {
              for (int k = 0; k < 200; k++) {
                int epoch = (first + k) % 20;
                assertArrayEquals(expected.get(epoch), read(dataset.forEpoch(epoch), indices));
              }
            }));
      }
      for (Future<?> thread : running) {
        thread.get();
      }
    }
  }

  private static float[] read(Dataset<int[]> dataset, int[] indices) {
    Batch<int[]> batch = dataset.newBatch(indices.length, DType.FLOAT32);
    dataset.read(indices, batch);
    return ((FloatTensor) batch.inputs()).array();
  }

  @Test
  void saysWhatItIs() {
    AugmentedDataset dataset = augmented(Layout.HWC, 7, ALL);
    assertEquals(
        "ImageDataset(7 images, 32x32x3, HWC) augmented by [Crop(4), Flip, Cutout(16)], seed 7",
        dataset.toString());
    assertEquals(0, dataset.epoch());
    assertEquals(3, dataset.forEpoch(3).epoch());
    assertThrows(IndexOutOfBoundsException.class, () -> dataset.pixels(7));
    ImageDataset plain = dataset.original();
    assertSame(plain, plain.forEpoch(3));
  }

  // How often what happens: Pearson's chi-square, whose 99.9 % quantile is given.

  /** Red is the row, green the column, times 7; blue is 255. */
  private static byte[] ramp(Layout layout, int images) {
    byte[] pixels = new byte[images * 3072];
    for (int i = 0; i < images; i++) {
      for (int p = 0; p < 1024; p++) {
        pixels[i * 3072 + ImageShape.CIFAR10.offset(layout, p, 0)] = (byte) (7 * (p / 32));
        pixels[i * 3072 + ImageShape.CIFAR10.offset(layout, p, 1)] = (byte) (7 * (p % 32));
        pixels[i * 3072 + ImageShape.CIFAR10.offset(layout, p, 2)] = (byte) 255;
      }
    }
    return pixels;
  }

  private static AugmentedDataset ramps(Augmentation... steps) {
    ImageSet images =
        ImageSet.wrap(
            ImageShape.CIFAR10, Layout.HWC, Cifar10.CLASSES, new byte[500], ramp(Layout.HWC, 500));
    return new ImageDataset(images, MeanImage.zero(ImageShape.CIFAR10)).augmented(1, steps);
  }

  private static double chiSquare(int[] counts) {
    double expected = Arrays.stream(counts).average().orElseThrow();
    return Arrays.stream(counts).mapToDouble(n -> (n - expected) * (n - expected) / expected).sum();
  }

  @Test
  void shiftsAndFlipsAreEquallyLikelyAndIndependent() {
    AugmentedDataset dataset = ramps(new Crop(4), new Flip());
    int[] counts = new int[9 * 9 * 2];
    for (int epoch = 0; epoch < 20; epoch++) {
      for (int image = 0; image < 500; image++) {
        Pixels pixels =
            Pixels.of(dataset.forEpoch(epoch).pixels(image), ImageShape.CIFAR10, Layout.HWC);
        int down = 16 - pixels.get(16, 16, 0) / 7;
        boolean flipped = pixels.get(16, 16, 1) > pixels.get(16, 17, 1);
        int right = (flipped ? 15 : 16) - pixels.get(16, 16, 1) / 7;
        counts[((down + 4) * 9 + right + 4) * 2 + (flipped ? 1 : 0)]++;
      }
    }
    assertTrue(chiSquare(counts) < 222.3, chiSquare(counts) + " of 161 degrees of freedom");
  }

  @Test
  void cutoutsAreEquallyLikelyEverywhere() {
    AugmentedDataset dataset = ramps(new Cutout(1));
    int[] counts = new int[1024];
    for (int epoch = 0; epoch < 20; epoch++) {
      for (int image = 0; image < 500; image++) {
        byte[] pixels = dataset.forEpoch(epoch).pixels(image);
        for (int p = 0; p < 1024; p++) {
          counts[p] += pixels[3 * p + 2] == 0 ? 1 : 0;
        }
      }
    }
    assertEquals(10_000, Arrays.stream(counts).sum());
    assertTrue(chiSquare(counts) < 1168.5, chiSquare(counts) + " of 1023 degrees of freedom");
  }

  @Test
  void epochsOfOneImageAreIndependent() {
    AugmentedDataset dataset = ramps(new Flip());
    int[] counts = new int[4];
    for (int image = 0; image < 500; image++) {
      for (int epoch = 0; epoch < 20; epoch++) {
        boolean first = flipped(dataset, epoch, image);
        counts[(first ? 2 : 0) + (flipped(dataset, epoch + 1, image) ? 1 : 0)]++;
      }
    }
    assertTrue(chiSquare(counts) < 16.3, Arrays.toString(counts));
  }

  /** Each image both ways within two epochs, and half of them mirrored in each. */
  @Property(tries = 20)
  void alternatingFlipsShowEachImageBothWays(@ForAll long seed, @ForAll long epoch) {
    ImageSet images =
        ImageSet.wrap(
            ImageShape.CIFAR10, Layout.HWC, Cifar10.CLASSES, new byte[500], ramp(Layout.HWC, 500));
    AugmentedDataset dataset =
        new ImageDataset(images, MeanImage.zero(ImageShape.CIFAR10))
            .augmented(seed, Flip.alternating());
    int mirrored = 0;
    for (int image = 0; image < 500; image++) {
      boolean now = flipped(dataset, epoch, image);
      assertEquals(!now, flipped(dataset, epoch + 1, image));
      assertEquals(now, flipped(dataset, epoch + 2, image));
      mirrored += now ? 1 : 0;
    }
    assertEquals(250, mirrored, 6 * Math.sqrt(125));
  }

  @Test
  void thePeriodIsTheLeastCommonMultipleOfTheSteps() {
    assertEquals(1, augmented(Layout.HWC, 1).period());
    assertEquals(0, augmented(Layout.HWC, 1, ALL).period());
    assertEquals(2, augmented(Layout.HWC, 1, Flip.alternating()).period());
    assertEquals(2, augmented(Layout.HWC, 1, Flip.alternating()).forEpoch(7).period());
    assertEquals(0, augmented(Layout.HWC, 1, Flip.alternating(), new Crop(1)).period());
    assertEquals(0, augmented(Layout.HWC, 1, new Crop(1), Flip.alternating()).period());
    assertEquals(
        12, augmented(Layout.HWC, 1, new Every(4), Flip.alternating(), new Every(6)).period());
    assertEquals(0, augmented(Layout.HWC, 1, new Every(1 << 30), new Every(3)).period());
    assertEquals(0, augmented(Layout.HWC, 1, (pixels, random) -> {}).period());
  }

  /** Shifts by the epoch's remainder. */
  private record Every(int period) implements Augmentation {
    @Override
    public void apply(Pixels pixels, RandomGenerator random) {}

    @Override
    public void apply(Pixels pixels, long epoch, RandomGenerator random) {
      pixels.shift(Math.floorMod(epoch, period), random.nextInt(5));
    }
  }

  /** A step of a period has the same random numbers in every epoch, and others for each image. */
  @Test
  void aStepWithAPeriodRepeats() {
    AugmentedDataset dataset = augmented(Layout.HWC, 1, new Every(3));
    for (int image = 0; image < 7; image++) {
      for (int epoch = 0; epoch < 6; epoch++) {
        assertArrayEquals(
            dataset.forEpoch(epoch).pixels(image), dataset.forEpoch(epoch + 3).pixels(image));
      }
      assertTrue(
          Arrays.mismatch(dataset.forEpoch(0).pixels(image), dataset.forEpoch(1).pixels(image))
              >= 0);
    }
  }

  private static boolean flipped(AugmentedDataset dataset, long epoch, int image) {
    return dataset.forEpoch(epoch).pixels(image)[1] != 0;
  }

  @Test
  void aBlankIsTheMeanOfItsPlace() {
    ImageSet images = sevenImages(Layout.CHW);
    MeanImage mean = MeanImage.of(images);
    Augmentation all = (pixels, random) -> pixels.erase(0, 0, 32, 32);
    AugmentedDataset dataset = new ImageDataset(images, mean).augmented(1, all);
    Batch<int[]> batch = dataset.newBatch(1, DType.FLOAT64);
    dataset.read(new int[] {3}, batch);
    for (double x : batch.inputs().toDoubleArray()) {
      assertTrue(Math.abs(x) <= 0.5, "" + x);
    }
  }
}
