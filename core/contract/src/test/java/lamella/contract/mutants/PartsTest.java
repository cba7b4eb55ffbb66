package lamella.contract.mutants;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import lamella.contract.Example;
import lamella.contract.LayerChecks;
import lamella.core.KeyedRandom;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.junit.jupiter.api.Test;

/** Layers that are wrong in micro-batches, before the look at the parts of a batch alone. */
class PartsTest {
  private static String rejection(LayerChecks checks) {
    return assertThrows(
            AssertionError.class,
            () -> {
              for (int seed = 0; seed < 10; seed++) {
                checks.partsOfABatchAreTheBatch(
                    Example.random(checks.shapes().getFirst(), new SplittableRandom(seed)));
              }
            })
        .getMessage();
  }

  @Test
  void aGradientThatIsOverwrittenIsThatOfTheLastPartOnly() {
    LayerChecks checks =
        LayerChecks.of(random ->
            new Dense(5, 3, random) {
              @Override
              void weightGradient(Tensor x, Tensor dy, Pass pass) {
                pass.gradient(weight).fill(0);
                super.weightGradient(x, dy, pass);
              }
            });
    String message = rejection(checks);
    assertTrue(
        message.contains("a batch in two parts gives the gradient of weight")
            && message.endsWith("each backward must add to what is there"),
        message);
  }

  @Test
  void randomNumbersThatBeginAnewWithEachPart() {
    LayerChecks checks =
        LayerChecks.of(
                random ->
                    new TrainingMutants.Dropout() {
                      @Override
                      void draw(Tensor mask, Pass pass) {
                        pass.random(this); // of this row of the batch, which is not asked
                        KeyedRandom.of(1, 2, 3).bernoulli(mask, KEEP, 1 / KEEP);
                      }
                    },
                Shape.of(4))
            .differingInInference();
    String message = rejection(checks);
    assertTrue(
        message.contains("a batch in two parts of one step has another output than the whole"),
        message);
  }
}
