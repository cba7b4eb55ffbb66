package lamella.data.cifar;

import java.io.IOException;
import java.nio.file.Path;
import lamella.core.io.FileFormatException;

/**
 * Images in IDX files: MNIST, Fashion-MNIST, and others of their form.
 *
 * <p>A set is four files, each as it is or compressed by gzip: {@code train-images-idx3-ubyte},
 * {@code train-labels-idx1-ubyte}, {@code t10k-images-idx3-ubyte} and {@code
 * t10k-labels-idx1-ubyte}; {@code test} may stand for {@code t10k}, a point for the hyphen before
 * {@code idx}, and a name and a hyphen before all, as in {@code
 * emnist-digits-train-images-idx3-ubyte.gz}. Where a file is there in both forms, the one that is
 * not compressed is read.
 *
 * <p>A file begins with two zeros, 8 for unsigned bytes, the number of its dimensions, and these as
 * integers of four bytes, the highest first; then come the bytes, the last dimension fastest.
 *
 * <p><b>Shapes:</b> images {@code [count, height, width]}, grey; or {@code [count, height, width,
 * channels]}, or else {@code [count, channels, height, width]}, with 1 or 3 channels. Labels {@code
 * [count]}. There are as many classes as the largest label of the training images says; their names
 * are known of the published files of MNIST and Fashion-MNIST, by their SHA-256, and numbers of
 * others.
 *
 * <p>Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits" (1998),
 * where the format is described.
 */
public final class Idx {
  private Idx() {}

  /**
   * Reads the four files.
   *
   * @param directoryOrFile a directory with them, or one of them
   * @param layout the order that the images' numbers are to have
   * @return the images, checked
   * @throws FileFormatException if something is missing, damaged, or does not go together; names
   *     the file, what was expected and what was found
   * @throws IOException if reading fails
   */
  public static LabelledImages open(Path directoryOrFile, Layout layout) throws IOException {
    return IdxFiles.in(directoryOrFile).read(layout);
  }

  /**
   * {@return whether this is an IDX file by its name, or a directory that holds one}
   *
   * @param directoryOrFile any place
   * @throws IOException if the directory cannot be listed
   */
  public static boolean isAt(Path directoryOrFile) throws IOException {
    return IdxFiles.areAt(directoryOrFile);
  }
}
