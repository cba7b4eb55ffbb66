package lamella.core.contract;

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

  /** The layer to test: a new one at each call, its parameters drawn from the generator. */
  protected abstract Layer layer(RandomGenerator random);

  /**
   * The shape of one example, without the batch; null, the default, to find it out: what the
   * layer's own ShapeException says it expects, or several shapes for a layer that takes any.
   */
  protected @Nullable Shape inputShape() {
    return null;
  }

  /** Maps a generated value to one for which the layer is defined; by default every value is. */
  protected double domain(double value) {
    return value;
  }

  /** Whether the output for an example depends on the rest of its batch; by default it must not. */
  protected boolean mixesRows() {
    return false;
  }

  /** The same checks in plain Java. */
  protected final LayerChecks checks() {
    Shape shape = inputShape();
    LayerChecks checks =
        (shape == null ? LayerChecks.of(this::layer) : LayerChecks.of(this::layer, shape))
            .withDomain(this::domain);
    return mixesRows() ? checks.mixingRows() : checks;
  }

  /** Generated cases. */
  @Provide
  public Arbitrary<Example> examples() {
    return TensorArbitraries.examples(checks().shapes());
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void gradientsAreCorrect(@ForAll("examples") Example example) {
    checks().gradientsAreCorrect(example);
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void gradientsAreCorrectAtRoundValues(@ForAll("examples") Example example) {
    checks().gradientsAreCorrectAtRoundValues(example);
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void float32IsCloseToFloat64(@ForAll("examples") Example example) {
    checks().float32IsCloseToFloat64(example);
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void backwardIsLinear(@ForAll("examples") Example example) {
    checks().backwardIsLinear(example);
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void gradientsAccumulate(@ForAll("examples") Example example) {
    checks().gradientsAccumulate(example);
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void parameterGradientsDoNotNeedTheInputGradient(@ForAll("examples") Example example) {
    checks().parameterGradientsDoNotNeedTheInputGradient(example);
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void inputAndOutputGradientStayUntouched(@ForAll("examples") Example example) {
    checks().inputAndOutputGradientStayUntouched(example);
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void resultsAreTensorsOfThePass(@ForAll("examples") Example example) {
    checks().resultsAreTensorsOfThePass(example);
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void sameInputGivesTheSameBits(@ForAll("examples") Example example) {
    checks().sameInputGivesTheSameBits(example);
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void rowsAreIndependent(@ForAll("examples") Example example) {
    checks().rowsAreIndependent(example);
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void nanGivesNan(@ForAll("examples") Example example) {
    checks().nanGivesNan(example);
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void wrongShapeNamesLayerAndShapes(@ForAll("examples") Example example) {
    checks().wrongShapeNamesLayerAndShapes(example);
  }

  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void backwardNeedsForward(@ForAll("examples") Example example) {
    checks().backwardNeedsForward(example);
  }

  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void parametersAreListed(@ForAll("examples") Example example) {
    checks().parametersAreListed(example);
  }

  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void passesDoNotDisturbEachOther(@ForAll("examples") Example example) {
    checks().passesDoNotDisturbEachOther(example);
  }

  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void theLastForwardCounts(@ForAll("examples") Example example) {
    checks().theLastForwardCounts(example);
  }

  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void changedParametersAreUsed(@ForAll("examples") Example example) {
    checks().changedParametersAreUsed(example);
  }

  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void anInputThatChangedIsRefused(@ForAll("examples") Example example) {
    checks().anInputThatChangedIsRefused(example);
  }

  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void layersInsideAreListed(@ForAll("examples") Example example) {
    checks().layersInsideAreListed(example);
  }

  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE)
  public void aCopyIsOnItsOwn(@ForAll("examples") Example example) {
    checks().aCopyIsOnItsOwn(example);
  }

  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  public void threadsGiveTheSameBits(@ForAll("examples") Example example) {
    checks().threadsGiveTheSameBits(example);
  }

  @Property(tries = FEW_TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  public void steadyStepAllocatesNothing(@ForAll("examples") Example example) {
    checks().steadyStepAllocatesNothing(example);
  }
}
