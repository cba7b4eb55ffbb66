package lamella.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import lamella.core.Compute;
import lamella.core.FloatTensor;
import lamella.core.Pass;
import lamella.core.Predictor;
import lamella.core.Products;
import lamella.core.Shape;

/** Lamella's process of a comparison. */
public final class Ours {
  private Ours() {}

  /**
   * {@code [--warmup SECONDS] [--seconds SECONDS] NAME...}: see {@link Workload}; or what {@link
   * LatencyProcess} is told.
   */
  public static void main(String[] args) {
    TimedProcess.fact("Lamella", Compute.description());
    TimedProcess.fact("Java", System.getProperty("java.vm.name") + " " + Runtime.version());
    if (LatencyProcess.isAsked(args)) {
      LatencyProcess.run(
          args,
          (workload, examples) -> {
            Predictor predictor = new Model(workload).predictor();
            return () -> (example, outputs) -> predictor.outputs(examples[example], outputs);
          });
      return;
    }
    Map<Workload, Runnable> codes = new LinkedHashMap<>();
    TimedProcess.run(
        args,
        workload -> {
          Runnable code = code(workload);
          codes.put(workload, code);
          return code;
        });
    codes.forEach((workload, code) -> {
      if (workload.task() != Workload.Task.PEAK) {
        TimedProcess.fact("allocated " + workload, allocated(code));
      }
    });
  }

  /** The code that runs the workload once. */
  static Runnable code(Workload workload) {
    return switch (workload.task()) {
      case STEP, MODERN -> {
        Model model = new Model(workload);
        Pass pass = trainingPass();
        yield () -> model.trainingStep(pass);
      }
      case FORWARD -> {
        Model model = new Model(workload);
        Pass pass = Pass.forInference();
        yield () -> model.forward(pass);
      }
      case PREDICT -> prediction(workload);
      case LOOP -> {
        Model model = new Model(workload);
        ImageSource images = new ImageSource(workload.inputs());
        Pass pass = trainingPass();
        yield () -> {
          images.nextBatch(model.inputs());
          model.trainingStep(pass);
        };
      }
      case XW, XTDY, DYWT -> product(workload);
      case PEAK -> () -> FmaPeak.run(workload.inputs());
    };
  }

  /** As a trainer's: the batch stays as it is until the step is done. */
  private static Pass trainingPass() {
    Pass pass = Pass.forTraining();
    pass.deferProducts();
    return pass;
  }

  /** Its inputs and outputs are the caller's arrays. */
  private static Runnable prediction(Workload workload) {
    Model model = new Model(workload);
    Predictor predictor = model.predictor();
    float[] x = model.inputs().array();
    float[] y = new float[workload.batch() * workload.outputs()];
    int n = workload.batch();
    Runnable code = () -> predictor.outputs(n, x, y);
    code.run();
    Expected.check(workload, y);
    return code;
  }

  private static Runnable product(Workload workload) {
    int n = workload.batch();
    int inputs = workload.inputs();
    int outputs = workload.outputs();
    FloatTensor x = FloatTensor.wrap(Shape.of(n, inputs), Data.inputs(n, inputs));
    FloatTensor w = FloatTensor.wrap(Shape.of(inputs, outputs), Data.weights(inputs, outputs));
    FloatTensor y = FloatTensor.wrap(Shape.of(n, outputs), Data.inputs(n, outputs));
    return switch (workload.task()) {
      case XW -> () -> Products.multiply(x, w, null, y);
      case XTDY -> () -> Products.multiplyTransposedLeft(x, y, w, false);
      default -> () -> Products.multiplyTransposedRight(y, w, x);
    };
  }

  /**
   * Bytes that one run allocates on the heap, on all threads: the least of some batches, because a
   * batch during which some other thread of the JVM allocates shows that too.
   */
  private static long allocated(Runnable code) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int runs = 4;
    long least = Long.MAX_VALUE;
    for (int batch = 0; batch < 4; batch++) {
      long before = threads.getTotalThreadAllocatedBytes();
      for (int i = 0; i < runs; i++) {
        code.run();
      }
      least = Math.min(least, threads.getTotalThreadAllocatedBytes() - before);
    }
    return least / runs;
  }
}
