/**
 * The report's experiment: a two-layer network on CIFAR-10, its training step by step, and what the
 * report printed; and experiments like it, with other networks and other rules.
 *
 * <ul>
 *   <li>The network: {@link lamella.examples.TwoLayerNetwork}, {@link lamella.examples.Activation};
 *       any other: {@link lamella.examples.NetworkText}
 *   <li>The run: {@link lamella.examples.Experiment}, which has a value for each {@link
 *       lamella.examples.RunOption}, {@link lamella.examples.Training}, {@link
 *       lamella.examples.DivergedException}
 *   <li>The outcome: {@link lamella.examples.Model}, {@link lamella.examples.PublishedReport}
 *   <li>Any model on any arrays: {@link lamella.examples.RunnableModel}
 * </ul>
 */
@NullMarked
package lamella.examples;

import org.jspecify.annotations.NullMarked;
