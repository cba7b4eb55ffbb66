package lamella.core.formula;

import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/**
 * Random expressions on random numbers by the engine that this JVM's settings choose: what one JVM
 * says to compare with another.
 */
public final class FormulaRun {
  private FormulaRun() {}

  /**
   * Gives the results of each expression, of 1 to 70 numbers and of many.
   *
   * @param count how many expressions
   * @param print gets a name and the results
   */
  public static void run(int count, BiConsumer<String, double[]> print) {
    for (int i = 0; i < count; i++) {
      int length = i % 71 == 70 ? 5003 : 1 + i % 71;
      SplittableRandom random = new SplittableRandom(i);
      int inputs = 1 + random.nextInt(4);
      Expression expression = MachineExpressions.of(random, inputs, random.nextInt(30));
      Program program = Program.of(expression, inputs);
      float[][] arrays = new float[1 + inputs][];
      for (int k = 0; k < inputs; k++) {
        arrays[1 + k] = MachineExpressions.numbers(random, length);
      }
      arrays[0] = new float[length];
      program.engine().run(arrays, 0, length);
      double[] result = new double[length];
      for (int k = 0; k < length; k++) {
        result[k] = arrays[0][k];
      }
      print.accept("expression " + i, result);
    }
  }
}
