package lamella.benchmarks.peers.onnxruntime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import lamella.benchmarks.TimedProcess;
import lamella.benchmarks.tables.Scoring;

/**
 * ONNX Runtime predicts the encoded rows of a table: {@code DIR}, where {@code model.onnx} and
 * {@code rows.f32} lie. The system property {@code threads}.
 *
 * <p>Its tensors lie over memory outside of the heap and are made once; a batch is copied in, and
 * its outputs are copied out.
 */
public final class OnnxRuntimeScoring {
  private OnnxRuntimeScoring() {}

  /** See above. */
  public static void main(String[] args) throws OrtException, IOException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    TimedProcess.fact("ONNX Runtime", environment.getVersion());
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    options.setIntraOpNumThreads(Integer.getInteger("threads", 1));
    Path directory = Path.of(args[0]);
    try (OrtSession session =
        environment.createSession(directory.resolve("model.onnx").toString(), options)) {
      int inputs = width(session.getInputInfo());
      int outputs = width(session.getOutputInfo());
      Scoring.time(
          directory.resolve("rows.f32"),
          inputs,
          outputs,
          batch -> model(environment, session, batch, inputs, outputs));
    }
  }

  private static int width(Map<String, NodeInfo> infos) {
    long[] shape = ((TensorInfo) infos.values().iterator().next().getInfo()).getShape();
    return (int) shape[shape.length - 1];
  }

  private static Scoring.Model model(
      OrtEnvironment environment, OrtSession session, int batch, int inputs, int outputs) {
    FloatBuffer in = direct(batch * inputs);
    FloatBuffer out = direct(batch * outputs);
    try {
      Map<String, OnnxTensor> x =
          Map.of("x", OnnxTensor.createTensor(environment, in, new long[] {batch, inputs}));
      Map<String, OnnxTensor> y =
          Map.of("y", OnnxTensor.createTensor(environment, out, new long[] {batch, outputs}));
      return (rows, first, to) -> {
        in.put(0, rows, first, batch * inputs);
        try (OrtSession.Result result = session.run(x, y)) {
          if (result.size() != 1) {
            throw new IllegalStateException("one output expected, got " + result.size());
          }
        } catch (OrtException e) {
          throw new IllegalStateException(e);
        }
        out.get(0, to);
      };
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private static FloatBuffer direct(int size) {
    return ByteBuffer.allocateDirect(Float.BYTES * size)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }
}
