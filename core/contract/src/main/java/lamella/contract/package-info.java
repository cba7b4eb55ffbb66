/**
 * The contracts that layers, losses and datasets are tested against, ours and anybody's.
 *
 * <ul>
 *   <li><b>To inherit from, with jqwik:</b> {@link lamella.contract.LayerContract}, {@link
 *       lamella.contract.LossContract}, {@link lamella.contract.DatasetContract}.
 *   <li><b>The same in plain Java:</b> {@link lamella.contract.LayerChecks}, {@link
 *       lamella.contract.LossChecks}; {@link lamella.contract.Allocation}.
 *   <li><b>Readers of files:</b> {@link lamella.contract.FileChecks}, on what {@link
 *       lamella.contract.Mutator} damages.
 *   <li><b>Generated values:</b> {@link lamella.contract.TensorArbitraries}, {@link
 *       lamella.contract.Example}.
 * </ul>
 */
@NullMarked
package lamella.contract;

import org.jspecify.annotations.NullMarked;
