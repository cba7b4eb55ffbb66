/**
 * The report's experiment: a two-layer network on CIFAR-10, its training step by step, and what the
 * report printed.
 *
 * <ul>
 *   <li>The network: {@link lamella.examples.TwoLayerNetwork}, {@link lamella.examples.Activation}
 *   <li>The run: {@link lamella.examples.Experiment}, {@link lamella.examples.Training}, {@link
 *       lamella.examples.DivergedException}
 *   <li>The outcome: {@link lamella.examples.Model}, {@link lamella.examples.PublishedReport}
 * </ul>
 */
@NullMarked
package lamella.examples;

import org.jspecify.annotations.NullMarked;
