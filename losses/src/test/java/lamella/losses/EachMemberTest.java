package lamella.losses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import org.junit.jupiter.api.Test;

class EachMemberTest {
  @Test
  void ofOneMemberItIsTheLossItself() {
    Tensor output = FloatTensor.of(Shape.of(2, 3), 1, -2, 3, 0.5f, 0, 2);
    int[] labels = {2, 1};
    var loss = new SoftmaxCrossEntropy();
    Tensor expected = Tensor.zeros(output.dtype(), output.shape());
    Tensor gradient = Tensor.zeros(output.dtype(), output.shape());
    double value = loss.valueAndGradient(output, labels, expected);
    assertEquals(value, EachMember.of(loss, 1).valueAndGradient(output, labels, gradient));
    assertEquals(value, EachMember.of(loss, 1).value(output, labels));
    for (int i = 0; i < gradient.size(); i++) {
      assertEquals(expected.get(i), gradient.get(i));
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    var loss = EachMember.of(new SoftmaxCrossEntropy(), 4);
    Tensor output = DoubleTensor.zeros(Shape.of(2, 8));
    assertEquals("EachMember(SoftmaxCrossEntropy, 4)", loss.toString());
    assertEquals(Outputs.NUMBERS, loss.outputs());
    assertEquals(
        "EachMember: needs at least one member, got 0",
        assertThrows(IllegalArgumentException.class, () -> EachMember.of(new SquaredError(), 0))
            .getMessage());
    assertEquals(
        "EachMember(SoftmaxCrossEntropy, 4): outputs of 4 members: expects [n, 4], got [2, 10]",
        assertThrows(
                ShapeException.class,
                () -> loss.value(DoubleTensor.zeros(Shape.of(2, 10)), new int[2]))
            .getMessage());
    assertEquals(
        "EachMember(SoftmaxCrossEntropy, 4): SoftmaxCrossEntropy: label 2 at row 1 is outside [0, 2)",
        assertThrows(IllegalArgumentException.class, () -> loss.value(output, new int[] {1, 2}))
            .getMessage());
    assertEquals(
        "EachMember(SoftmaxCrossEntropy, 4): expects a gradient of type float64, got float32",
        assertThrows(
                IllegalArgumentException.class,
                () -> loss.valueAndGradient(output, new int[2], FloatTensor.zeros(output.shape())))
            .getMessage());
  }
}
