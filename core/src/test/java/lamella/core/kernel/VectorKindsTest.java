package lamella.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Which kinds of vector code are in use, and since when. */
class VectorKindsTest {
  private static final int A = 1;
  private static final int B = 1 << 1;
  private static final int C = 1 << 2;

  /** Kinds that are as slow as a test wants. */
  private static final class Slow extends VectorKinds {
    private final AtomicInteger slow = new AtomicInteger();
    private final AtomicIntegerArray calls = new AtomicIntegerArray(3);
    private final AtomicInteger empty = new AtomicInteger();
    private final AtomicInteger going = new AtomicInteger();
    private volatile Thread thread = Thread.currentThread();

    private Slow(int slowKinds) {
      slow.set(slowKinds);
    }

    @Override
    void call(int kind, int depth, boolean add) {
      thread = Thread.currentThread();
      calls.incrementAndGet(Integer.numberOfTrailingZeros(kind));
      empty.addAndGet(depth == 0 ? 1 : 0);
      going.addAndGet(add ? 1 : 0);
      if (depth > 0 && (slow.get() & kind) != 0) {
        long end = System.nanoTime() + 20_000;
        while (System.nanoTime() < end) {
          Thread.onSpinWait();
        }
      }
    }

    @Override
    int operations(int kind) {
      return DEPTH;
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean() && System.nanoTime() < end) {
      Thread.sleep(1);
    }
    assertTrue(condition.getAsBoolean());
  }

  @Test
  void kindsAreNotCalledBeforePlainLoopsHaveDoneEnoughForThem() throws InterruptedException {
    Slow kinds = new Slow(0);
    assertFalse(kinds.areFast(A | B, VectorKinds.WORTHWHILE / 2));
    assertFalse(kinds.areFast(A, VectorKinds.WORTHWHILE / 2));
    await(() -> kinds.areFast(A, 0));
    assertFalse(kinds.areFast(B, 0));
    assertFalse(kinds.areFast(A | B, 0));
    assertEquals(0, kinds.calls.get(1));
    assertFalse(kinds.areFast(B, VectorKinds.WORTHWHILE / 2));
    await(() -> kinds.areFast(A | B, 0));
    assertEquals(0, kinds.calls.get(2));
  }

  @Test
  void aKindIsUsedWhenItIsFastAndNotBefore() throws InterruptedException {
    Slow kinds = new Slow(A);
    assertFalse(kinds.areFast(A | B | C, VectorKinds.WORTHWHILE));
    await(() -> kinds.areFast(B | C, 0));
    assertTrue(kinds.calls.get(0) > 1000, "its turn came first, and was not the only one");
    assertFalse(kinds.areFast(A, VectorKinds.WORTHWHILE));
    kinds.slow.set(0);
    await(() -> kinds.areFast(A, 0));
    assertTrue(kinds.areFast(A | B | C, 0));
    assertTrue(kinds.empty.get() > 1000, "most calls are empty");
    assertTrue(kinds.going.get() > 100, "some go on from the call before");
  }

  @Test
  void theThreadIsADaemonOfItsOwnAndEndsWhenNothingWaits() throws InterruptedException {
    Slow kinds = new Slow(0);
    assertFalse(kinds.areFast(A, VectorKinds.WORTHWHILE));
    await(() -> kinds.areFast(A, 0));
    Thread thread = kinds.thread;
    assertTrue(thread.isDaemon());
    assertEquals("lamella-compiler", thread.getName());
    thread.join(60_000);
    assertFalse(thread.isAlive());
  }

  /** Those of products and loops; any of which would otherwise stay with plain loops for ever. */
  @Test
  void allKindsBecomeFastBesideTheProgram() throws InterruptedException {
    int products = 0;
    int packed = 0;
    for (int m = 1; m <= 50; m++) {
      for (int n = 1; n <= 300; n++) {
        for (boolean aByColumns : new boolean[] {false, true}) {
          for (boolean bTransposed : new boolean[] {false, true}) {
            products |= MatrixProduct.kinds(m, n, aByColumns, bTransposed);
          }
        }
        packed |= PackedProduct.kinds(m, n);
      }
    }
    int all = products;
    int allPacked = packed;
    int loops =
        VectorLoops.FINITE
            | VectorLoops.ADD_ROWS
            | VectorLoops.ADD_PRODUCTS
            | VectorLoops.BYTE_KINDS;
    long work = VectorKinds.WORTHWHILE;
    await(() -> MatrixProduct.KINDS.areFast(all, work));
    await(() -> PackedProduct.KINDS.areFast(allPacked, work));
    await(() -> VectorLoops.KINDS.areFast(loops, work));
  }
}
