package lamella.data.cifar;

import java.util.List;
import lamella.core.Batch;
import lamella.core.ByteRows;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.Tensor;

/**
 * Images as a network's input: x = pixel - mean with a {@link MeanImage}, pixels as 0 to 255, not
 * scaled; x = (pixel - mean) / deviation with a {@link Standardisation}.
 *
 * <p>In float64 each operation is rounded once; in float32 mean and deviation are rounded to float
 * first.
 *
 * <p><b>Shapes:</b> inputs {@code [n, size]} in the layout of the images, size being that of their
 * shape; targets {@code int[n]} in [0, classes).
 *
 * <p>Reading allocates nothing and is safe from many threads, each into a batch of its own.
 */
public final class ImageDataset implements Dataset<int[]> {
  private final ImageSet images;
  private final Normalisation normalisation;
  private final Shape example;

  /**
   * A dataset of these images, less their mean for example.
   *
   * @param images used, not copied
   * @param normalisation makes inputs of their pixels
   * @throws IllegalArgumentException if it is one of images of another size
   */
  public ImageDataset(ImageSet images, Normalisation normalisation) {
    this.images = images;
    this.normalisation = normalisation;
    this.example = Shape.of(images.shape().size());
    if (normalisation.size() != images.shape().size()) {
      throw new IllegalArgumentException(
          this
              + ": expects a normalisation of "
              + images.shape().size()
              + " numbers, got one of "
              + normalisation.size());
    }
  }

  /**
   * {@return these images, changed at random by the steps, in their order, before they are
   * normalised; as they are in epoch 0, see {@link AugmentedDataset#forEpoch}}
   *
   * @param seed any number; another one gives other changes
   * @param steps each applied to every image
   * @throws IllegalArgumentException if a step cannot be applied to images of this shape
   */
  public AugmentedDataset augmented(long seed, Augmentation... steps) {
    return new AugmentedDataset(this, seed, List.of(steps));
  }

  /** {@return the images} */
  public ImageSet images() {
    return images;
  }

  /** {@return what makes inputs of pixels} */
  public Normalisation normalisation() {
    return normalisation;
  }

  @Override
  public int size() {
    return images.size();
  }

  /** For example {@code [3072]}: the size of the images' shape. */
  @Override
  public Shape exampleShape() {
    return example;
  }

  @Override
  public Batch<int[]> newBatch(int n, DType dtype) {
    Shape shape = example.batch(n);
    Tensor inputs = dtype == DType.FLOAT32 ? ByteRows.tensor(shape) : DoubleTensor.zeros(shape);
    return new ImageBatch(inputs, new int[n], images.shape());
  }

  @Override
  public void read(int[] indices, Batch<int[]> batch) {
    readTargets(indices, batch);
    normalise(images.array(), images.start(0), indices, batch.inputs());
  }

  @Override
  public void readTargets(int[] indices, Batch<int[]> batch) {
    requireIndices(indices, batch);
    int n = batch.size();
    Tensor inputs = batch.inputs();
    int[] labels = batch.targets();
    if (inputs.size() != n * example.size() || labels.length != n) {
      throw new IllegalArgumentException(
          this
              + ": expects a batch of inputs ["
              + n
              + ", "
              + example.size()
              + "] and as many labels, got "
              + inputs.shape()
              + " and "
              + labels.length);
    }
    for (int i = 0; i < n; i++) {
      labels[i] = images.label(indices[i]);
    }
  }

  /** Makes inputs of the rows of these pixels. */
  void normalise(byte[] pixels, int origin, int[] rows, Tensor inputs) {
    switch (inputs) {
      case FloatTensor x -> normalisation.read(pixels, origin, rows, x);
      case DoubleTensor x -> normalisation.read(pixels, origin, rows, x.array());
    }
  }

  /**
   * For example {@code 49000 images, 32x32x3, HWC, pixels crc32c 1a2b3c4d, labels crc32c 5e6f7a8b,
   * MeanImage crc32c 9c0d1e2f}: of all pixels, all labels, and the numbers of the normalisation.
   */
  @Override
  public String fingerprint() {
    return images.fingerprint() + ", " + normalisation.fingerprint();
  }

  /** For example {@code ImageDataset(49000 images, 32x32x3, HWC)}. */
  @Override
  public String toString() {
    return "ImageDataset(" + images + ")";
  }
}
