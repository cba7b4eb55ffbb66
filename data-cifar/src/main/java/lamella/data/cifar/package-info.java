/**
 * CIFAR-10: 50,000 training and 10,000 test images of 32 x 32 pixels in ten classes, as a dataset.
 *
 * <ul>
 *   <li><b>Where the images come from:</b> {@link lamella.data.cifar.Cifar10} reads the binary
 *       version and checks it, or draws the built-in set; {@link lamella.data.cifar.Download}
 *       fetches the archive. What is wrong with a file, a {@link
 *       lamella.data.cifar.CifarFormatException} says, and with a connection a {@link
 *       lamella.data.cifar.DownloadException}.
 *   <li><b>What they are:</b> {@link lamella.data.cifar.ImageSet}, bytes and labels, in a {@link
 *       lamella.data.cifar.Layout}.
 *   <li><b>What a network is given:</b> {@link lamella.data.cifar.ImageDataset}, by a {@link
 *       lamella.data.cifar.Normalisation}: {@link lamella.data.cifar.MeanImage} or {@link
 *       lamella.data.cifar.Standardisation}.
 *   <li><b>More images than there are:</b> {@link lamella.data.cifar.AugmentedDataset}, by an
 *       {@link lamella.data.cifar.Augmentation} of {@link lamella.data.cifar.Pixels}: {@link
 *       lamella.data.cifar.Crop}, {@link lamella.data.cifar.Flip}, {@link
 *       lamella.data.cifar.Cutout}.
 * </ul>
 *
 * <p>Source: A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009).
 */
@NullMarked
package lamella.data.cifar;

import org.jspecify.annotations.NullMarked;
