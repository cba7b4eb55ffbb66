package lamella.benchmarks;

import java.util.Arrays;
import java.util.Random;
import lamella.core.ByteRows;
import lamella.core.FloatTensor;

/** As many images as the report trains on, as bytes; batches are drawn with replacement. */
final class ImageSource {
  static final int IMAGES = 49_000;
  private static final int BATCHES = 256;

  private final byte[] images;
  private final float[] mean;

  /**
   * Drawn in advance for as many batches, which together are all images: no batch finds its rows in
   * the cache.
   */
  private int[][] batches = {};

  private int next;

  ImageSource(int pixels) {
    Random random = new Random(1);
    images = new byte[IMAGES * pixels];
    random.nextBytes(images);
    mean = new float[pixels];
    Arrays.fill(mean, 127.5f); // that of uniform bytes
  }

  /** Fills the batch with the next images, less the mean. */
  void nextBatch(FloatTensor batch) {
    int rows = batch.shape().dimension(0);
    if (batches.length == 0 || batches[0].length != rows) {
      batches = draw(rows);
      next = 0;
    }
    ByteRows.gather(images, 0, batches[next], mean, null, batch);
    next = (next + 1) % batches.length;
  }

  static int[][] draw(int rows) {
    Random random = new Random(2);
    int[][] drawn = new int[BATCHES][rows];
    for (int[] indices : drawn) {
      for (int i = 0; i < rows; i++) {
        indices[i] = random.nextInt(IMAGES);
      }
    }
    return drawn;
  }
}
