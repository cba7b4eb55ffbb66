package lamella.data.cifar;

import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.kernel.Kernels;

/**
 * Images as a network's input: x = pixel - mean, pixels as 0 to 255, not scaled.
 *
 * <p>In float64 the difference is rounded once; in float32 the mean is rounded to float first, then
 * the difference.
 *
 * <p><b>Shapes:</b> inputs {@code [n, 3072]} in the layout of the images, targets {@code int[n]} in
 * [0, 10).
 *
 * <p>Reading allocates nothing and is safe from many threads, each into a batch of its own.
 */
public final class ImageDataset implements Dataset<int[]> {
  private static final Shape EXAMPLE = Shape.of(ImageSet.IMAGE_BYTES);

  private final ImageSet images;
  private final MeanImage mean;

  /** The images, less this mean. */
  public ImageDataset(ImageSet images, MeanImage mean) {
    this.images = images;
    this.mean = mean;
  }

  /** The images. */
  public ImageSet images() {
    return images;
  }

  /** What is subtracted from every image. */
  public MeanImage mean() {
    return mean;
  }

  @Override
  public int size() {
    return images.size();
  }

  /** {@code [3072]}. */
  @Override
  public Shape exampleShape() {
    return EXAMPLE;
  }

  @Override
  public Batch<int[]> newBatch(int n, DType dtype) {
    return new ImageBatch(Tensor.zeros(dtype, EXAMPLE.batch(n)), new int[n]);
  }

  @Override
  public void read(int[] indices, Batch<int[]> batch) {
    int n = batch.size();
    if (indices.length != n) {
      throw new IllegalArgumentException(
          this
              + ": expects "
              + n
              + " indices, one per example of the batch, got "
              + indices.length);
    }
    Tensor inputs = batch.inputs();
    int[] labels = batch.targets();
    if (inputs.size() != n * ImageSet.IMAGE_BYTES || labels.length != n) {
      throw new IllegalArgumentException(
          this
              + ": expects a batch of inputs ["
              + n
              + ", 3072] and as many labels, got "
              + inputs.shape()
              + " and "
              + labels.length);
    }
    for (int i = 0; i < n; i++) {
      int index = indices[i];
      if (index < 0 || index >= images.size()) {
        throw new IndexOutOfBoundsException(
            this + ": index " + index + " at position " + i + " is outside [0, " + size() + ")");
      }
      labels[i] = images.label(index);
    }
    Kernels kernels = Kernels.instance();
    switch (inputs) {
      case FloatTensor x ->
          kernels.centreRows(images.array(), images.start(0), indices, mean.floats(), x.array());
      case DoubleTensor x ->
          kernels.centreRows(images.array(), images.start(0), indices, mean.doubles(), x.array());
    }
  }

  /** For example {@code ImageDataset(49000 images, HWC)}. */
  @Override
  public String toString() {
    return "ImageDataset(" + images + ")";
  }

  private static final class ImageBatch implements Batch<int[]> {
    private final Tensor inputs;
    private final int[] labels;

    private ImageBatch(Tensor inputs, int[] labels) {
      this.inputs = inputs;
      this.labels = labels;
    }

    @Override
    public int size() {
      return labels.length;
    }

    @Override
    public Tensor inputs() {
      return inputs;
    }

    @Override
    public int[] targets() {
      return labels;
    }
  }
}
