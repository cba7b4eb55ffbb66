/**
 * The layers that dense networks are made of.
 *
 * <ul>
 *   <li><b>With parameters:</b> {@link lamella.layers.Linear}, y = x W + b.
 *   <li><b>Activations:</b> {@link lamella.layers.ReLU}, {@link lamella.layers.LeakyReLU}, {@link
 *       lamella.layers.Swish}, {@link lamella.layers.SELU}.
 *   <li><b>In files:</b> {@link lamella.layers.Formats} lets {@link lamella.core.io.ModelFile} hold
 *       them.
 * </ul>
 *
 * <p>A layer of one's own implements {@link lamella.core.Layer}, or extends {@link
 * lamella.core.Activation} as these activations do.
 */
@NullMarked
package lamella.layers;

import org.jspecify.annotations.NullMarked;
