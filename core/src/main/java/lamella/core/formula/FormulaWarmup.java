package lamella.core.formula;

import lamella.core.kernel.Settings;
import lamella.core.kernel.VectorSupport;
import lamella.core.kernel.Warmup;
import org.jspecify.annotations.Nullable;

/**
 * Replaces an interpreter by a compiled loop, once this is the faster one.
 *
 * <p>A compiled loop is no better than what the JVM makes of it: until C2 has done so, a Swish of
 * 200 x 64 takes some 20 ms. So a program that has done some work is compiled on the thread of all
 * warm-ups, where the loop runs over numbers of no meaning, a little at a time, until it is seen to
 * take less time than the interpreter does: then it takes over. Where that never happens the
 * interpreter stays. Both give the same bits, so nobody can tell but by the clock.
 */
final class FormulaWarmup extends Warmup {
  /** Elements that a program computes before it is worth compiling. */
  static final int WORTHWHILE = 1 << 19;

  /** Elements of a round: a few vectors, and some numbers that do not fill one. */
  private static final int FEW = 64 + 3;

  /** Elements of a trial, enough to tell which engine is the faster one. */
  private static final int TRIAL = 1024;

  private static final int TRIALS = 5;

  /**
   * Calls without an element in each round. HotSpot compiles what is called often, and these cost
   * nothing; the few vectors teach it what the loop is like.
   */
  private static final int EMPTY_CALLS = 512;

  /** A loop that takes more than so many times the interpreter's time has not been compiled yet. */
  private static final int HOPELESS = 3;

  private final Program program;
  private final FloatInterpreter interpreter;
  private @Nullable Engine loop;
  private final float[][] arrays;

  private FormulaWarmup(Program program, FloatInterpreter interpreter) {
    this.program = program;
    this.interpreter = interpreter;
    arrays = new float[1 + program.inputs()][TRIAL];
  }

  /**
   * The engine that a program begins with: the interpreter, until there is a better one; or the
   * compiled loop, if vectors are wanted from the first operation on.
   */
  static Engine firstEngine(Program program) {
    FloatInterpreter interpreter = new FloatInterpreter(program);
    if (!Settings.vectorsAvailable()) {
      return interpreter;
    }
    if (Settings.plainFirst()) {
      return new Counting(program, interpreter);
    }
    Engine compiled = compile(program);
    return compiled == null ? interpreter : compiled;
  }

  /** The interpreter of a program, which asks for a better one when it has done some work. */
  private static final class Counting implements Engine {
    private final Program program;
    private final FloatInterpreter interpreter;

    /** Threads may overwrite each other's additions, and then it takes longer. */
    private int done;

    private Counting(Program program, FloatInterpreter interpreter) {
      this.program = program;
      this.interpreter = interpreter;
    }

    @Override
    public void run(float[][] arrays, int from, int to) {
      done += to - from;
      if (done >= WORTHWHILE) {
        program.setEngine(interpreter);
        new FormulaWarmup(program, interpreter).request();
      }
      interpreter.run(arrays, from, to);
    }
  }

  @Override
  protected Round round() {
    Engine compiled = loop;
    if (compiled == null) {
      compiled = compile(program);
      loop = compiled;
      if (compiled == null) {
        return Round.DONE;
      }
      fill();
    }
    for (int call = 0; call < EMPTY_CALLS; call++) {
      compiled.run(arrays, 1, 1);
    }
    called(EMPTY_CALLS);
    if (time(compiled, FEW) > HOPELESS * time(interpreter, FEW)) {
      return slow();
    }
    long compiledTime = Long.MAX_VALUE;
    long interpretersTime = Long.MAX_VALUE;
    for (int trial = 0; trial < TRIALS; trial++) {
      compiledTime = Math.min(compiledTime, time(compiled, TRIAL));
      interpretersTime = Math.min(interpretersTime, time(interpreter, TRIAL));
    }
    if (compiledTime > interpretersTime) {
      return Round.EXPECTED;
    }
    program.setEngine(compiled);
    return Round.DONE;
  }

  private long time(Engine engine, int elements) {
    long start = System.nanoTime();
    engine.run(arrays, 0, elements);
    return System.nanoTime() - start;
  }

  /** Another thread of the team may have asked for the same. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FormulaWarmup that && program.equals(that.program);
  }

  @Override
  public int hashCode() {
    return program.hashCode();
  }

  /** Numbers of both signs, near 0 and far from it. */
  private void fill() {
    for (int i = 0; i < TRIAL; i++) {
      for (int k = 1; k < arrays.length; k++) {
        arrays[k][i] = (i * (13 + 2 * k) % 257 - 128) / 16f;
      }
    }
  }

  /** Null where a program cannot be compiled, or no class can be made, as in a native image. */
  private static @Nullable Engine compile(Program program) {
    try {
      return Compiler.compile(program, VectorSupport.SPECIES);
    } catch (RuntimeException | LinkageError e) {
      return null;
    }
  }
}
