package lamella.examples;

import java.util.Locale;
import lamella.core.DType;
import lamella.core.Tensor;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.MeanImage;
import lamella.data.cifar.Normalisation;
import lamella.data.cifar.Standardisation;
import lamella.layers.InputNorm;

/** What is made of pixels before the first layer with weights sees them. */
public enum Preprocess {
  /** The report's: less the mean image of the training images. */
  MEAN,
  /** Less each colour's mean over the training images, divided by its standard deviation. */
  STANDARDISE;

  /** The numbers to do it with, from the training images. */
  public Normalisation of(ImageSet train) {
    return switch (this) {
      case MEAN -> MeanImage.of(train);
      case STANDARDISE -> Standardisation.of(train);
    };
  }

  /** The layer that does with those numbers what a dataset does that is read with them. */
  public static InputNorm layer(Normalisation normalisation, DType dtype) {
    Tensor mean = normalisation.mean().to(dtype);
    return normalisation
        .deviation()
        .map(deviation -> InputNorm.standardising(mean, deviation.to(dtype)))
        .orElseGet(() -> InputNorm.centring(mean));
  }

  /** The name on the command line: {@code mean}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
