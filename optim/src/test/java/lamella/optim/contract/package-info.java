/**
 * The contract that optimisers are tested against, ours and anybody's: {@link
 * lamella.optim.contract.OptimizerContract}.
 */
@NullMarked
package lamella.optim.contract;

import org.jspecify.annotations.NullMarked;
