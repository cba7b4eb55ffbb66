package lamella.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DatasetFingerprintTest {
  private static Tensor inputs(DType type) {
    Tensor inputs = Tensor.zeros(type, Shape.of(50, 3));
    for (int i = 0; i < inputs.size(); i++) {
      inputs.set(i, i * 0.5 - 3);
    }
    return inputs;
  }

  private static int[] labels() {
    int[] labels = new int[50];
    for (int i = 0; i < 50; i++) {
      labels[i] = i % 7;
    }
    return labels;
  }

  private static void swapRows(Tensor tensor, int a, int b) {
    int width = tensor.size() / tensor.shape().dimension(0);
    for (int j = 0; j < width; j++) {
      double first = tensor.get(a * width + j);
      tensor.set(a * width + j, tensor.get(b * width + j));
      tensor.set(b * width + j, first);
    }
  }

  @Test
  void equalExamplesHaveOne() {
    assertEquals(
        Dataset.of(inputs(DType.FLOAT32), labels()).fingerprint(),
        Dataset.of(inputs(DType.FLOAT32), labels()).fingerprint());
    assertTrue(
        Dataset.of(inputs(DType.FLOAT32), labels())
            .fingerprint()
            .matches("float32\\[50, 3] crc32c [0-9a-f]{8}, labels crc32c [0-9a-f]{8}"));
  }

  @Test
  void anyNumberAnyLabelTheOrderTheShapeAndTheTypeMatter() {
    List<String> all = new ArrayList<>();
    Tensor inputs = inputs(DType.FLOAT32);
    int[] labels = labels();
    all.add(Dataset.of(inputs, labels).fingerprint());
    all.add(Dataset.of(inputs(DType.FLOAT64), labels).fingerprint());
    for (int i = 0; i < inputs.size(); i += 11) {
      double before = inputs.get(i);
      inputs.set(i, Math.nextUp((float) before));
      all.add(Dataset.of(inputs, labels).fingerprint());
      inputs.set(i, before);
    }
    for (int i = 0; i < labels.length; i += 7) {
      labels[i]++;
      all.add(Dataset.of(inputs, labels).fingerprint());
      labels[i]--;
    }
    swapRows(inputs, 20, 30);
    all.add(Dataset.of(inputs, labels).fingerprint());
    Tensor reshaped = FloatTensor.wrap(Shape.of(50, 1, 3), ((FloatTensor) inputs).array());
    all.add(Dataset.of(reshaped, labels).fingerprint());
    all.add(Dataset.of(inputs, inputs).fingerprint());
    all.add(Dataset.of(inputs, reshaped).fingerprint());
    assertEquals(all.size(), new HashSet<>(all).size(), all.toString());
  }

  @Test
  void theLocaleDoesNotMatter() {
    String here = Dataset.of(inputs(DType.FLOAT32), labels()).fingerprint();
    Locale before = Locale.getDefault();
    try {
      for (String tag : List.of("ar-EG", "fa-IR", "th-TH-u-nu-thai", "tr-TR")) {
        Locale.setDefault(Locale.forLanguageTag(tag));
        assertEquals(here, Dataset.of(inputs(DType.FLOAT32), labels()).fingerprint());
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  /** A dataset of which nothing is known but the interface. */
  private record Own<T>(Dataset<T> inside, DType only, double noise) implements Dataset<T> {
    @Override
    public int size() {
      return inside.size();
    }

    @Override
    public Shape exampleShape() {
      return inside.exampleShape();
    }

    @Override
    public Batch<T> newBatch(int n, DType dtype) {
      if (dtype != only) {
        throw new IllegalArgumentException("only " + only);
      }
      return inside.newBatch(n, dtype);
    }

    @Override
    public void read(int[] indices, Batch<T> batch) {
      inside.read(indices, batch);
      batch.inputs().set(0, batch.inputs().get(0) + noise);
    }

    @Override
    public Dataset<T> forEpoch(long epoch) {
      return noise == 0 ? this : new Own<>(inside, only, noise * epoch);
    }
  }

  @Test
  void anOwnDatasetIsReadUpToTwoThousandExamplesOfIt() {
    Set<String> all = new HashSet<>();
    int count = 0;
    for (DType type : DType.values()) {
      Tensor inputs = inputs(type);
      int[] labels = labels();
      all.add(new Own<>(Dataset.of(inputs, labels), type, 0).fingerprint());
      all.add(new Own<>(Dataset.of(inputs, labels), type, 0).fingerprint());
      all.add(new Own<>(Dataset.of(inputs, labels), type, 1).fingerprint());
      count += 2;
      for (int row = 0; row < 50; row++) {
        double before = inputs.get(3 * row + 2);
        inputs.set(3 * row + 2, -1.5);
        all.add(new Own<>(Dataset.of(inputs, labels), type, 0).fingerprint());
        inputs.set(3 * row + 2, before);
        labels[row] += 100;
        all.add(new Own<>(Dataset.of(inputs, labels), type, 0).fingerprint());
        labels[row] -= 100;
        count += 2;
      }
    }
    // Both types have the same numbers; 1,024 float32 are not 512 float64.
    assertEquals(count, all.size());
  }

  @Test
  void ofALargeOneTheFirstAndTheLastAreRead() {
    Tensor inputs = FloatTensor.zeros(Shape.of(10_000, 2));
    Dataset<Tensor> own = new Own<>(Dataset.of(inputs, inputs), DType.FLOAT32, 0);
    String before = own.fingerprint();
    for (int row : new int[] {0, 9_999}) {
      inputs.set(2 * row, 1);
      assertNotEquals(before, own.fingerprint());
      inputs.set(2 * row, 0);
    }
    assertEquals(before, own.fingerprint());
    Tensor wide = FloatTensor.zeros(Shape.of(5, 1 << 22));
    Dataset<Tensor> widest = new Own<>(Dataset.of(wide, wide), DType.FLOAT32, 0);
    String zeros = widest.fingerprint();
    wide.set(wide.size() - 1, 1);
    assertNotEquals(zeros, widest.fingerprint());
  }
}
