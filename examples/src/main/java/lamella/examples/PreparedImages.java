package lamella.examples;

import lamella.core.Dataset;
import lamella.data.cifar.ImageDataset;

/**
 * The images of a run as the networks are given them that it trains. All of its members share them,
 * so that what the head makes of images that repeat is computed once for all, and not for each.
 *
 * @param head what images go through before the network that is trained
 * @param train read with the head's normalisation, not yet through its layers
 * @param seen those through the head
 * @param validation images through the head, whose accuracy is measured during the training
 */
public record PreparedImages(
    Head head, ImageDataset train, Dataset<int[]> seen, Dataset<int[]> validation) {

  /**
   * Images through a head.
   *
   * @param experiment says in what type of numbers
   * @param train read with the head's normalisation, as the images for validation are
   */
  public static PreparedImages of(
      Experiment experiment, Head head, ImageDataset train, Dataset<int[]> validation) {
    return new PreparedImages(
        head,
        train,
        head.over(train, experiment.dtype()),
        head.over(validation, experiment.dtype()));
  }
}
