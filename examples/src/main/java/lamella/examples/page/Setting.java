package lamella.examples.page;

import java.util.List;
import java.util.Optional;
import lamella.examples.Experiment;

/**
 * What the runs of a page have in common besides their experiment.
 *
 * @param data where the images come from, for people
 * @param cifar10 whether they are CIFAR-10's, so that the published numbers may stand beside ours
 * @param classNames of the images
 * @param training number of images
 * @param validation number of images
 * @param test number of images
 * @param machine how it computes
 * @param jdk on what
 * @param version of Lamella
 */
public record Setting(
    String data,
    boolean cifar10,
    List<String> classNames,
    int training,
    int validation,
    int test,
    String machine,
    String jdk,
    String version) {

  /** Why the published numbers do not stand beside ours; empty if they do. */
  Optional<String> whyNotCompared(Experiment experiment) {
    if (!cifar10) {
      return Optional.of(
          "These are not CIFAR-10’s images, so the published report’s numbers have no place beside ours.");
    }
    String differences = experiment.differencesFromReport();
    return differences.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "This is not the published report’s experiment, so its numbers are not shown beside ours: "
                + differences
                + ".");
  }
}
