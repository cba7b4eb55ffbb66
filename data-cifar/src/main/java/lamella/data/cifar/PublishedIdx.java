package lamella.data.cifar;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A set of IDX files that is known bit for bit.
 *
 * @param title its name, for people
 * @param classNames from class 0 on
 * @param sha256 of the files when they are unpacked: training images and labels, test images and
 *     labels
 */
record PublishedIdx(String title, List<String> classNames, List<String> sha256) {
  /** Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits" (1998). */
  private static final PublishedIdx MNIST =
      new PublishedIdx(
          "MNIST",
          List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
          List.of(
              "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
              "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
              "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
              "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"));

  /** H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST" (2017). */
  private static final PublishedIdx FASHION_MNIST =
      new PublishedIdx(
          "Fashion-MNIST",
          List.of(
              "T-shirt/top",
              "Trouser",
              "Pullover",
              "Dress",
              "Coat",
              "Sandal",
              "Shirt",
              "Sneaker",
              "Bag",
              "Ankle boot"),
          List.of(
              "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
              "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
              "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
              "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"));

  /** The set with these four checksums; null if it is none of those known. */
  static @Nullable PublishedIdx of(List<String> sha256) {
    for (PublishedIdx set : List.of(MNIST, FASHION_MNIST)) {
      if (set.sha256.equals(sha256)) {
        return set;
      }
    }
    return null;
  }
}
