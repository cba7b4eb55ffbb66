package lamella.core.kernel;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.LinkedHashMap;
import java.util.Map;
import jdk.incubator.vector.FloatVector;

/**
 * Prints for each product how many bytes a call allocates once C2 has compiled it: what {@link
 * ProductAllocationTest} runs in JVMs with vectors of several widths.
 */
final class ProductAllocationRun {
  /** What is printed where the processor has no vectors as wide as asked for. */
  static final String UNSUPPORTED = "unsupported";

  private static final int CALLS = 200;
  private static final long PATIENCE_NANOS = 40_000_000_000L;

  private ProductAllocationRun() {}

  public static void main(String[] args) throws Throwable {
    int bits = VectorSupport.SPECIES.vectorBitSize();
    if (bits > FloatVector.SPECIES_PREFERRED.vectorBitSize()) {
      System.out.println(UNSUPPORTED);
      return;
    }
    Object bean =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    MethodHandle allocated =
        MethodHandles.publicLookup()
            .findVirtual(
                Class.forName("com.sun.management.ThreadMXBean"),
                "getCurrentThreadAllocatedBytes",
                MethodType.methodType(long.class))
            .bindTo(bean);
    System.out.println(bits + " bits");
    for (Map.Entry<String, Runnable> product : products().entrySet()) {
      long start = System.nanoTime();
      long least = Long.MAX_VALUE;
      while (least > 0 && System.nanoTime() - start < PATIENCE_NANOS) {
        long before = (long) allocated.invokeExact();
        for (int call = 0; call < CALLS; call++) {
          product.getValue().run();
        }
        least = Math.min(least, (long) allocated.invokeExact() - before);
      }
      System.out.println(product.getKey() + ": " + least);
    }
  }

  /** Products that need every kind of tile and of copy, of whole tiles and of edges. */
  private static Map<String, Runnable> products() {
    Kernels kernels = Kernels.instance();
    Map<String, Runnable> products = new LinkedHashMap<>();
    int k = 40;
    // One row, fewer than a tile's, few, and more; a wide panel and a narrow one, and a rest.
    for (int m : new int[] {1, 4, 13, 20}) {
      for (int n : new int[] {64, 104}) {
        float[] x = KernelRun.floats(m * k, 1);
        float[] w = KernelRun.floats(k * n, 2);
        float[] dy = KernelRun.floats(m * n, 3);
        float[] bias = KernelRun.floats(n, 4);
        float[] y = new float[m * n];
        float[] dw = new float[k * n];
        float[] dx = new float[m * k];
        String size = " " + m + " x " + k + " x " + n;
        products.put("x W" + size, () -> kernels.multiply(m, k, n, x, w, bias, y));
        products.put(
            "xT dy" + size, () -> kernels.multiplyTransposedLeft(m, k, n, x, dy, dw, true));
        products.put("dy WT" + size, () -> kernels.multiplyTransposedRight(m, k, n, dy, w, dx));
      }
    }
    return products;
  }
}
