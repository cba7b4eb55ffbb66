package lamella.benchmarks;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
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
 * A batch of 200 images from CIFAR-10's 49,000, changed at random and less the mean image; {@code
 * none} is the same without a change, and the difference is what changing costs.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Benchmark)
public class AugmentationBenchmark {
  private static final int BATCH = 200;

  /** Which steps: none, one of three, or all. */
  @Param({"none", "crop", "flip", "cutout", "all"})
  public String steps = "none";

  private final int[][] indices = ImageSource.draw(BATCH);
  private final ImageDataset images = randomImages();
  private final Batch<int[]> batch = images.newBatch(BATCH, DType.FLOAT32);
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
