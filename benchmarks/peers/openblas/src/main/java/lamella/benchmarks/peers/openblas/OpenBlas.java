package lamella.benchmarks.peers.openblas;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.OPENBLAS_VERSION;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import lamella.benchmarks.Data;
import lamella.benchmarks.TimedProcess;
import lamella.benchmarks.Workload;
import org.bytedeco.javacpp.FloatPointer;

/**
 * OpenBLAS's process of a comparison: sgemm on row-major matrices outside the heap, where it copies
 * nothing.
 */
public final class OpenBlas {
  private OpenBlas() {}

  /** {@code [--warmup SECONDS] [--seconds SECONDS] NAME...}: see {@link Workload}. */
  public static void main(String[] args) {
    // The binding has no function for the version; OPENBLAS_VERBOSE=2 prints the kernels that were
    // chosen.
    TimedProcess.fact("OpenBLAS", OPENBLAS_VERSION.strip());
    TimedProcess.fact("OpenBLAS threads", System.getenv("OPENBLAS_NUM_THREADS"));
    TimedProcess.run(args, OpenBlas::code);
  }

  private static Runnable code(Workload workload) {
    int n = workload.batch();
    int in = workload.inputs();
    int out = workload.outputs();
    FloatPointer x = new FloatPointer(Data.inputs(n, in));
    FloatPointer w = new FloatPointer(Data.weights(in, out));
    FloatPointer y = new FloatPointer(Data.inputs(n, out));
    return switch (workload.task()) {
      case XW -> () -> gemm(CblasNoTrans, CblasNoTrans, n, out, in, x, in, w, out, y);
      case XTDY -> () -> gemm(CblasTrans, CblasNoTrans, in, out, n, x, in, y, out, w);
      case DYWT -> () -> gemm(CblasNoTrans, CblasTrans, n, in, out, y, out, w, out, x);
      default -> throw new IllegalArgumentException("OpenBLAS does not run " + workload);
    };
  }

  /** c[m, n] = op(a) op(b) over k; lda and ldb are the rows' lengths. */
  private static void gemm(
      int opA,
      int opB,
      int m,
      int n,
      int k,
      FloatPointer a,
      int lda,
      FloatPointer b,
      int ldb,
      FloatPointer c) {
    cblas_sgemm(CblasRowMajor, opA, opB, m, n, k, 1, a, lda, b, ldb, 0, c, n);
  }
}
