package lamella.core.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TeamTest {
  private static final InheritableThreadLocal<Object> LOCAL = new InheritableThreadLocal<>();

  /** With more threads than any machine of ours has processors, too. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 8, 17, 32, 64})
  void everyPartRunsExactlyOnceAndItsWritesAreSeen(int threads) {
    Team team = new Team(threads);
    Team.Scratch scratch = new Team.Scratch();
    for (int round = 0; round < 500; round++) {
      int[] written = new int[1 + round * 7 % 197];
      AtomicIntegerArray runs = new AtomicIntegerArray(written.length);
      assertTrue(team.acquire());
      team.run(
          (part, memory) -> {
            runs.incrementAndGet(part);
            written[part] = part + 1;
          },
          written.length,
          scratch);
      team.release();
      for (int part = 0; part < written.length; part++) {
        assertEquals(1, runs.get(part));
        assertEquals(part + 1, written[part]);
      }
    }
  }

  @Test
  void whereAsManyCallWhileItWorksAsItHasHelpersTheyDoTheirNextJobsAlone()
      throws InterruptedException {
    Team team = new Team(3);
    assertTrue(team.acquire());
    assertFalse(acquiredByAnother(team));
    team.release();
    assertTrue(team.acquire(), "one caller more leaves a helper without work of its own");

    assertFalse(acquiredByAnother(team));
    assertFalse(acquiredByAnother(team));
    team.release();
    for (int job = 0; job < Team.CROWDED_JOBS; job++) {
      assertFalse(team.acquire());
    }
    assertTrue(team.acquire(), "the others may be gone");
    team.release();
    assertTrue(team.acquire());
    team.release();
  }

  @Test
  void aJobWithinAJobIsNoFurtherCaller() {
    Team team = new Team(2);
    CountDownLatch bothAtWork = new CountDownLatch(2);
    assertTrue(team.acquire());
    team.run(
        (part, memory) -> {
          assertFalse(team.acquire());
          bothAtWork.countDown();
          await(bothAtWork);
        },
        2,
        new Team.Scratch());
    team.release();
    assertTrue(team.acquire());
    team.release();
  }

  private static boolean acquiredByAnother(Team team) throws InterruptedException {
    AtomicReference<Boolean> acquired = new AtomicReference<>(false);
    Thread other = Thread.ofPlatform().start(() -> acquired.set(team.acquire()));
    other.join();
    return acquired.get();
  }

  /** The same rows of a matrix go to the same thread, job after job, whose cache they are in. */
  @Test
  void aThreadBeginsWithItsOwnRangeOfTheParts() {
    Team team = new Team(2);
    Thread caller = Thread.currentThread();
    for (int round = 0; round < 20; round++) {
      Thread[] threads = new Thread[10];
      CountDownLatch bothAtWork = new CountDownLatch(2);
      assertTrue(team.acquire());
      team.run(
          (part, memory) -> {
            threads[part] = Thread.currentThread();
            if (part == 0 || part == 5) {
              bothAtWork.countDown();
              await(bothAtWork);
            }
          },
          threads.length,
          new Team.Scratch());
      team.release();
      assertSame(caller, threads[0]);
      assertNotSame(caller, threads[5]);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(20, TimeUnit.SECONDS), "the other thread did not begin its range");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void exceptionOfAPartReachesTheCallerAndTheTeamWorksOn() {
    Team team = new Team(3);
    Team.Scratch scratch = new Team.Scratch();
    for (int round = 0; round < 60; round++) {
      int bad = round % 20;
      IllegalStateException planned = new IllegalStateException("part " + bad);
      assertTrue(team.acquire());
      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class,
              () ->
                  team.run(
                      (part, memory) -> {
                        if (part == bad) {
                          throw planned;
                        }
                      },
                      20,
                      scratch));
      team.release();
      assertSame(planned, thrown);
      int[] done = new int[20];
      assertTrue(team.acquire());
      team.run((part, memory) -> done[part] = 1, 20, scratch);
      team.release();
      for (int part : done) {
        assertEquals(1, part);
      }
    }
  }

  /** The caller wakes two helpers, and these wake the rest: none is forgotten. */
  @ParameterizedTest
  @ValueSource(ints = {2, 5, 16, 64})
  void allMembersAreWokenWhetherTheySpinOrAreParked(int threads) throws InterruptedException {
    Team team = new Team(threads);
    Team.Scratch scratch = new Team.Scratch();
    for (int round = 0; round < 4; round++) {
      CountDownLatch allAtWork = new CountDownLatch(threads);
      assertTrue(team.acquire());
      team.run(
          (part, memory) -> {
            allAtWork.countDown();
            await(allAtWork);
          },
          threads,
          scratch);
      team.release();
      if (round % 2 == 1) {
        Thread.sleep(50); // long enough for all to park
      }
    }
  }

  @Test
  void noMoreThreadsTakePartThanThereAreParts() {
    Team team = new Team(64);
    Team.Scratch scratch = new Team.Scratch();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    for (int round = 0; round < 200; round++) {
      assertTrue(team.acquire());
      team.run((part, memory) -> threads.add(Thread.currentThread()), 3, scratch);
      team.release();
    }
    assertTrue(threads.size() <= 3, threads::toString);
  }

  @Test
  void aTeamFollowsTheNumberOfProcessors() throws InterruptedException {
    AtomicInteger processors = new AtomicInteger(1);
    Team team = new Team(processors::get);
    assertFalse(team.acquire());
    assertEquals(1, team.threads());

    processors.set(5);
    Thread.sleep(Team.LOOK_NANOS / 1_000_000 + 20);
    assertTrue(team.acquire(), "more processors are noticed within a second");
    assertEquals(5, team.threads());
    CountDownLatch allAtWork = new CountDownLatch(5);
    team.run(
        (part, memory) -> {
          allAtWork.countDown();
          await(allAtWork);
        },
        5,
        new Team.Scratch());
    team.release();

    processors.set(2);
    Thread.sleep(Team.LOOK_NANOS / 1_000_000 + 20);
    assertTrue(team.acquire());
    assertEquals(2, team.threads());
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    team.run((part, memory) -> threads.add(Thread.currentThread()), 1000, new Team.Scratch());
    team.release();
    assertTrue(threads.size() <= 2, threads::toString);
  }

  @Test
  void workIsDividedIntoNoSmallerPartsThanAreWorthHandingOver() {
    Team team = new Team(64);
    assertEquals(4, team.parts(2, 32_768, 8192));
    assertEquals(128, team.parts(2, 1L << 40, 8192));
    assertEquals(1, team.parts(2, 10, 8192));
  }

  @Test
  void aTeamAtWorkIsNotToBeHad() {
    Team team = new Team(2);
    assertTrue(team.acquire());
    assertFalse(team.acquire());
    team.release();
    assertTrue(team.acquire());
  }

  @Test
  void aTeamOfOneIsNeverToBeHad() {
    assertFalse(new Team(1).acquire());
  }

  @Test
  void manyCallersComputeAtOnceWithoutDeadlockAndWithTheSameBits() {
    VectorKernels kernels = new VectorKernels(new Team(3));
    int m = 60;
    int k = 300;
    int n = 64;
    float[] x = KernelRun.floats(m * k, 1);
    float[] w = KernelRun.floats(k * n, 2);
    float[] expected = new float[m * n];
    new ScalarKernels(new Team(1)).multiply(m, k, n, x, w, null, expected);
    List<Thread> callers = new ArrayList<>();
    List<float[]> results = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      float[] y = new float[m * n];
      results.add(y);
      callers.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int round = 0; round < 10; round++) {
                  kernels.multiply(m, k, n, x, w, null, y);
                }
              }));
    }
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (Thread caller : callers) {
            caller.join();
          }
        });
    for (float[] y : results) {
      assertArrayEquals(expected, y);
    }
  }

  @Test
  void anIdleTeamIsParked() throws InterruptedException {
    Team team = new Team(2);
    Team.Scratch scratch = new Team.Scratch();
    Thread caller = Thread.currentThread();
    AtomicReference<Thread> helper = new AtomicReference<>();
    assertTrue(team.acquire());
    while (helper.get() == null) {
      team.run(
          (part, memory) -> {
            Thread.onSpinWait();
            if (Thread.currentThread() != caller) {
              helper.set(Thread.currentThread());
            }
          },
          1000,
          scratch);
    }
    team.release();
    Thread thread = helper.get();
    assertTrue(thread.isDaemon());
    for (int i = 0; i < 100 && thread.getState() != Thread.State.TIMED_WAITING; i++) {
      Thread.sleep(10);
    }
    assertEquals(Thread.State.TIMED_WAITING, thread.getState());
  }

  /** Runs jobs until a helper has done a part of one, and returns its thread. */
  private static Thread helper(Team team) {
    Thread caller = Thread.currentThread();
    AtomicReference<Thread> helper = new AtomicReference<>();
    assertTrue(team.acquire());
    while (helper.get() == null) {
      team.run(
          (part, memory) -> {
            Thread.onSpinWait();
            if (Thread.currentThread() != caller) {
              helper.set(Thread.currentThread());
            }
          },
          1000,
          new Team.Scratch());
    }
    team.release();
    return helper.get();
  }

  @Test
  void helpersEndWhenThereIsNoJobForSecondsAndStartAgainWithTheNext() throws InterruptedException {
    Team team = new Team(2);
    Thread first = helper(team);
    assertSame(first, helper(team));
    first.join(30_000);
    assertFalse(first.isAlive());
    Thread second = helper(team);
    assertNotSame(first, second);
    assertTrue(second.isAlive());
  }

  @Test
  void helpersKeepNothingOfTheThreadThatStartedThem() throws Exception {
    ThreadGroup group = new ThreadGroup("an application's");
    AtomicReference<Thread> helper = new AtomicReference<>();
    AtomicReference<Object> inherited = new AtomicReference<>("not asked");
    try (URLClassLoader loader = new URLClassLoader(new URL[0], null)) {
      Thread starter =
          new Thread(
              group,
              () -> {
                LOCAL.set("an application's");
                Team team = new Team(2);
                Thread caller = Thread.currentThread();
                assertTrue(team.acquire());
                while (helper.get() == null) {
                  team.run(
                      (part, memory) -> {
                        Thread.onSpinWait();
                        if (Thread.currentThread() != caller) {
                          inherited.set(LOCAL.get());
                          helper.set(Thread.currentThread());
                        }
                      },
                      1000,
                      new Team.Scratch());
                }
              });
      starter.setContextClassLoader(loader);
      starter.start();
      starter.join();
    }
    assertNull(inherited.get());
    assertNull(helper.get().getContextClassLoader());
    assertNull(helper.get().getThreadGroup().getParent());
  }

  /** As an application server does: loads the library, uses it, and unloads it. */
  @Test
  void aClassLoaderIsCollectedWhenNobodyComputesAnyMore() throws Exception {
    WeakReference<ClassLoader> loader = new WeakReference<>(computeInAnApplication());
    long end = System.nanoTime() + 60_000_000_000L;
    while (loader.get() != null && System.nanoTime() < end) {
      System.gc();
      Thread.sleep(100);
    }
    assertNull(loader.get());
  }

  private static ClassLoader computeInAnApplication() throws Exception {
    URL classes = Team.class.getProtectionDomain().getCodeSource().getLocation();
    URLClassLoader loader = new URLClassLoader(new URL[] {classes}, null);
    Class<?> type = loader.loadClass("lamella.core.kernel.Kernels");
    assertNotSame(Kernels.class, type);
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    String threads = System.getProperty("lamella.threads");
    System.setProperty("lamella.threads", "2");
    Object kernels;
    try {
      kernels = type.getMethod("instance").invoke(null);
    } finally {
      if (threads == null) {
        System.clearProperty("lamella.threads");
      } else {
        System.setProperty("lamella.threads", threads);
      }
    }
    assertEquals(2, type.getMethod("threads").invoke(kernels));
    Method multiply =
        type.getMethod(
            "multiply",
            int.class,
            int.class,
            int.class,
            float[].class,
            float[].class,
            float[].class,
            float[].class);
    int n = 256;
    float[] x = KernelRun.floats(n * n, 1);
    for (int round = 0; round < 3; round++) {
      multiply.invoke(kernels, n, n, n, x, x, null, new float[n * n]);
    }
    Set<Thread> helpers = new HashSet<>(Thread.getAllStackTraces().keySet());
    helpers.removeAll(before);
    assertTrue(helpers.stream().anyMatch(thread -> thread.getName().equals("lamella-1")));
    loader.close();
    return loader;
  }
}
