/**
 * What training makes small.
 *
 * <ul>
 *   <li><b>For classes:</b> {@link lamella.losses.SoftmaxCrossEntropy}.
 * </ul>
 *
 * <p>A loss of one's own implements {@link lamella.core.Loss}.
 */
@NullMarked
package lamella.losses;

import org.jspecify.annotations.NullMarked;
