package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import lamella.core.Parameter.Role;
import org.junit.jupiter.api.Test;

class FlatParametersTest {
  private final Parameter weight =
      new Parameter("weight", Role.WEIGHT, DoubleTensor.of(Shape.of(2, 2), 1, 2, 3, 4));
  private final Parameter mean =
      new Parameter("mean", Role.STATISTIC, DoubleTensor.of(Shape.of(1), 5));
  private final List<Parameter> parameters = List.of(weight, mean);

  @Test
  void valuesStandOneAfterAnotherInTheOrderOfTheList() {
    double[] flat = new double[6];
    FlatParameters.copyTo(parameters, flat, 1);
    assertArrayEquals(new double[] {0, 1, 2, 3, 4, 5}, flat);
    FlatParameters.setFrom(List.of(mean, weight), flat, 0);
    assertEquals(0, mean.value().get(0));
    assertArrayEquals(new double[] {1, 2, 3, 4}, weight.value().toDoubleArray());
  }

  @Test
  void anArrayThatDoesNotFitIsRefusedByNameAndSizesAndNothingChanges() {
    assertEquals(
        "FlatParameters: mean float64[1] takes the positions [4, 5) of the flat array, which ends"
            + " at 4; expects 5 numbers from position 0 on",
        assertThrows(
                IllegalArgumentException.class,
                () -> FlatParameters.setFrom(parameters, new double[4], 0))
            .getMessage());
    assertEquals(
        "FlatParameters: weight float64[2, 2] does not go with a flat array of float32; use a"
            + " double[]",
        assertThrows(
                IllegalArgumentException.class,
                () -> FlatParameters.copyTo(parameters, new float[5], 0))
            .getMessage());
    assertEquals(1, weight.value().get(0));
  }

  /** A pass finds out that a parameter was changed between forward and backward. */
  @Test
  void writingIsSeen() {
    int before = weight.changes();
    FlatParameters.setFrom(parameters, new double[5], 0);
    assertEquals(1, weight.changes() - before);
  }
}
