package lamella.core.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that work off the parts of one job together with the thread that brings it.
 *
 * <p>One job runs at a time. A caller that finds the team at work does all its parts itself, so
 * several callers, and jobs within jobs, never wait for each other. Where there are as many callers
 * as processors, each does its own jobs, but for one in some dozens. A helper that wakes late is
 * not waited for either: the caller closes the job as soon as its parts are all taken, and then
 * waits only for helpers that have taken one.
 *
 * <p>Each thread has a range of the parts, the same in every job of as many parts, and helps with
 * the others' when it has done its own: rows of a matrix that a thread wrote in one job are often
 * in its cache for the next. No more threads take part than there are parts, so a small job wakes
 * few of many. Those wake each other: the caller two helpers, each of these two more.
 *
 * <p>A team has a fixed number of threads, or as many as there are processors. These may change
 * while a program runs (a container's limit, a process's affinity), so it looks now and then.
 *
 * <p>Helpers spin for {@link #SPINS} checks after a job (some tens of µs: a training step brings
 * the next one within that), then park: an idle team uses no processor. Their threads are daemons.
 * They start with a job, and end when there was none for some seconds, so that nothing remains of a
 * library that an application server unloads; nor do they keep anything of the thread that started
 * them, be it its thread group, its context class loader or what its thread-locals hold.
 */
final class Team {
  /** A job in parts; parts run in any order, on any thread, each once. */
  interface Job {
    /**
     * Does one part.
     *
     * @param scratch memory of the thread that runs the part
     */
    void run(int part, Scratch scratch);
  }

  /** Memory of one thread; grows to the largest that was asked for. */
  static final class Scratch {
    /** Bytes of a cache line, or a multiple. */
    private static final int ALIGNMENT = 64;

    private float[] floats = {};
    private double[] doubles = {};
    private MemorySegment aligned = MemorySegment.NULL;
    private @Nullable Job owner;
    private long block;
    private int part;

    float[] floats(int size) {
      if (floats.length < size) {
        floats = new float[size];
      }
      return floats;
    }

    double[] doubles(int size) {
      if (doubles.length < size) {
        doubles = new double[size];
      }
      return doubles;
    }

    /** Memory outside of the Java heap, aligned to cache lines. */
    MemorySegment aligned(long bytes) {
      if (aligned.byteSize() < bytes) {
        aligned = Arena.ofAuto().allocate(bytes, ALIGNMENT);
        owner = null;
      }
      return aligned;
    }

    /** Says what the aligned memory holds from now on. */
    void hold(Job owner, long block, int part) {
      this.owner = owner;
      this.block = block;
      this.part = part;
    }

    /** Whether the aligned memory still holds that. */
    boolean holds(Job owner, long block, int part) {
      return owner.equals(this.owner) && this.block == block && this.part == part;
    }
  }

  /** Asks how many processors there are. */
  interface Processors {
    int count();
  }

  /** What the system lets this process use now. */
  private static final class OfSystem implements Processors {
    @Override
    public int count() {
      return Runtime.getRuntime().availableProcessors();
    }
  }

  /** Most threads of a team that began with fewer processors. */
  private static final int MOST_LATER = 64;

  /** How long a number of processors is taken for right; to ask takes some µs. */
  static final long LOOK_NANOS = 1_000_000_000L;

  /** Checks before a helper parks. */
  private static final int SPINS = 1500;

  /** Checks after which whoever waits lets another thread have its processor, if one wants it. */
  private static final int SPINS_TO_YIELD = 256;

  /** How long a helper's thread waits for a job before it ends. */
  static final long IDLE_NANOS = 3_000_000_000L;

  /** How long a caller sleeps at a time once it has waited long. */
  private static final long PAUSE_NANOS = 20_000;

  /** State: this bit while a job may be joined; below it the number of helpers inside. */
  private static final int OPEN = 1 << 30;

  /** Jobs that callers do alone once there are enough callers for all processors. */
  static final int CROWDED_JOBS = 64;

  /** Between counters of different threads, so that no two share a cache line. */
  private static final int LINE = 32;

  private final Helper[] helpers;
  private final AtomicBoolean taken = new AtomicBoolean();
  private final AtomicInteger state = new AtomicInteger();

  /** For each thread the next part of its range, {@link #LINE} apart. */
  private final AtomicIntegerArray nextParts;

  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile int parts;
  private volatile @Nullable Job job;

  /** Threads that may take part in the job; the first of them is the caller's. */
  private volatile int members = 1;

  /** Counts jobs, so that a helper sees that it has not done this one. */
  private volatile int jobNumber;

  /** The same, for whoever has the team. */
  private int jobs;

  /** Threads that the team has now. */
  private volatile int threads;

  /** Null where the number of threads is fixed. */
  private final @Nullable Processors processors;

  private volatile long lookedAt = System.nanoTime();

  /** Whose job it is. */
  private volatile @Nullable Thread holder;

  /** How many callers found the team at work since it was last acquired. */
  private final AtomicInteger refused = new AtomicInteger();

  /** Jobs that are still to be done alone; threads may overwrite each other's subtractions. */
  private volatile int alone;

  /** A team of so many threads, the caller's among them. */
  Team(int threads) {
    this(threads, threads, null);
  }

  /** A team of as many threads as there are processors. */
  Team(Processors processors) {
    this(processors.count(), Math.max(MOST_LATER, processors.count()), processors);
  }

  private Team(int threads, int most, @Nullable Processors processors) {
    this.threads = threads;
    this.processors = processors;
    nextParts = new AtomicIntegerArray(most * LINE);
    helpers = new Helper[most - 1];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = new Helper(i + 1);
    }
  }

  /** As many threads as the settings say, or as there are processors. */
  static Team ofSettings() {
    int threads = Settings.threads();
    return threads > 0 ? new Team(threads) : new Team(new OfSystem());
  }

  int threads() {
    return threads;
  }

  /**
   * Into how many parts to divide work: so many for each thread, but none smaller than is worth
   * handing over.
   *
   * @param ofThread parts for each thread
   * @param work in any unit
   * @param smallest the smallest part's, in the same unit
   */
  int parts(int ofThread, long work, long smallest) {
    return (int) Math.max(1, Math.min((long) ofThread * threads, work / smallest));
  }

  private void look(Processors counted) {
    long now = System.nanoTime();
    if (now - lookedAt > LOOK_NANOS) {
      lookedAt = now;
      threads = Math.clamp(counted.count(), 1, helpers.length + 1);
    }
  }

  /**
   * Whether the caller may use the team now; if so it must {@link #release} it. Where only one
   * thread would work there is no team to have; nor for a while where so many callers found it at
   * work that they keep all processors busy by themselves: a caller would wait for a helper that
   * waits for a processor.
   */
  boolean acquire() {
    if (processors != null) {
      look(processors);
    }
    if (threads == 1) {
      return false;
    }
    int left = alone;
    if (left > 0) {
      alone = left - 1;
      return false;
    }
    if (!taken.get() && taken.compareAndSet(false, true)) {
      refused.set(0);
      holder = Thread.currentThread();
      return true;
    }
    if (!isAtWork(Thread.currentThread())) {
      refused.incrementAndGet();
    }
    return false;
  }

  /** Whether this thread works on the team's job, and brings one within it. */
  @SuppressWarnings("ReferenceEquality") // a thread is itself
  private boolean isAtWork(Thread thread) {
    if (thread == holder) {
      return true;
    }
    int last = members;
    for (int member = 1; member < last; member++) {
      if (thread == helpers[member - 1].thread) {
        return true;
      }
    }
    return false;
  }

  void release() {
    if (refused.get() >= threads - 1) {
      alone = CROWDED_JOBS;
    }
    holder = null;
    taken.set(false);
  }

  /**
   * Runs all parts of a job on the team that the caller has acquired. What a part throws, this
   * throws, after all parts that had begun have ended.
   */
  void run(Job work, int count, Scratch callersScratch) {
    job = work;
    parts = count;
    int number = Math.min(threads, count);
    members = number;
    for (int member = 0; member < number; member++) {
      nextParts.setRelease(member * LINE, firstPart(member, number, count));
    }
    jobNumber = ++jobs;
    state.set(OPEN);
    wakeTwo(0);
    workOff(work, count, 0, callersScratch);
    // Nobody may join any more; whoever has joined is waited for.
    state.addAndGet(-OPEN);
    for (int waited = 0; state.get() != 0; waited++) {
      if (waited < SPINS) {
        spin(waited);
      } else {
        // More threads than processors: the helper that is waited for may need this one.
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    job = null;
    Throwable thrown = failure.getAndSet(null);
    switch (thrown) {
      case null -> {}
      case Error error -> throw error;
      case RuntimeException exception -> throw exception;
      default -> throw new AssertionError("a job's part throws no checked exception", thrown);
    }
  }

  /**
   * Waits a moment. Where there are more threads than processors, the one that is waited for may
   * need this one's.
   */
  @SuppressWarnings("ThreadPriorityCheck") // for speed alone: without the yield all goes on, later
  private static void spin(int checks) {
    if (checks % SPINS_TO_YIELD == SPINS_TO_YIELD - 1) {
      Thread.yield();
    } else {
      Thread.onSpinWait();
    }
  }

  /** A member wakes two others, who wake two more each. */
  private void wakeTwo(int member) {
    int number = members;
    for (int i = 2 * member + 1; i <= 2 * member + 2 && i < number; i++) {
      helpers[i - 1].wake();
    }
  }

  /** Where a member's own range of parts begins, and that of the member before it ends. */
  private static int firstPart(int member, int members, int count) {
    return (int) ((long) count * member / members);
  }

  /** A member's own parts first, then what is left of the others'. */
  private void workOff(Job work, int count, int member, Scratch scratch) {
    int number = members;
    try {
      for (int i = 0; i < number; i++) {
        int owner = member + i < number ? member + i : member + i - number;
        int end = firstPart(owner + 1, number, count);
        for (int part = takePart(owner, end); part < end; part = takePart(owner, end)) {
          work.run(part, scratch);
        }
      }
    } catch (Throwable t) {
      failure.compareAndSet(null, t);
      for (int owner = 0; owner < number; owner++) {
        nextParts.set(owner * LINE, firstPart(owner + 1, number, count));
      }
    }
  }

  private int takePart(int owner, int end) {
    int counter = owner * LINE;
    return nextParts.get(counter) < end ? nextParts.getAndIncrement(counter) : end;
  }

  private boolean partsLeft() {
    int count = parts;
    int number = members;
    for (int member = 0; member < number; member++) {
      if (nextParts.get(member * LINE) < firstPart(member + 1, number, count)) {
        return true;
      }
    }
    return false;
  }

  private final class Helper implements Runnable {
    private final int number;

    /** The one that runs; null before the first job, and when there was none for long. */
    private volatile @Nullable Thread thread;

    private volatile boolean parked;

    /** The last job that this helper has seen through; of its own thread. */
    private int seen;

    private Helper(int number) {
      this.number = number;
    }

    /** Called by the member that wakes this one, so by one thread at a time. */
    private void wake() {
      Thread running = thread;
      if (running == null) {
        start();
      } else if (parked) {
        LockSupport.unpark(running);
      }
    }

    private void start() {
      Thread made = Daemons.of(this, "lamella-" + number);
      thread = made;
      try {
        made.start();
      } catch (OutOfMemoryError e) {
        // As many threads as the system allows; the caller does this helper's parts.
        thread = null;
      }
    }

    @Override
    public void run() {
      Scratch scratch = new Scratch();
      int idle = 0;
      while (true) {
        int current = jobNumber;
        int now = state.get();
        if (now >= OPEN && current != seen && number < members) {
          if (!partsLeft()) {
            seen = current;
          } else if (state.compareAndSet(now, now + 1)) {
            // From here to the decrement the caller waits, so all is this job's.
            seen = jobNumber;
            wakeTwo(number);
            Job work = job;
            // The job may be a later one than a moment ago, with fewer members.
            if (work != null && number < members) {
              workOff(work, parts, number, scratch);
            }
            state.decrementAndGet();
          }
          idle = 0;
        } else if (++idle < SPINS) {
          spin(idle);
        } else {
          if (!awaitJob()) {
            // A caller that still takes this thread for a running one does the job without it.
            thread = null;
            return;
          }
          idle = 0;
        }
      }
    }

    /** Parks until there is a job; false if there was none for long. */
    private boolean awaitJob() {
      long end = System.nanoTime() + IDLE_NANOS;
      parked = true;
      // Either this check sees the new job, or the caller sees the flag and unparks.
      boolean open = isOpen();
      long left = IDLE_NANOS;
      if (!open) {
        LockSupport.parkNanos(Team.this, left);
        boolean ignored = Thread.interrupted();
        left = end - System.nanoTime();
      }
      parked = false;
      return open || isOpen() || left > 0;
    }

    /** Whether there is a job that this helper may join and has not seen through. */
    private boolean isOpen() {
      return jobNumber != seen && state.get() >= OPEN && number < members;
    }
  }
}
