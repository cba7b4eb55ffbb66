package lamella.benchmarks.peers.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import lamella.benchmarks.Data;
import lamella.benchmarks.Expected;
import lamella.benchmarks.LatencyProcess;
import lamella.benchmarks.TimedProcess;
import lamella.benchmarks.Workload;

/**
 * ONNX Runtime's process of a comparison.
 *
 * <p>As fast as its Java interface lets it be: one session for each network, whose threads spin
 * while they wait, as is their default (those of a second session would take the processors from
 * the first one's); input and output tensors over memory outside of the heap, made once, so that a
 * run copies nothing and makes no tensor.
 */
public final class OnnxRuntime {
  private OnnxRuntime() {}

  /**
   * {@code [--warmup SECONDS] [--seconds SECONDS] NAME...}: see {@link Workload}; or what {@link
   * LatencyProcess} is told, with one session for all callers. The system properties {@code
   * models}, the folder of {@code 784-256-128-10.onnx} and the like, and {@code threads}.
   */
  public static void main(String[] args) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    TimedProcess.fact("ONNX Runtime", environment.getVersion());
    Map<String, OrtSession> sessions = new HashMap<>();
    if (LatencyProcess.isAsked(args)) {
      LatencyProcess.run(args, (workload, examples) -> callers(environment, workload, examples));
    } else {
      TimedProcess.run(args, workload -> code(environment, sessions, workload));
    }
  }

  private static Supplier<LatencyProcess.Caller> callers(
      OrtEnvironment environment, Workload workload, float[][] examples) {
    try {
      OrtSession session = session(environment, workload, Integer.getInteger("threads", 1));
      return () -> {
        try {
          Call call = new Call(environment, session, workload);
          return (example, outputs) -> call.answer(examples[example], outputs);
        } catch (OrtException e) {
          throw new IllegalStateException(e);
        }
      };
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Runnable code(
      OrtEnvironment environment, Map<String, OrtSession> sessions, Workload workload) {
    if (workload.task() != Workload.Task.PREDICT) {
      throw new IllegalArgumentException("ONNX Runtime does not run " + workload);
    }
    try {
      OrtSession session = sessions.get(workload.network());
      if (session == null) {
        session = session(environment, workload, Integer.getInteger("threads", 1));
        sessions.put(workload.network(), session);
      }
      Call call = new Call(environment, session, workload);
      call.run();
      Expected.check(workload, call.outputs());
      return call;
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private static OrtSession session(OrtEnvironment environment, Workload workload, int threads)
      throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setIntraOpNumThreads(threads);
    Path model = Path.of(System.getProperty("models", "."), workload.network() + ".onnx");
    return environment.createSession(model.toString(), options);
  }

  /** A run of a session with tensors of its own. */
  private static final class Call implements Runnable {
    private final OrtSession session;
    private final FloatBuffer inputBuffer;
    private final FloatBuffer outputBuffer;
    private final Map<String, OnnxTensor> inputs;
    private final Map<String, OnnxTensor> outputs;

    Call(OrtEnvironment environment, OrtSession session, Workload workload) throws OrtException {
      int n = workload.batch();
      this.session = session;
      inputBuffer = direct(n * workload.inputs());
      inputBuffer.put(0, Data.inputs(n, workload.inputs()));
      outputBuffer = direct(n * workload.outputs());
      inputs =
          Map.of(
              "x",
              OnnxTensor.createTensor(environment, inputBuffer, new long[] {n, workload.inputs()}));
      outputs =
          Map.of(
              "y",
              OnnxTensor.createTensor(
                  environment, outputBuffer, new long[] {n, workload.outputs()}));
    }

    private static FloatBuffer direct(int size) {
      return ByteBuffer.allocateDirect(Float.BYTES * size)
          .order(ByteOrder.nativeOrder())
          .asFloatBuffer();
    }

    @Override
    public void run() {
      try (OrtSession.Result result = session.run(inputs, outputs)) {
        if (result.size() != 1) {
          throw new IllegalStateException("one output expected, got " + result.size());
        }
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
    }

    /** With the numbers copied in and out. */
    void answer(float[] example, float[] answer) {
      inputBuffer.put(0, example);
      run();
      outputBuffer.get(0, answer);
    }

    float[] outputs() {
      float[] values = new float[outputBuffer.capacity()];
      outputBuffer.get(0, values);
      return values;
    }
  }
}
