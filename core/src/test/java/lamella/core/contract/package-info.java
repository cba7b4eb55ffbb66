/**
 * The contracts that layers, losses and datasets are tested against, ours and anybody's.
 *
 * <ul>
 *   <li><b>To inherit from, with jqwik:</b> {@link lamella.core.contract.LayerContract}, {@link
 *       lamella.core.contract.LossContract}, {@link lamella.core.contract.DatasetContract}.
 *   <li><b>The same in plain Java:</b> {@link lamella.core.contract.LayerChecks}, {@link
 *       lamella.core.contract.LossChecks}; {@link lamella.core.contract.Allocation}.
 *   <li><b>Readers of files:</b> {@link lamella.core.contract.FileChecks}, on what {@link
 *       lamella.core.contract.Mutator} damages.
 *   <li><b>Generated values:</b> {@link lamella.core.contract.TensorArbitraries}, {@link
 *       lamella.core.contract.Example}.
 * </ul>
 */
@NullMarked
package lamella.core.contract;

import org.jspecify.annotations.NullMarked;
