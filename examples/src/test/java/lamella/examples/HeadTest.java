package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Fingerprint;
import lamella.core.Network;
import lamella.core.PreparedDataset;
import lamella.core.Sampler;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.data.cifar.Flip;
import lamella.data.cifar.ImageDataset;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.MeanImage;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.Sgd;
import lamella.optim.Trainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadTest {
  private static final ImageSet IMAGES = RandomImages.of().train().images().slice(0, 40);

  /** The network behind the head, and the same with the head before it. */
  private static Network body(Head head, DType dtype) {
    return TwoLayerNetwork.of(
            head.over(new ImageDataset(IMAGES, head.normalisation()), dtype).exampleShape().size(),
            4,
            10,
            Activation.SWISH,
            1e-3,
            dtype,
            new NumPyRandom(5))
        .network();
  }

  private static void train(Network network, Dataset<int[]> data) {
    Trainer.of(network, new SoftmaxCrossEntropy(), Sgd.of(1e-4).withL2(0.1))
        .withBatchSize(8)
        .withSteps(12)
        .fit(data, Sampler.withReplacement(data.size(), new NumPyRandom(6)));
  }

  /** A dataset that prepares its inputs, and layers that do so afterwards. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "mean",
        "standardise",
        "contrast",
        "contrast whiten(7,10)",
        "contrast cosine(4,2,10)",
        "standardise contrast(0.01) cosine(4,2,1) whiten(9,0.1)",
        "mean whiten(5,0)"
      })
  void trainingOnPreparedInputsHasTheBitsOfTrainingWithTheLayersThatPrepareThem(String text) {
    for (DType dtype : DType.values()) {
      Head head = Head.of(HeadText.of(text), IMAGES, dtype);
      // Flips that take turns are two versions of each image, of which either is kept.
      Dataset<int[]> images =
          new ImageDataset(IMAGES, head.normalisation()).augmented(1, Flip.alternating());
      Network body = body(head, dtype);
      train(body, head.over(images, dtype));
      Network other = body(head, dtype);
      Dataset<int[]> pixels =
          new ImageDataset(IMAGES, MeanImage.zero(IMAGES.shape())).augmented(1, Flip.alternating());
      train(head.before(other), pixels);
      assertEquals(Fingerprint.of(body.parameters()), Fingerprint.of(other.parameters()), text);
      assertEquals(
          Fingerprint.of(body.parameters()),
          Fingerprint.of(head.before(body).withoutHead().parameters()));
    }
  }

  @Test
  void outputsAreKeptWhereImagesRepeatAndThereIsRoom() {
    Head head = Head.of(HeadText.of("contrast whiten(7,10)"), IMAGES, DType.FLOAT32);
    ImageDataset images = new ImageDataset(IMAGES, head.normalisation());
    PreparedDataset<int[]> prepared =
        (PreparedDataset<int[]>) head.over((Dataset<int[]>) images, DType.FLOAT32);
    assertEquals(40 * 7 * Float.BYTES, prepared.keptBytes(DType.FLOAT32));
    assertEquals(7, prepared.exampleShape().size());
    assertTrue(prepared.fingerprint().contains("Whitening(3072 -> 7)"), prepared.fingerprint());
  }

  /** Outputs for the training images have mean 0 and, where s is 0, variance 1. */
  @Test
  void numbersAreTakenFromTheTrainingImages() {
    Head head = Head.of(HeadText.of("contrast whiten(5,0)"), IMAGES, DType.FLOAT64);
    ImageDataset images = new ImageDataset(IMAGES, head.normalisation());
    Dataset<int[]> prepared = head.over((Dataset<int[]>) images, DType.FLOAT64);
    Batch<int[]> batch = prepared.newBatch(40, DType.FLOAT64);
    prepared.read(IntStream.range(0, 40).toArray(), batch);
    Tensor y = batch.inputs();
    double[] means = new double[5];
    double[] variances = new double[5];
    for (int i = 0; i < y.size(); i++) {
      means[i % 5] += y.get(i) / 40;
      variances[i % 5] += y.get(i) * y.get(i) / 40;
    }
    assertArrayEquals(new double[5], means, 1e-5);
    assertArrayEquals(new double[] {1, 1, 1, 1, 1}, variances, 1e-5);
  }
}
