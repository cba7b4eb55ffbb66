/**
 * Tensors, layers, networks and what connects them.
 *
 * <ul>
 *   <li><b>Numbers:</b> {@link lamella.core.Shape}, {@link lamella.core.DType}, {@link
 *       lamella.core.Tensor} ({@link lamella.core.FloatTensor}, {@link lamella.core.DoubleTensor}),
 *       {@link lamella.core.Products}.
 *   <li><b>Networks:</b> {@link lamella.core.Layer}, {@link lamella.core.Elementwise}, {@link
 *       lamella.core.Parameter}, {@link lamella.core.Initializer}, {@link lamella.core.Network},
 *       {@link lamella.core.Outputs}.
 *   <li><b>One computation:</b> {@link lamella.core.Pass}, {@link lamella.core.Gradients}, {@link
 *       lamella.core.Loss}; for many threads at once {@link lamella.core.Predictor}.
 *   <li><b>Data:</b> {@link lamella.core.Dataset}, {@link lamella.core.Batch}, {@link
 *       lamella.core.Sampler}.
 *   <li><b>What was computed, and can go on:</b> {@link lamella.core.Fingerprint}, {@link
 *       lamella.core.Stateful}, {@link lamella.core.SavedState}.
 *   <li><b>The machine:</b> {@link lamella.core.Compute}.
 *   <li><b>What goes wrong:</b> {@link lamella.core.ShapeException} names the layer, the shape it
 *       expects and the one it got.
 * </ul>
 *
 * <p>Gradients are checked by {@code lamella.check}, a module of its own; networks are kept in
 * files by {@link lamella.core.io}.
 */
@NullMarked
package lamella.core;

import org.jspecify.annotations.NullMarked;
