package lamella.examples;

import java.util.ArrayList;
import java.util.List;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.PreparedDataset;
import lamella.core.Preprocessing;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.data.cifar.CosineTransform;
import lamella.data.cifar.ImageDataset;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.Normalisation;
import lamella.data.cifar.RawPixels;
import lamella.layers.ContrastNorm;
import lamella.layers.InputNorm;
import lamella.layers.Whitening;

/**
 * The head of a network with the numbers that were taken from the training images.
 *
 * @param normalisation what is done while images are read
 * @param layers what images go through after that, before the network that is trained; often none
 */
public record Head(Normalisation normalisation, List<Preprocessing> layers) {
  /** Outputs are kept where they take at most this part of the memory there is. */
  private static final int PART_OF_MEMORY = 4;

  /** A list that does not change. */
  public Head {
    layers = List.copyOf(layers);
  }

  /** A head that is computed while images are read, and nothing more. */
  public static Head of(Normalisation normalisation) {
    return new Head(normalisation, List.of());
  }

  /**
   * Takes the numbers from the training images; of 49,000 in CIFAR-10's size that can take some
   * seconds.
   */
  public static Head of(HeadText text, ImageSet train, DType dtype) {
    Normalisation normalisation = text.normalisation(train);
    ImageDataset images = new ImageDataset(train, normalisation);
    List<Preprocessing> layers = new ArrayList<>();
    for (HeadText.Step step : text.items()) {
      switch (step) {
        case HeadText.Mean _, HeadText.Standardise _ -> {}
        case HeadText.Contrast contrast -> layers.add(new ContrastNorm(contrast.epsilon()));
        case HeadText.Cosine cosine -> {
          layers.add(
              new CosineTransform(
                  train.shape(), train.layout(), cosine.brightness(), cosine.colours()));
          layers.add(InputNorm.fit(through(images, layers), cosine.s()));
        }
        case HeadText.Whiten whiten ->
            layers.add(Whitening.fit(through(images, layers), whiten.components(), whiten.s()));
      }
    }
    for (Preprocessing layer : layers) {
      for (Parameter parameter : layer.parameters()) {
        parameter.convertTo(dtype);
      }
    }
    return new Head(normalisation, layers);
  }

  private static Dataset<int[]> through(Dataset<int[]> images, List<Preprocessing> layers) {
    return layers.isEmpty()
        ? images
        : PreparedDataset.of(images, layers.toArray(Preprocessing[]::new));
  }

  /**
   * What the network that is trained is given of these images: outputs that repeat are computed
   * once if there is room for them.
   *
   * @param images read with the normalisation
   */
  public <T> Dataset<T> over(Dataset<T> images, DType dtype) {
    if (layers.isEmpty()) {
      return images;
    }
    PreparedDataset<T> prepared = PreparedDataset.of(images, layers.toArray(Preprocessing[]::new));
    return prepared.keptBytes(dtype) <= Runtime.getRuntime().maxMemory() / PART_OF_MEMORY
        ? prepared.keeping()
        : prepared;
  }

  /** The network for pixels as they are. */
  public Network before(Network trained) {
    List<Preprocessing> all = new ArrayList<>();
    if (!(normalisation instanceof RawPixels)) {
      all.add(layer(normalisation, trained.dtype()));
    }
    all.addAll(layers);
    return trained.withHead(Shape.of(normalisation.size()), all.toArray(Preprocessing[]::new));
  }

  /** The layer that does with those numbers what a dataset does that is read with them. */
  public static InputNorm layer(Normalisation normalisation, DType dtype) {
    Tensor mean = normalisation.mean().to(dtype);
    return normalisation
        .deviation()
        .map(deviation -> InputNorm.standardising(mean, deviation.to(dtype)))
        .orElseGet(() -> InputNorm.centring(mean));
  }
}
