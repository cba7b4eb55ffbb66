/**
 * All that changes parameters over time, and what is watched meanwhile.
 *
 * <ul>
 *   <li>The rule: {@link lamella.optim.Optimizer}, {@link lamella.optim.Sgd}, {@link
 *       lamella.optim.Schedule}, {@link lamella.optim.Group}; one's own: {@link
 *       lamella.optim.RuleOptimizer}.
 *   <li>The loop: {@link lamella.optim.Trainer}, one run of it: {@link lamella.optim.Fit}, what it
 *       leaves: {@link lamella.optim.History}.
 *   <li>What listens to it: {@link lamella.optim.TrainingListener}, {@link
 *       lamella.optim.ProgressLines}, {@link lamella.optim.CsvHistory}, {@link
 *       lamella.optim.EarlyStopping}, {@link lamella.optim.PlateauSchedule}, {@link
 *       lamella.optim.GradientClipping}, {@link lamella.optim.SaveBest}, {@link
 *       lamella.optim.TimeLimit}.
 *   <li>How it can be taken up again: {@link lamella.optim.Checkpoints}; and seen in TensorBoard:
 *       {@link lamella.optim.tensorboard.TensorBoardListener}.
 *   <li>Who computes a step's gradients: {@link lamella.optim.StepGradients}.
 *   <li>How good a network is: {@link lamella.optim.Evaluation}, {@link lamella.optim.Metrics}.
 * </ul>
 */
@NullMarked
package lamella.optim;

import org.jspecify.annotations.NullMarked;
