package lamella.contract;

import java.util.List;
import java.util.random.RandomGenerator;
import lamella.core.Loss;
import lamella.core.Shape;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * The contract of {@link Loss} as jqwik properties; a test inherits from it and says which loss,
 * for which outputs and targets.
 *
 * @param <T> the targets of a batch
 */
public abstract class LossContract<T> {
  private static final int TRIES = 30;
  private static final int FEW_TRIES = 3;

  /** For subclasses. */
  protected LossContract() {}

  /** {@return the loss to test} */
  protected abstract Loss<T> loss();

  /** {@return the shape of the output for one example; for logits, the number of classes} */
  protected abstract Shape outputShape();

  /**
   * {@return valid targets for n examples}
   *
   * @param n the number of examples
   * @param random draws the targets
   */
  protected abstract T targets(int n, RandomGenerator random);

  /**
   * {@return the loss of one row as its author states it, in float64 and not weighted; NaN, the
   * default, if it is not to be compared} It tells a mean from a sum over outputs, and other
   * conventions that a gradient cannot.
   *
   * @param output the outputs of the row
   * @param target the targets of the batch
   * @param row from 0
   */
  protected double rule(double[] output, T target, int row) {
    return Double.NaN;
  }

  /**
   * {@return cases whose results are known from elsewhere; none by default} They tell conventions
   * apart that are all right as mathematics, as a sum from a mean.
   */
  protected List<LossChecks.Known<T>> known() {
    return List.of();
  }

  /** {@return targets that the loss has to refuse, beside labels that are none; none by default} */
  protected List<LossChecks.Refused<T>> refused() {
    return List.of();
  }

  /** {@return the same checks in plain Java} */
  protected final LossChecks<T> checks() {
    return new LossChecks<>(loss(), outputShape(), this::targets)
        .withRule(this::rule)
        .withKnown(known())
        .withRefused(refused());
  }

  /** {@link LossChecks#knownResultsAreMet}. */
  @net.jqwik.api.Example
  public void knownResultsAreMet() {
    checks().knownResultsAreMet();
  }

  /** {@link LossChecks#wrongTargetsAreRefused}. */
  @net.jqwik.api.Example
  public void wrongTargetsAreRefused() {
    checks().wrongTargetsAreRefused();
  }

  /** {@return generated cases} */
  @Provide
  public Arbitrary<Example> examples() {
    return TensorArbitraries.examples(List.of(outputShape()));
  }

  /**
   * {@link LossChecks#gradientIsCorrect}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void gradientIsCorrect(@ForAll("examples") Example example) {
    checks().gradientIsCorrect(example);
  }

  /**
   * {@link LossChecks#lossIsFinite}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void lossIsFinite(@ForAll("examples") Example example) {
    checks().lossIsFinite(example);
  }

  /**
   * {@link LossChecks#lossIsTheMeanOverTheBatch}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void lossIsTheMeanOverTheBatch(@ForAll("examples") Example example) {
    checks().lossIsTheMeanOverTheBatch(example);
  }

  /**
   * {@link LossChecks#rowsFollowTheirRule}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void rowsFollowTheirRule(@ForAll("examples") Example example) {
    checks().rowsFollowTheirRule(example);
  }

  /**
   * {@link LossChecks#partsAddUpToTheMean}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void partsAddUpToTheMean(@ForAll("examples") Example example) {
    checks().partsAddUpToTheMean(example);
  }

  /**
   * {@link LossChecks#examplesCountByTheirWeights}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void examplesCountByTheirWeights(@ForAll("examples") Example example) {
    checks().examplesCountByTheirWeights(example);
  }

  /**
   * {@link LossChecks#float32IsCloseToFloat64}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void float32IsCloseToFloat64(@ForAll("examples") Example example) {
    checks().float32IsCloseToFloat64(example);
  }

  /**
   * {@link LossChecks#outputAndTargetStayUntouched}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void outputAndTargetStayUntouched(@ForAll("examples") Example example) {
    checks().outputAndTargetStayUntouched(example);
  }

  /**
   * {@link LossChecks#gradientIsOverwritten}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void gradientIsOverwritten(@ForAll("examples") Example example) {
    checks().gradientIsOverwritten(example);
  }

  /**
   * {@link LossChecks#sameOutputGivesTheSameBits}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void sameOutputGivesTheSameBits(@ForAll("examples") Example example) {
    checks().sameOutputGivesTheSameBits(example);
  }

  /**
   * {@link LossChecks#nanGivesNan}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void nanGivesNan(@ForAll("examples") Example example) {
    checks().nanGivesNan(example);
  }

  /**
   * {@link LossChecks#wrongShapesAndTargetsAreRefused}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void wrongShapesAndTargetsAreRefused(@ForAll("examples") Example example) {
    checks().wrongShapesAndTargetsAreRefused(example);
  }

  /**
   * {@link LossChecks#aGradientInItsOwnOutputIsRefusedOrRight}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void aGradientInItsOwnOutputIsRefusedOrRight(@ForAll("examples") Example example) {
    checks().aGradientInItsOwnOutputIsRefusedOrRight(example);
  }

  /**
   * {@link LossChecks#threadsGiveTheSameBits}.
   *
   * @param example a generated case
   */
  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  public void threadsGiveTheSameBits(@ForAll("examples") Example example) {
    checks().threadsGiveTheSameBits(example);
  }

  /**
   * {@link LossChecks#steadyStepAllocatesNothing}.
   *
   * @param example a generated case
   */
  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  public void steadyStepAllocatesNothing(@ForAll("examples") Example example) {
    checks().steadyStepAllocatesNothing(example);
  }
}
