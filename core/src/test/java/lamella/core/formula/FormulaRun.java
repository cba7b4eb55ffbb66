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
   * Gives the results of each expression.
   *
   * @param count how many expressions
   * @param length how many numbers each is given
   * @param print gets a name and the results
   */
  public static void run(int count, int length, BiConsumer<String, double[]> print) {
    for (int i = 0; i < count; i++) {
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
