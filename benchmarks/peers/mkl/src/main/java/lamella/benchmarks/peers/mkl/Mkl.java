package lamella.benchmarks.peers.mkl;

import static org.bytedeco.mkl.global.mkl_rt.CblasNoTrans;
import static org.bytedeco.mkl.global.mkl_rt.CblasRowMajor;
import static org.bytedeco.mkl.global.mkl_rt.CblasTrans;
import static org.bytedeco.mkl.global.mkl_rt.MKL_Get_Max_Threads;
import static org.bytedeco.mkl.global.mkl_rt.MKL_Get_Version_String;
import static org.bytedeco.mkl.global.mkl_rt.cblas_sgemm;

import lamella.benchmarks.Data;
import lamella.benchmarks.TimedProcess;
import lamella.benchmarks.Workload;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * MKL's process of a comparison: sgemm on row-major matrices outside the heap, where it copies
 * nothing.
 */
public final class Mkl {
  private static final int VERSION_LENGTH = 200;

  private Mkl() {}

  /** {@code [--warmup SECONDS] [--seconds SECONDS] NAME...}: see {@link Workload}. */
  public static void main(String[] args) {
    BytePointer version = new BytePointer(VERSION_LENGTH);
    MKL_Get_Version_String(version, VERSION_LENGTH);
    TimedProcess.fact("MKL", version.getString().replaceFirst(" for .*", ""));
    TimedProcess.fact("MKL threads", MKL_Get_Max_Threads());
    TimedProcess.run(args, Mkl::code);
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
      default -> throw new IllegalArgumentException("MKL does not run " + workload);
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
