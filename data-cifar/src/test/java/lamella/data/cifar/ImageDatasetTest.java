package lamella.data.cifar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import org.junit.jupiter.api.Test;

class ImageDatasetTest {
  private static final int IMAGES = 37;
  private final ImageSet images = randomImages();
  private final MeanImage mean = MeanImage.of(images);
  private final ImageDataset dataset = new ImageDataset(images, mean);

  private static ImageSet randomImages() {
    Random random = new Random(5);
    byte[] labels = new byte[IMAGES];
    byte[] pixels = new byte[IMAGES * 3072];
    random.nextBytes(pixels);
    for (int i = 0; i < IMAGES; i++) {
      labels[i] = (byte) random.nextInt(10);
    }
    return ImageSet.wrap(ImageShape.CIFAR10, Layout.HWC, Cifar10.CLASSES, labels, pixels);
  }

  @Test
  void readsTheChosenImagesLessTheMeanInBothTypes() {
    int[] indices = {5, 36, 5, 0};
    for (DType dtype : DType.values()) {
      Batch<int[]> batch = dataset.newBatch(4, dtype);
      assertEquals(Shape.of(4, 3072), batch.inputs().shape());
      assertEquals(dtype, batch.inputs().dtype());
      dataset.read(indices, batch);
      for (int row = 0; row < 4; row++) {
        byte[] pixels = images.pixels(indices[row]);
        assertEquals(images.label(indices[row]), batch.targets()[row]);
        for (int j = 0; j < 3072; j++) {
          int pixel = pixels[j] & 0xff;
          double expected =
              dtype == DType.FLOAT64
                  ? pixel - mean.values()[j]
                  : (float) pixel - (float) mean.values()[j];
          assertEquals(expected, batch.inputs().get(row, j));
        }
      }
    }
  }

  @Test
  void withoutAMeanTheInputsAreThePixels() {
    ImageDataset plain = new ImageDataset(images.slice(30, 37), MeanImage.zero(ImageShape.CIFAR10));
    Batch<int[]> batch = plain.newBatch(1, DType.FLOAT32);
    plain.read(new int[] {6}, batch);
    byte[] pixels = images.pixels(36);
    for (int j = 0; j < 3072; j++) {
      assertEquals(pixels[j] & 0xff, batch.inputs().get(j));
    }
    assertEquals(images.label(36), batch.targets()[0]);
  }

  /** 255 classes of grey images of two rows and three columns. */
  @Test
  void imagesOfOtherShapes() {
    byte[] pixels = {0, 51, 102, 0, 0, 0, (byte) 255, (byte) 153, 102, 51, 51, 0};
    ImageSet grey =
        ImageSet.wrap(new ImageShape(2, 3, 1), Layout.HWC, 255, new byte[] {(byte) 254, 7}, pixels);
    assertEquals("2 images, 2x3x1, HWC", grey.toString());
    ImageDataset centred = new ImageDataset(grey, MeanImage.of(grey));
    assertEquals(Shape.of(6), centred.exampleShape());
    Batch<int[]> batch = centred.newBatch(2, DType.FLOAT64);
    centred.read(new int[] {1, 0}, batch);
    assertArrayEquals(new int[] {7, 254}, batch.targets());
    assertArrayEquals(
        new double[] {127.5, 51, 0, 25.5, 25.5, 0, -127.5, -51, 0, -25.5, -25.5, 0},
        batch.inputs().toDoubleArray());
    // The mean is 63.75 and that of the squares 9753.75, of which 63.75² leaves 5689.6875.
    ImageDataset standardised = new ImageDataset(grey, Standardisation.of(grey));
    for (DType dtype : DType.values()) {
      Batch<int[]> scaled = standardised.newBatch(1, dtype);
      standardised.read(new int[] {1}, scaled);
      double deviation = Math.sqrt(5689.6875);
      assertEquals((255 - 63.75) / deviation, scaled.inputs().get(0), 1e-6);
      assertEquals(-63.75 / deviation, scaled.inputs().get(5), 1e-6);
    }
    assertEquals(
        "ImageDataset(2 images, 2x3x1, HWC): expects a normalisation of 6 numbers, got one of 3072",
        assertThrows(
                IllegalArgumentException.class,
                () -> new ImageDataset(grey, MeanImage.zero(ImageShape.CIFAR10)))
            .getMessage());
  }

  @Test
  void saysWhichIndexIsOutsideAndWhichBatchDoesNotFit() {
    Batch<int[]> batch = dataset.newBatch(2, DType.FLOAT32);
    assertEquals(
        "ImageDataset(37 images, 32x32x3, HWC): index 37 at position 1 is outside [0, 37)",
        assertThrows(IndexOutOfBoundsException.class, () -> dataset.read(new int[] {0, 37}, batch))
            .getMessage());
    assertThrows(IndexOutOfBoundsException.class, () -> dataset.read(new int[] {-1, 0}, batch));
    assertEquals(
        "ImageDataset(37 images, 32x32x3, HWC): expects as many indices as the batch has examples, got 3 indices"
            + " and a batch of 2",
        assertThrows(IllegalArgumentException.class, () -> dataset.read(new int[] {0, 1, 2}, batch))
            .getMessage());
    Batch<int[]> narrow = Batch.of(FloatTensor.zeros(Shape.of(2, 3071)), new int[2]);
    assertThrows(IllegalArgumentException.class, () -> dataset.read(new int[] {0, 1}, narrow));
  }

  @Test
  void manyThreadsReadTheSameBytesAsOne() throws Exception {
    int[][] indices = new int[50][8];
    float[][] expected = new float[50][];
    Random random = new Random(9);
    for (int b = 0; b < indices.length; b++) {
      for (int i = 0; i < 8; i++) {
        indices[b][i] = random.nextInt(IMAGES);
      }
      Batch<int[]> batch = dataset.newBatch(8, DType.FLOAT32);
      dataset.read(indices[b], batch);
      expected[b] = ((FloatTensor) batch.inputs()).array();
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        running.add(
            threads.submit(() -> {
              Batch<int[]> batch = dataset.newBatch(8, DType.FLOAT32);
              for (int b = 0; b < indices.length; b++) {
                dataset.read(indices[b], batch);
                assertArrayEquals(expected[b], ((FloatTensor) batch.inputs()).array());
              }
            }));
      }
      for (Future<?> thread : running) {
        thread.get();
      }
    }
  }

  @Test
  void readingAllocatesNothing() {
    assumeTrue(
        ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean,
        "needs a JVM that counts allocated bytes");
    var counter = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    int[] indices = {1, 2, 3, 4};
    Batch<int[]> batch = dataset.newBatch(4, DType.FLOAT32);
    long least = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 20; attempt++) {
      long before = counter.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 100; i++) {
        dataset.read(indices, batch);
      }
      least = Math.min(least, counter.getCurrentThreadAllocatedBytes() - before);
    }
    assertTrue(least == 0, "bytes allocated by 100 reads: " + least);
  }
}
