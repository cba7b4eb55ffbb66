package lamella.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TargetKindTest {
  private static final FloatTensor INPUTS = FloatTensor.zeros(Shape.of(4, 2));

  @Test
  void batchesOfLabelsSaySo() {
    for (Dataset<int[]> data : Dataset.of(INPUTS, new int[4]).split(2, new SplittableRandom(1))) {
      TargetKind<int[]> kind = data.newBatch(1, DType.FLOAT32).targetKind();
      assertSame(TargetKind.LABELS, kind);
      int[] labels = {1, 2};
      assertTrue(kind.hasLabels());
      assertSame(labels, kind.labels(labels));
      assertNull(kind.numbers(labels));
      assertEquals(Outputs.CLASSES, kind.outputs(Shape.of(3)));
      assertEquals(Outputs.UNSPECIFIED, kind.outputs(Shape.of(1)));
    }
  }

  @Test
  void batchesOfNumbersSaySo() {
    Batch<Tensor> batch = Dataset.of(INPUTS, (Tensor) INPUTS).newBatch(1, DType.FLOAT32);
    TargetKind<Tensor> kind = batch.targetKind();
    assertSame(TargetKind.NUMBERS, kind);
    assertFalse(kind.hasLabels());
    assertSame(batch.targets(), kind.numbers(batch.targets()));
    assertEquals(Outputs.NUMBERS, kind.outputs(Shape.of(3)));
    assertEquals(
        "TargetKind: these targets have no labels",
        assertThrows(UnsupportedOperationException.class, () -> kind.labels(batch.targets()))
            .getMessage());
  }

  @Test
  void ofOthersNothingIsKnown() {
    TargetKind<String> kind = TargetKind.of("a text");
    assertFalse(kind.hasLabels());
    assertNull(kind.numbers("a text"));
    assertEquals(Outputs.UNSPECIFIED, kind.outputs(Shape.of(3)));
  }

  @Test
  void thoseWithWeightsAreWhatTheyAreWithout() {
    double[] weights = {1, 2, 3, 4};
    Batch<Weighted<int[]>> labels =
        Dataset.of(INPUTS, new int[] {3, 2, 1, 0}).withWeights(weights).newBatch(1, DType.FLOAT32);
    assertTrue(labels.targetKind().hasLabels());
    assertSame(labels.targets().targets(), labels.targetKind().labels(labels.targets()));
    assertEquals("labels with weights", labels.targetKind().toString());
    assertEquals(Outputs.CLASSES, labels.targetKind().outputs(Shape.of(3)));
    Batch<Weighted<Tensor>> numbers =
        Dataset.of(INPUTS, (Tensor) INPUTS).withWeights(weights).newBatch(1, DType.FLOAT32);
    assertFalse(numbers.targetKind().hasLabels());
    assertSame(numbers.targets().targets(), numbers.targetKind().numbers(numbers.targets()));
  }
}
