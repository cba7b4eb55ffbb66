package lamella.benchmarks.peers.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import lamella.benchmarks.Data;
import lamella.benchmarks.TimedProcess;

/** ONNX Runtime's process that reads a saved model, predicts once and ends. */
public final class StartUp {
  private StartUp() {}

  /** {@code DIR}: where {@code model.onnx} lies. */
  public static void main(String[] args) throws OrtException, IOException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(Path.of(args[0], "model.onnx").toString());
        OnnxTensor x =
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(Data.inputs(1, 3072)), new long[] {1, 3072});
        OrtSession.Result result = session.run(Map.of("x", x))) {
      float[] logits = ((float[][]) result.get(0).getValue())[0];
      int best = 0;
      for (int i = 1; i < logits.length; i++) {
        best = logits[i] > logits[best] ? i : best;
      }
      TimedProcess.fact("first class", best);
      lamella.benchmarks.StartUp.reportMemory();
    }
  }
}
