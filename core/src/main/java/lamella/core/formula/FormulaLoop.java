package lamella.core.formula;

import java.util.LinkedHashMap;
import java.util.Map;
import lamella.core.Loop;
import org.jspecify.annotations.Nullable;

/** An expression over tensors: the result is the first, the inputs follow. */
final class FormulaLoop extends Loop {
  private final Expression expression;
  private final int inputs;
  private final boolean normalOrZero;
  private volatile @Nullable Program floats;
  private volatile @Nullable DoubleInterpreter doubles;

  /**
   * The loop of an expression of so many inputs.
   *
   * @param normalOrZero whether float32 results at or below the smallest normal number in size are
   *     0
   */
  FormulaLoop(Expression expression, int inputs, boolean normalOrZero) {
    this.expression = expression;
    this.inputs = inputs;
    this.normalOrZero = normalOrZero;
  }

  @Override
  protected void run(float[][] arrays, int from, int to) {
    Program program = floats;
    if (program == null) {
      program = Shared.of(floatProgram());
      floats = program;
    }
    program.engine().run(arrays, from, to);
  }

  private Program floatProgram() {
    Expression result = Contraction.contract(expression);
    return Program.of(Functions.expand(normalOrZero ? normalOrZero(result) : result), inputs);
  }

  /** NaN remains NaN. */
  private static Expression normalOrZero(Expression e) {
    return Expression.of(Float.MIN_NORMAL).minus(e.abs()).ifNotNegative(Expression.of(0), e);
  }

  @Override
  protected void run(double[][] arrays, int from, int to) {
    DoubleInterpreter interpreter = doubles;
    if (interpreter == null) {
      interpreter = new DoubleInterpreter(Program.of(expression, inputs));
      doubles = interpreter;
    }
    interpreter.run(arrays, from, to);
  }

  /** The float32 programs last used, so that equal formulas share what is made of them. */
  static final class Shared {
    /** More than a program has kinds of layers and losses. */
    static final int MOST = 128;

    private static final Map<Program, Program> PROGRAMS =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Program, Program> eldest) {
            return size() > MOST;
          }
        };

    private Shared() {}

    /** The program that is equal to this one and known, or this one, which then is. */
    static Program of(Program program) {
      synchronized (PROGRAMS) {
        Program known = PROGRAMS.putIfAbsent(program, program);
        return known == null ? program : known;
      }
    }

    static int size() {
      synchronized (PROGRAMS) {
        return PROGRAMS.size();
      }
    }
  }
}
