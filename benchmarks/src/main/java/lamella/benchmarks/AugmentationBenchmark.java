package lamella.benchmarks;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.data.cifar.Affine;
import lamella.data.cifar.Augmentation;
import lamella.data.cifar.Cifar10;
import lamella.data.cifar.Crop;
import lamella.data.cifar.Cutout;
import lamella.data.cifar.Flip;
import lamella.data.cifar.ImageDataset;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.Layout;
import lamella.data.cifar.MeanImage;
import lamella.data.cifar.Noise;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A batch of images from CIFAR-10's 49,000, changed at random and less the mean image; {@code none}
 * is the same without a change, and the difference is what changing costs.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Benchmark)
public class AugmentationBenchmark {
  /** Which steps: none, one of some, or the first three. */
  @Param({
    "none",
    "crop",
    "flip",
    "cutout",
    "all",
    "flip-alternating",
    "crop-reflected",
    "affine",
    "noise"
  })
  public String steps = "none";

  /** Images of a batch. */
  @Param("200")
  public int batchSize = 200;

  private final ImageDataset images = randomImages();
  private int[][] indices = {};
  private Batch<int[]> batch = images.newBatch(1, DType.FLOAT32);
  private Dataset<int[]> dataset = images;
  private int next;

  private static ImageDataset randomImages() {
    byte[] pixels = new byte[ImageSource.IMAGES * ImageShape.CIFAR10.size()];
    new Random(1).nextBytes(pixels);
    ImageSet images =
        ImageSet.wrap(
            ImageShape.CIFAR10, Layout.HWC, Cifar10.CLASSES, new byte[ImageSource.IMAGES], pixels);
    return new ImageDataset(images, MeanImage.of(images));
  }

  /** Makes the dataset. */
  @Setup
  public void prepare() {
    indices = ImageSource.draw(batchSize);
    batch = images.newBatch(batchSize, DType.FLOAT32);
    Augmentation crop = new Crop(4);
    Augmentation flip = new Flip();
    Augmentation cutout = new Cutout(16);
    dataset =
        switch (steps) {
          case "none" -> images;
          case "crop" -> images.augmented(1, crop);
          case "flip" -> images.augmented(1, flip);
          case "cutout" -> images.augmented(1, cutout);
          case "all" -> images.augmented(1, crop, flip, cutout);
          case "flip-alternating" -> images.augmented(1, Flip.alternating());
          case "crop-reflected" -> images.augmented(1, Crop.reflected(4));
          case "affine" ->
              images.augmented(1, Affine.none().withShift(2).withRotate(10).withScale(0.1));
          case "noise" -> images.augmented(1, new Noise(8));
          default -> throw new IllegalArgumentException("no such steps: " + steps);
        };
  }

  /** The next batch. */
  @Benchmark
  public Batch<int[]> read() {
    dataset.read(indices[next], batch);
    next = (next + 1) % indices.length;
    return batch;
  }
}
