/**
 * The contracts that layers, losses, datasets, samplers and readers of files are tested against,
 * ours and anybody's; those of optimisers and schedules are in {@code lamella.optim.contract}.
 *
 * <ul>
 *   <li><b>To inherit from, with jqwik:</b> {@link lamella.contract.LayerContract}, {@link
 *       lamella.contract.LossContract}, {@link lamella.contract.DatasetContract}, {@link
 *       lamella.contract.SamplerContract}.
 *   <li><b>The same in plain Java:</b> {@link lamella.contract.LayerChecks}, {@link
 *       lamella.contract.LossChecks}; {@link lamella.contract.Allocation}.
 *   <li><b>Readers of files:</b> {@link lamella.contract.FileChecks}, on what {@link
 *       lamella.contract.Mutator} damages.
 *   <li><b>Generated values:</b> {@link lamella.contract.TensorArbitraries}, {@link
 *       lamella.contract.Example}.
 * </ul>
 *
 * <p>A test that fails names what it tests, the fault and where it may come from. To read these
 * classes begin with {@link lamella.contract.LayerContract}: it says what a test is to say, and
 * each of its properties is a method of {@link lamella.contract.LayerChecks}, which says what is
 * promised.
 */
@NullMarked
package lamella.contract;

import org.jspecify.annotations.NullMarked;
