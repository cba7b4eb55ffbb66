/**
 * The contracts that optimisers and schedules are tested against, ours and anybody's: {@link
 * lamella.optim.contract.OptimizerContract}, {@link lamella.optim.contract.ScheduleContract}.
 */
@NullMarked
package lamella.optim.contract;

import org.jspecify.annotations.NullMarked;
