package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import lamella.core.DType;
import lamella.core.Fingerprint;
import lamella.core.Network;
import lamella.core.Sampler;
import lamella.core.random.NumPyRandom;
import lamella.data.cifar.ImageDataset;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.MeanImage;
import lamella.data.cifar.Normalisation;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.Sgd;
import lamella.optim.Trainer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class PreprocessTest {

  /** A dataset that normalises while it reads, and a layer that does so afterwards. */
  @Property(tries = 8)
  void trainingOnPreparedInputsHasTheBitsOfTrainingWithTheLayerThatPreparesThem(
      @ForAll Preprocess preprocess, @ForAll DType dtype) {
    ImageSet images = RandomImages.of().train().images().slice(0, 40);
    Normalisation normalisation = preprocess.of(images);
    assertEquals(
        trained(dtype, false, new ImageDataset(images, normalisation), normalisation),
        trained(
            dtype,
            true,
            new ImageDataset(images, MeanImage.zero(ImageShape.CIFAR10)),
            normalisation));
  }

  private static String trained(
      DType dtype, boolean whole, ImageDataset data, Normalisation normalisation) {
    NumPyRandom random = new NumPyRandom(5);
    Network body = TwoLayerNetwork.of(3072, 4, 10, Activation.SWISH, 1e-3, dtype, random).network();
    Network network = whole ? body.withHead(Preprocess.layer(normalisation, dtype)) : body;
    Trainer.of(network, new SoftmaxCrossEntropy(), Sgd.of(1e-4).withL2(0.1))
        .withBatchSize(8)
        .withSteps(5)
        .fit(data, Sampler.withReplacement(data.size(), random));
    return Fingerprint.of(body.parameters());
  }
}
