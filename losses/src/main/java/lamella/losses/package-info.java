/**
 * What training makes small.
 *
 * <ul>
 *   <li><b>For classes:</b> {@link lamella.losses.SoftmaxCrossEntropy}.
 *   <li><b>For answers of yes or no</b>, one or many: {@link lamella.losses.BinaryCrossEntropy}.
 *   <li><b>For numbers:</b> {@link lamella.losses.SquaredError}; where some targets are far off,
 *       {@link lamella.losses.Huber} or {@link lamella.losses.AbsoluteError}; for another bound
 *       than the middle, {@link lamella.losses.QuantileLoss}.
 *   <li><b>For members of an ensemble</b> side by side in one network, each of them by one of
 *       these: {@link lamella.losses.EachMember}.
 * </ul>
 *
 * <p>A loss of one's own that is a function of an output and its target extends {@link
 * lamella.losses.PointwiseLoss}; another one that is a mean over rows, {@link
 * lamella.losses.MeanLoss}; any other implements {@link lamella.core.Loss}.
 */
@NullMarked
package lamella.losses;

import org.jspecify.annotations.NullMarked;
