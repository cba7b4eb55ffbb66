package lamella.core.formula;

import java.util.Arrays;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An expression as instructions, one for each distinct part that is an operation, in an order in
 * which every part comes after those it is made of.
 *
 * <p>Results are kept in slots: input i in slot i, the results of operations in the slots from
 * {@link #inputs} on, each of which is used again when its number is no longer needed. Constants
 * have slots of their own, ~0, ~1 and so on.
 *
 * <p>Two programs are equal if they compute the same.
 */
final class Program {
  private final Expression[] parts;
  private final int inputs;
  private final Expression.Operation[] operations;

  /** For each operation the slots of its result and of its first, second and third operand. */
  private final int[] code;

  private final double[] constants;
  private final boolean[] used;
  private int slots;
  private final int result;

  /** The engine in use; the first is the interpreter. */
  private volatile @Nullable Engine engine;

  /** The program of an expression of this many inputs. */
  static Program of(Expression expression, int inputs) {
    return new Program(expression, inputs);
  }

  private Program(Expression expression, int inputs) {
    this.parts = Parts.all(expression).toArray(new Expression[0]);
    this.inputs = inputs;
    this.slots = inputs;
    this.used = new boolean[inputs];
    int numbers = 0;
    int instructions = 0;
    for (Expression part : parts) {
      switch (part.operation()) {
        case INPUT -> used[(int) part.number()] = true;
        case CONSTANT -> numbers++;
        default -> instructions++;
      }
    }
    this.constants = new double[numbers];
    this.operations = new Expression.Operation[instructions];
    this.code = new int[4 * instructions];
    this.result = translate();
  }

  /** Fills operations, code and constants; returns the slot of the result. */
  private int translate() {
    int[][] arguments = argumentNumbers();
    int[] lastUse = lastUses(arguments);
    int[] slotOf = new int[parts.length];
    boolean[] taken = new boolean[inputs + parts.length];
    Arrays.fill(taken, 0, inputs, true);
    int constant = 0;
    int at = 0;
    for (int i = 0; i < parts.length; i++) {
      Expression part = parts[i];
      switch (part.operation()) {
        case INPUT -> slotOf[i] = (int) part.number();
        case CONSTANT -> {
          constants[constant] = part.number();
          slotOf[i] = ~constant;
          constant++;
        }
        default -> {
          int count = arguments[i].length;
          for (int k = 0; k < 3; k++) {
            code[4 * at + 1 + k] = slotOf[arguments[i][Math.min(k, count - 1)]];
          }
          for (int argument : arguments[i]) {
            if (slotOf[argument] >= inputs && lastUse[argument] == i) {
              taken[slotOf[argument]] = false;
            }
          }
          slotOf[i] = firstFree(taken);
          taken[slotOf[i]] = true;
          slots = Math.max(slots, slotOf[i] + 1);
          operations[at] = part.operation();
          code[4 * at] = slotOf[i];
          at++;
        }
      }
    }
    return slotOf[parts.length - 1];
  }

  /** For each part the places of its arguments among the parts. */
  private int[][] argumentNumbers() {
    IdentityHashMap<Expression, Integer> numbers = new IdentityHashMap<>();
    int[][] arguments = new int[parts.length][];
    for (int i = 0; i < parts.length; i++) {
      numbers.put(parts[i], i);
      arguments[i] = new int[parts[i].arguments().size()];
      for (int k = 0; k < arguments[i].length; k++) {
        arguments[i][k] = numbers.getOrDefault(parts[i].argument(k), -1);
      }
    }
    return arguments;
  }

  private static int[] lastUses(int[][] arguments) {
    int[] lastUse = new int[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      for (int argument : arguments[i]) {
        lastUse[argument] = i;
      }
    }
    return lastUse;
  }

  private static int firstFree(boolean[] taken) {
    int slot = 0;
    while (taken[slot]) {
      slot++;
    }
    return slot;
  }

  /**
   * The distinct parts, each after its arguments, which are such parts themselves, the same
   * objects. The last is the whole.
   */
  Expression[] parts() {
    return parts;
  }

  /** How many inputs there are, used or not. */
  int inputs() {
    return inputs;
  }

  /** Whether the input of this number matters. */
  boolean uses(int input) {
    return used[input];
  }

  /** How many slots inputs and results of operations need. */
  int slots() {
    return slots;
  }

  /** The slot that holds the result in the end: that of an input, an operation or a constant. */
  int result() {
    return result;
  }

  /** The constants, in the order of their slots. */
  double[] constants() {
    return constants;
  }

  /** How many instructions there are. */
  int length() {
    return operations.length;
  }

  /** What the instruction at this place does. */
  Expression.Operation operation(int at) {
    return operations[at];
  }

  /** The slot of its result. */
  int target(int at) {
    return code[4 * at];
  }

  /** The slot of its first, second or third operand, from 0; the last one where there are fewer. */
  int operand(int at, int index) {
    return code[4 * at + 1 + index];
  }

  /** What computes this in float32. */
  Engine engine() {
    Engine current = engine;
    return current == null ? firstEngine() : current;
  }

  /** One engine, also where several threads of the team come to the first elements at once. */
  private synchronized Engine firstEngine() {
    Engine current = engine;
    if (current == null) {
      current = FormulaWarmup.firstEngine(this);
      engine = current;
    }
    return current;
  }

  /** Replaces the engine by another with the same bits. */
  void setEngine(Engine engine) {
    this.engine = engine;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Program that
        && inputs == that.inputs
        && result == that.result
        && Arrays.equals(operations, that.operations)
        && Arrays.equals(code, that.code)
        && Arrays.equals(constants, that.constants);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(code) + Arrays.hashCode(constants))
        + Arrays.hashCode(operations);
  }
}
