package lamella.contract;

import java.util.random.RandomGenerator;
import lamella.core.Layer;
import lamella.core.Shape;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;

/**
 * The contract of {@link Layer} as jqwik properties. To test a layer against it:
 *
 * <pre>{@code
 * class LinearTest extends LayerContract {
 *   @Override
 *   protected Layer layer(RandomGenerator random) {
 *     return new Linear(5, 3, random);
 *   }
 * }
 * }</pre>
 *
 * <p>Make widths differ, and not from 1 alone: a square matrix hides a transposed one.
 */
public abstract class LayerContract {
  private static final int TRIES = 30;
  private static final int FEW_TRIES = 3;

  /** For subclasses. */
  protected LayerContract() {}

  /**
   * {@return the layer to test: a new one at each call, its parameters drawn from the generator}
   *
   * @param random draws the parameters
   */
  protected abstract Layer layer(RandomGenerator random);

  /**
   * {@return the shape of one example, without the batch; null, the default, to find it out: what
   * the layer's own ShapeException says it expects, or several shapes for a layer that takes any}
   */
  protected @Nullable Shape inputShape() {
    return null;
  }

  /**
   * {@return a value for which the layer is defined, made of any value; by default the value
   * itself}
   *
   * @param value a number of any size
   */
  protected double domain(double value) {
    return value;
  }

  /**
   * {@return whether the output for an example depends on the rest of its batch; by default it must
   * not}
   */
  protected boolean mixesRows() {
    return false;
  }

  /**
   * {@return whether the layer computes otherwise on a pass for inference, as dropout and batch
   * normalisation do; by default it must not}
   */
  protected boolean differsInInference() {
    return false;
  }

  /**
   * {@return whether the input has a gradient; by default it must} A layer that looks whole numbers
   * up in a table says false, and makes them of any value in {@link #domain}.
   */
  protected boolean isDifferentiableByInput() {
    return true;
  }

  /**
   * {@return whether NaN in the input stands for a missing value, for which the layer gives
   * numbers; by default NaN must give NaN}
   */
  protected boolean takesMissingValues() {
    return false;
  }

  /** {@return the same checks in plain Java} */
  public final LayerChecks checks() {
    Shape shape = inputShape();
    LayerChecks checks =
        (shape == null ? LayerChecks.of(this::layer) : LayerChecks.of(this::layer, shape))
            .withDomain(this::domain);
    checks = mixesRows() ? checks.mixingRows() : checks;
    checks = differsInInference() ? checks.differingInInference() : checks;
    checks = takesMissingValues() ? checks.takingMissingValues() : checks;
    return isDifferentiableByInput() ? checks : checks.notDifferentiableByInput();
  }

  /** {@return generated cases} */
  @Provide
  public Arbitrary<Example> examples() {
    return TensorArbitraries.examples(checks().shapes());
  }

  /**
   * {@link LayerChecks#gradientsAreCorrect}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void gradientsAreCorrect(@ForAll("examples") Example example) {
    checks().gradientsAreCorrect(example);
  }

  /**
   * {@link LayerChecks#gradientsAreCorrectAtRoundValues}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void gradientsAreCorrectAtRoundValues(@ForAll("examples") Example example) {
    checks().gradientsAreCorrectAtRoundValues(example);
  }

  /**
   * {@link LayerChecks#float32IsCloseToFloat64}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void float32IsCloseToFloat64(@ForAll("examples") Example example) {
    checks().float32IsCloseToFloat64(example);
  }

  /**
   * {@link LayerChecks#backwardIsLinear}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void backwardIsLinear(@ForAll("examples") Example example) {
    checks().backwardIsLinear(example);
  }

  /**
   * {@link LayerChecks#gradientsAccumulate}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void gradientsAccumulate(@ForAll("examples") Example example) {
    checks().gradientsAccumulate(example);
  }

  /**
   * {@link LayerChecks#partsOfABatchAreTheBatch}.
   *
   * @param example a generated case
   */
  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void partsOfABatchAreTheBatch(@ForAll("examples") Example example) {
    checks().partsOfABatchAreTheBatch(example);
  }

  /**
   * {@link LayerChecks#parameterGradientsDoNotNeedTheInputGradient}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void parameterGradientsDoNotNeedTheInputGradient(@ForAll("examples") Example example) {
    checks().parameterGradientsDoNotNeedTheInputGradient(example);
  }

  /**
   * {@link LayerChecks#inputAndOutputGradientStayUntouched}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void inputAndOutputGradientStayUntouched(@ForAll("examples") Example example) {
    checks().inputAndOutputGradientStayUntouched(example);
  }

  /**
   * {@link LayerChecks#resultsAreTensorsOfThePass}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void resultsAreTensorsOfThePass(@ForAll("examples") Example example) {
    checks().resultsAreTensorsOfThePass(example);
  }

  /**
   * {@link LayerChecks#sameInputGivesTheSameBits}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void sameInputGivesTheSameBits(@ForAll("examples") Example example) {
    checks().sameInputGivesTheSameBits(example);
  }

  /**
   * {@link LayerChecks#rowsAreIndependent}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void rowsAreIndependent(@ForAll("examples") Example example) {
    checks().rowsAreIndependent(example);
  }

  /**
   * {@link LayerChecks#nanGivesNan}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void nanGivesNan(@ForAll("examples") Example example) {
    checks().nanGivesNan(example);
  }

  /**
   * {@link LayerChecks#predictionsAreAFunctionOfTheInput}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void predictionsAreAFunctionOfTheInput(@ForAll("examples") Example example) {
    checks().predictionsAreAFunctionOfTheInput(example);
  }

  /**
   * {@link LayerChecks#predictionsDoNotDependOnTheBatch}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void predictionsDoNotDependOnTheBatch(@ForAll("examples") Example example) {
    checks().predictionsDoNotDependOnTheBatch(example);
  }

  /**
   * {@link LayerChecks#wrongShapeNamesLayerAndShapes}.
   *
   * @param example a generated case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void wrongShapeNamesLayerAndShapes(@ForAll("examples") Example example) {
    checks().wrongShapeNamesLayerAndShapes(example);
  }

  /**
   * {@link LayerChecks#backwardNeedsForward}.
   *
   * @param example a generated case
   */
  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void backwardNeedsForward(@ForAll("examples") Example example) {
    checks().backwardNeedsForward(example);
  }

  /**
   * {@link LayerChecks#parametersAreListed}.
   *
   * @param example a generated case
   */
  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void parametersAreListed(@ForAll("examples") Example example) {
    checks().parametersAreListed(example);
  }

  /**
   * {@link LayerChecks#passesDoNotDisturbEachOther}.
   *
   * @param example a generated case
   */
  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void passesDoNotDisturbEachOther(@ForAll("examples") Example example) {
    checks().passesDoNotDisturbEachOther(example);
  }

  /**
   * {@link LayerChecks#theLastForwardCounts}.
   *
   * @param example a generated case
   */
  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void theLastForwardCounts(@ForAll("examples") Example example) {
    checks().theLastForwardCounts(example);
  }

  /**
   * {@link LayerChecks#changedParametersAreUsed}.
   *
   * @param example a generated case
   */
  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void changedParametersAreUsed(@ForAll("examples") Example example) {
    checks().changedParametersAreUsed(example);
  }

  /**
   * {@link LayerChecks#anInputThatChangedIsRefused}.
   *
   * @param example a generated case
   */
  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void anInputThatChangedIsRefused(@ForAll("examples") Example example) {
    checks().anInputThatChangedIsRefused(example);
  }

  /**
   * {@link LayerChecks#layersInsideAreListed}.
   *
   * @param example a generated case
   */
  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void layersInsideAreListed(@ForAll("examples") Example example) {
    checks().layersInsideAreListed(example);
  }

  /**
   * {@link LayerChecks#layersInsideAreRun}.
   *
   * @param example a generated case
   */
  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void layersInsideAreRun(@ForAll("examples") Example example) {
    checks().layersInsideAreRun(example);
  }

  /**
   * {@link LayerChecks#randomNumbersAreThoseOfTheStep}.
   *
   * @param example a generated case
   */
  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void randomNumbersAreThoseOfTheStep(@ForAll("examples") Example example) {
    checks().randomNumbersAreThoseOfTheStep(example);
  }

  /**
   * {@link LayerChecks#statisticsChangeByCommitOnly}.
   *
   * @param example a generated case
   */
  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void statisticsChangeByCommitOnly(@ForAll("examples") Example example) {
    checks().statisticsChangeByCommitOnly(example);
  }

  /**
   * {@link LayerChecks#frozenParametersGetNoGradient}.
   *
   * @param example a generated case
   */
  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void frozenParametersGetNoGradient(@ForAll("examples") Example example) {
    checks().frozenParametersGetNoGradient(example);
  }

  /**
   * {@link LayerChecks#aCopyIsOnItsOwn}.
   *
   * @param example a generated case
   */
  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void aCopyIsOnItsOwn(@ForAll("examples") Example example) {
    checks().aCopyIsOnItsOwn(example);
  }

  /**
   * {@link LayerChecks#threadsGiveTheSameBits}.
   *
   * @param example a generated case
   */
  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  public void threadsGiveTheSameBits(@ForAll("examples") Example example) {
    checks().threadsGiveTheSameBits(example);
  }

  /**
   * {@link LayerChecks#steadyStepAllocatesNothing}.
   *
   * @param example a generated case
   */
  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  public void steadyStepAllocatesNothing(@ForAll("examples") Example example) {
    checks().steadyStepAllocatesNothing(example);
  }
}
