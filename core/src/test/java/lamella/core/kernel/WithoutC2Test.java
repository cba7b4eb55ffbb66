package lamella.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import lamella.core.Compute;
import lamella.core.FloatTensor;
import lamella.core.Products;
import lamella.core.Shape;
import org.junit.jupiter.api.Test;

/** Where the JVM has no C2 no class of the Vector API is ever loaded; which is said once. */
class WithoutC2Test {
  private static final String VECTORS = "jdk.incubator.vector.FloatVector ";

  /** Products, sums and formulas: more than enough for vectors to be wanted. */
  public static final class Program {
    private Program() {}

    /** No arguments. */
    public static void main(String[] args) throws InterruptedException {
      FloatTensor x = FloatTensor.zeros(Shape.of(100, 700));
      FloatTensor w = FloatTensor.zeros(Shape.of(700, 64));
      FloatTensor y = FloatTensor.zeros(Shape.of(100, 64));
      boolean finite = true;
      for (int i = 0; i < 60; i++) {
        Products.multiply(x, w, null, y);
        Products.multiplyTransposedLeft(x, y, w, false);
        Products.multiplyTransposedRight(y, w, x);
        finite &= x.isFinite();
      }
      Thread.sleep(500); // the warning comes from another thread
      System.out.println("finite: " + finite + ", " + Compute.description());
    }
  }

  @Test
  void noVectorIsEverUsed() throws IOException, InterruptedException {
    String output = run("-XX:TieredStopAtLevel=1");
    assertTrue(output.contains("finite: true, scalar kernels, 2 threads"), output);
    assertFalse(output.contains(VECTORS), output);
    assertEquals(2, output.split("never makes vector code fast", -1).length, output);
  }

  /** So that the other test can fail. */
  @Test
  void withC2TheyAre() throws IOException, InterruptedException {
    String output = run("-Dlamella.vector=auto");
    assertTrue(output.contains("-bit vectors, 2 threads"), output);
    assertTrue(output.contains(VECTORS), output);
    assertFalse(output.contains("never makes vector code fast"), output);
  }

  private static String run(String option) throws IOException, InterruptedException {
    List<String> options = List.of("-Dlamella.threads=2", "-Xlog:class+load", option);
    return ChildJvm.run(Program.class, options, List.of(), true);
  }
}
