package lamella.data.cifar;

import static java.util.Objects.requireNonNull;

import java.util.List;
import lamella.core.Batch;
import lamella.core.Checksum;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Description;
import lamella.core.PartLoop;
import lamella.core.Shape;
import lamella.core.random.SplitMix64;
import org.jspecify.annotations.Nullable;

/**
 * Images that are changed at random before they are normalised, in each epoch anew; for training
 * only.
 *
 * <p>What an image becomes is a function of the seed, the epoch and its index alone: it does not
 * depend on the batch, the order of reading, the number of threads, or on where a run was resumed.
 * An image that is drawn twice in one epoch is changed the same way twice. The dataset is one
 * epoch's view, {@link #forEpoch} gives another's; neither changes.
 *
 * <p>Step k of the list has random numbers of its own for image i in epoch e under seed s: those of
 * SplitMix64 (G. Steele, D. Lea, C. Flood, 2014) that begins in the state m(m(m(m(s) + e) + i) +
 * k), where m is that generator's function from state to output. A step that repeats after some
 * epochs has those of epoch 0 in every epoch.
 *
 * <p>The images of a batch are changed on all threads of {@link lamella.core.Compute#threads}.
 *
 * <p><b>Shapes:</b> as {@link ImageDataset}. Reading allocates nothing from the second batch on and
 * is safe from many threads, each into a batch of its own.
 */
public final class AugmentedDataset implements Dataset<int[]> {
  private static final int SAMPLED_IMAGES = 64;
  private static final int SAMPLED_EPOCHS = 3;

  private final ImageDataset dataset;
  private final List<Augmentation> steps;
  private final byte[] blank;
  private final long seed;
  private final long epoch;

  AugmentedDataset(ImageDataset dataset, long seed, List<Augmentation> steps) {
    this(dataset, steps, dataset.normalisation().blank(), seed, 0);
    for (Augmentation step : steps) {
      step.check(shape());
    }
  }

  private AugmentedDataset(
      ImageDataset dataset, List<Augmentation> steps, byte[] blank, long seed, long epoch) {
    this.dataset = dataset;
    this.steps = steps;
    this.blank = blank;
    this.seed = seed;
    this.epoch = epoch;
  }

  /** The same images as they are in another epoch; nothing is copied. */
  @Override
  public AugmentedDataset forEpoch(long other) {
    return new AugmentedDataset(dataset, steps, blank, seed, other);
  }

  /** The least common multiple of the steps' periods; 0 if one of them never repeats. */
  @Override
  public int period() {
    int period = 1;
    for (Augmentation step : steps) {
      period = period == 0 || step.period() == 0 ? 0 : multiple(period, step.period());
    }
    return period;
  }

  /** The least common multiple; 0, and so no period, if it is no int. */
  private static int multiple(int a, int b) {
    int greater = a;
    int divisor = b;
    while (divisor != 0) {
      int rest = greater % divisor;
      greater = divisor;
      divisor = rest;
    }
    long multiple = (long) a / greater * b;
    return multiple <= Integer.MAX_VALUE ? (int) multiple : 0;
  }

  /** {@return which epoch's images these are; 0 at first} */
  public long epoch() {
    return epoch;
  }

  /** {@return the images before any change} */
  public ImageDataset original() {
    return dataset;
  }

  @Override
  public int size() {
    return dataset.size();
  }

  /** For example {@code [3072]}: the size of the images' shape. */
  @Override
  public Shape exampleShape() {
    return dataset.exampleShape();
  }

  @Override
  public Batch<int[]> newBatch(int n, DType dtype) {
    return dataset.newBatch(n, dtype);
  }

  @Override
  public void readTargets(int[] indices, Batch<int[]> batch) {
    dataset.readTargets(indices, batch);
  }

  @Override
  public void read(int[] indices, Batch<int[]> batch) {
    dataset.readTargets(indices, batch);
    ImageBatch.Room room =
        batch instanceof ImageBatch own ? own.room() : new ImageBatch.Room(indices.length, shape());
    room.changes.make(this, indices);
    dataset.normalise(room.bytes, 0, room.rows, batch.inputs());
  }

  /** Changes the images of a batch, in parts that have pixels and random numbers of their own. */
  static final class Changes extends PartLoop {
    private static final int[] NO_INDICES = {};

    private final byte[] bytes;
    private final int imageSize;
    private final Pixels[] pixels;
    private final SplitMix64[] randoms;
    private @Nullable AugmentedDataset images;
    private int[] indices = NO_INDICES;

    Changes(byte[] bytes, ImageShape shape, int parts) {
      this.bytes = bytes;
      this.imageSize = shape.size();
      pixels = new Pixels[parts];
      randoms = new SplitMix64[parts];
      for (int part = 0; part < parts; part++) {
        pixels[part] = new Pixels(shape, bytes);
        randoms[part] = new SplitMix64(0);
      }
    }

    void make(AugmentedDataset dataset, int[] indicesOfBatch) {
      images = dataset;
      indices = indicesOfBatch;
      try {
        over(indicesOfBatch.length, pixels.length);
      } finally {
        images = null;
        indices = NO_INDICES;
      }
    }

    @Override
    protected void run(int part, int from, int to) {
      AugmentedDataset dataset = requireNonNull(images);
      for (int i = from; i < to; i++) {
        dataset.augment(indices[i], bytes, i * imageSize, pixels[part], randoms[part]);
      }
    }
  }

  /**
   * {@return the bytes of an image after the steps, in the images' layout, as a new array}
   *
   * @param index of the image
   */
  public byte[] pixels(int index) {
    byte[] bytes = new byte[shape().size()];
    augment(index, bytes, 0, new Pixels(shape()), new SplitMix64(0));
    return bytes;
  }

  private ImageShape shape() {
    return dataset.images().shape();
  }

  private void augment(int index, byte[] to, int start, Pixels pixels, SplitMix64 random) {
    ImageSet images = dataset.images();
    System.arraycopy(images.array(), images.start(index), to, start, shape().size());
    pixels.show(to, start, images.layout(), blank);
    for (int step = 0; step < steps.size(); step++) {
      Augmentation augmentation = steps.get(step);
      random.restart(seed, augmentation.period() == 0 ? epoch : 0, index, step);
      augmentation.apply(pixels, epoch, random);
    }
  }

  /** {@return the images before any change, alone} */
  @Override
  public List<Dataset<?>> datasets() {
    return List.of(dataset);
  }

  /**
   * That of the images, the seed, and a checksum of 64 of the images as the steps change them in
   * three epochs, so that steps are told apart that say nothing of themselves, as lambdas do.
   */
  @Override
  public String fingerprint() {
    Checksum changed = new Checksum();
    byte[] bytes = new byte[shape().size()];
    Pixels pixels = new Pixels(shape());
    SplitMix64 random = new SplitMix64(0);
    for (int shown = 0; shown < SAMPLED_EPOCHS; shown++) {
      AugmentedDataset images = forEpoch(shown);
      for (int i = 0; i < SAMPLED_IMAGES && size() > 0; i++) {
        int index = (int) ((long) i * (size() - 1) / (SAMPLED_IMAGES - 1));
        images.augment(index, bytes, 0, pixels, random);
        changed.add(bytes, 0, bytes.length);
      }
    }
    return dataset.fingerprint()
        + ", augmented with seed "
        + seed
        + " by "
        + Description.of(steps)
        + ", "
        + changed;
  }

  /**
   * For example {@code ImageDataset(49000 images, 32x32x3, HWC) augmented by [Crop(4), Flip], seed
   * 1}.
   */
  @Override
  public String toString() {
    return dataset + " augmented by " + steps + ", seed " + seed;
  }
}
