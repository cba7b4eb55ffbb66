package lamella.core.formula;

import java.util.ArrayList;
import java.util.List;
import lamella.core.kernel.Daemons;
import lamella.core.kernel.Settings;
import lamella.core.kernel.VectorSupport;
import org.jspecify.annotations.Nullable;

/**
 * Replaces interpreters by compiled loops, once these are the faster ones.
 *
 * <p>A compiled loop is no better than what the JVM makes of it. Until C2 has done so, each vector
 * is an object on the heap, and a Swish of 200 x 64 takes some 20 ms. So a program that has done
 * some work is compiled on a thread of its own, where the loop runs over numbers of no meaning, a
 * little at a time, until it is seen to take less time than the interpreter does: then it takes
 * over. Where that never happens (a JVM without C2) the interpreter stays. Both give the same bits,
 * so nobody can tell but by the clock.
 */
final class Warmup implements Runnable {
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

  private static final long PAUSE_MILLIS = 2;

  /** Rounds from which on only one in {@link #RARE} is made: HotSpot is busy, or has no C2. */
  private static final int PATIENT_ROUNDS = 256;

  private static final int RARE = 32;

  /** Rounds after which the interpreter stays, half a minute. */
  private static final int MOST_ROUNDS = 15_000;

  private static final List<Warmup> WAITING = new ArrayList<>();
  private static boolean running;

  private final Program program;
  private final FloatInterpreter interpreter;
  private @Nullable Engine loop;
  private final float[][] arrays;
  private int rounds;

  private Warmup(Program program, FloatInterpreter interpreter) {
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
        request(new Warmup(program, interpreter));
      }
      interpreter.run(arrays, from, to);
    }
  }

  private static synchronized void request(Warmup warmup) {
    for (Warmup other : WAITING) {
      if (other.program.equals(warmup.program)) {
        return; // asked for by another thread of the team
      }
    }
    WAITING.add(warmup);
    if (!running) {
      try {
        Daemons.of(warmup, "lamella-compiler").start();
        running = true;
      } catch (OutOfMemoryError e) {
        // As many threads as the system allows: the next request tries again.
      }
    }
  }

  private static synchronized @Nullable List<Warmup> waiting() {
    running = !WAITING.isEmpty();
    return running ? List.copyOf(WAITING) : null;
  }

  private static synchronized void remove(Warmup warmup) {
    WAITING.remove(warmup);
  }

  /** Works for all that wait, one round each in turn, until none does. */
  @Override
  public void run() {
    for (List<Warmup> all = waiting(); all != null; all = waiting()) {
      for (Warmup warmup : all) {
        if (warmup.isDone()) {
          remove(warmup);
        }
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        // Nobody knows this thread, so nobody means it.
      }
    }
  }

  /** One round; whether it was the last. */
  private boolean isDone() {
    Engine compiled = loop;
    if (compiled == null) {
      compiled = compile(program);
      loop = compiled;
      if (compiled == null) {
        return true;
      }
      fill();
    }
    rounds++;
    if (rounds > PATIENT_ROUNDS && rounds % RARE != 0) {
      return rounds > MOST_ROUNDS;
    }
    for (int call = 0; call < EMPTY_CALLS; call++) {
      compiled.run(arrays, 1, 1);
    }
    if (time(compiled, FEW) > HOPELESS * time(interpreter, FEW)) {
      return false;
    }
    long compiledTime = Long.MAX_VALUE;
    long interpretersTime = Long.MAX_VALUE;
    for (int trial = 0; trial < TRIALS; trial++) {
      compiledTime = Math.min(compiledTime, time(compiled, TRIAL));
      interpretersTime = Math.min(interpretersTime, time(interpreter, TRIAL));
    }
    if (compiledTime > interpretersTime) {
      return false;
    }
    program.setEngine(compiled);
    return true;
  }

  private long time(Engine engine, int elements) {
    long start = System.nanoTime();
    engine.run(arrays, 0, elements);
    return System.nanoTime() - start;
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
