package lamella.core.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What limits products on more cores than a machine has: simulates the threads of a team with the
 * division into parts that the kernels use. The rate of multiplying was measured on two cores; the
 * rate of copying and what one thread does alone were chosen so that two threads take about as long
 * as measured; all else is assumed.
 *
 * <p>Each thread takes parts of its own range, then of others'. A part costs its multiply-adds, the
 * copy of its panels if the thread does not hold them, that of its rows of a where a is transposed,
 * and the taking. A block costs as much as its last thread, and a hand-over: all threads join by
 * one counter and leave by it. Memory is one level, of which all threads together have so many
 * bytes a second; nothing is said of several memory nodes.
 */
final class ThreadModel {
  /** Multiply-adds of one core in a microsecond, in tiles: 240 GFLOP/s. */
  private static final double RATE = 120_000;

  /**
   * Bytes that one core copies in a microsecond, from a cache that all share, as far as that does
   * not hide behind the multiplying.
   */
  private static final double COPY = 60_000;

  /**
   * Bytes that all cores together copy in a microsecond: assumed, for two cores do not reach it.
   */
  private static final double COPY_ALL = 400_000;

  /** Microseconds to take a part. */
  private static final double TAKE = 0.05;

  /** Microseconds until a waiting thread sees a job, and the caller its end. */
  private static final double HAND_OVER = 0.5;

  /** Microseconds for each thread that joins and leaves, one after the other. */
  private static final double JOIN = 0.1;

  private static final int WIDTH = 64;
  private static final List<Integer> THREADS = List.of(1, 2, 4, 8, 16, 32, 64);

  /**
   * A product c[m, n] of depth k.
   *
   * @param transposed whether a is
   */
  private record Product(int m, int k, int n, boolean transposed) {}

  /**
   * Products, one after the other, and what one thread does beside them.
   *
   * @param alone microseconds
   */
  private record Work(String name, List<Product> products, double alone) {}

  /** Where the time of all threads goes, in microseconds of the whole. */
  private static final class Times {
    double elapsed;
    double multiplying;
    double copying;
    double handing;
  }

  private static final List<Work> WORK =
      List.of(
          new Work(
              "step 3072-64-10, batch 200",
              List.of(new Product(200, 3072, 64, false), new Product(3072, 200, 64, true)),
              50),
          new Work(
              "step 3072-1024-1024-10, batch 256",
              List.of(
                  new Product(256, 3072, 1024, false),
                  new Product(256, 1024, 1024, false),
                  new Product(3072, 256, 1024, true),
                  new Product(1024, 256, 1024, true),
                  new Product(256, 1024, 1024, false)),
              60),
          new Work("1024³", List.of(new Product(1024, 1024, 1024, false)), 0),
          new Work("2048³", List.of(new Product(2048, 2048, 2048, false)), 0));

  private ThreadModel() {}

  /** Prints a table in Markdown: speed-up, and what takes the rest. */
  public static void main(String[] args) {
    System.out.println(
        "| work | threads | time | speed-up | multiplying | copying | handing over | alone | waiting |");
    System.out.println("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
    for (Work work : WORK) {
      double one = Double.NaN;
      for (int threads : THREADS) {
        Times times = new Times();
        for (Product product : work.products()) {
          add(product, threads, times);
        }
        double whole = times.elapsed + work.alone();
        one = threads == 1 ? whole : one;
        double used = times.multiplying + times.copying + times.handing + work.alone();
        System.out.printf(
            Locale.ROOT,
            "| %s | %d | %.0f µs | %.1f | %.0f %% | %.0f %% | %.0f %% | %.0f %% | %.0f %% |%n",
            work.name(),
            threads,
            whole,
            one / whole,
            100 * times.multiplying / whole,
            100 * times.copying / whole,
            100 * times.handing / whole,
            100 * work.alone() / whole,
            100 * (whole - used) / whole);
      }
    }
  }

  /** Block after block. */
  private static void add(Product product, int threads, Times times) {
    int blocks = (product.k() + MatrixProduct.DEPTH - 1) / MatrixProduct.DEPTH;
    int blockDepth = (product.k() + blocks - 1) / blocks;
    for (int row = 0; row < product.k(); row += blockDepth) {
      addBlock(product, Math.min(blockDepth, product.k() - row), threads, times);
    }
  }

  private static void addBlock(Product product, int depth, int threads, Times times) {
    Division division = new Division();
    division.divide(product.m(), depth, product.n(), product.transposed(), WIDTH, threads);
    int parts = division.parts();
    int members = Math.min(threads, parts);
    double copyRate = Math.min(COPY, COPY_ALL / members);
    int panels = (product.n() + WIDTH - 1) / WIDTH;
    int tiles = (product.m() + Tiles.ROWS - 1) / Tiles.ROWS;
    List<Integer> next = new ArrayList<>();
    for (int member = 0; member < members; member++) {
      next.add(first(member, members, parts));
    }
    double[] clock = new double[members];
    int[] held = new int[members];
    Arrays.fill(held, -1);
    double multiplying = 0;
    double copying = 0;
    for (int taken = 0; taken < parts; taken++) {
      int member = earliest(clock);
      int owner = member;
      while (next.get(owner) >= first(owner + 1, members, parts)) {
        owner = (owner + 1) % members;
      }
      int part = next.get(owner);
      next.set(owner, part + 1);
      int rowPart = part % division.rowParts();
      int panelPart = part / division.rowParts();
      int height = Math.min(division.tilesOfPart(), tiles - rowPart * division.tilesOfPart());
      int width = Math.min(division.panelsOfPart(), panels - panelPart * division.panelsOfPart());
      double work = (double) height * Tiles.ROWS * width * WIDTH * depth / RATE;
      double bytes = product.transposed() ? 8.0 * height * Tiles.ROWS * depth : 0;
      if (held[member] != panelPart) {
        bytes += 4.0 * width * WIDTH * depth;
        held[member] = panelPart;
      }
      multiplying += work;
      copying += bytes / copyRate;
      clock[member] += work + bytes / copyRate + TAKE;
    }
    double handing = members == 1 ? 0 : 2 * HAND_OVER + JOIN * members;
    double last = 0;
    for (double end : clock) {
      last = Math.max(last, end);
    }
    times.elapsed += last + handing;
    times.multiplying += multiplying / threads;
    times.copying += copying / threads;
    times.handing += handing;
  }

  private static int first(int member, int members, int parts) {
    return (int) ((long) parts * member / members);
  }

  private static int earliest(double[] clock) {
    int earliest = 0;
    for (int i = 1; i < clock.length; i++) {
      if (clock[i] < clock[earliest]) {
        earliest = i;
      }
    }
    return earliest;
  }
}
