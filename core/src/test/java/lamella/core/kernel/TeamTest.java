package lamella.core.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class TeamTest {

  @Test
  void everyPartRunsExactlyOnceAndItsWritesAreSeen() {
    Team team = new Team(4);
    Team.Scratch scratch = new Team.Scratch();
    for (int round = 0; round < 500; round++) {
      int[] written = new int[1 + round % 37];
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
    for (int i = 0; i < 500 && thread.getState() != Thread.State.WAITING; i++) {
      Thread.sleep(10);
    }
    assertEquals(Thread.State.WAITING, thread.getState());
  }
}
