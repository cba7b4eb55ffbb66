/**
 * What training makes small.
 *
 * <ul>
 *   <li><b>For classes:</b> {@link lamella.losses.SoftmaxCrossEntropy}.
 *   <li><b>For numbers:</b> {@link lamella.losses.SquaredError}.
 * </ul>
 *
 * <p>A loss of one's own that is a function of an output and its target extends {@link
 * lamella.losses.PointwiseLoss}; another one that is a mean over rows, {@link
 * lamella.losses.MeanLoss}; any other implements {@link lamella.core.Loss}.
 */
@NullMarked
package lamella.losses;

import org.jspecify.annotations.NullMarked;
