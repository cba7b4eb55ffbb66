package lamella.benchmarks.peers.pytorch;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Path;
import lamella.benchmarks.Data;
import lamella.benchmarks.TimedProcess;

/** The process of DJL with PyTorch that reads a saved model, predicts once and ends. */
public final class StartUp {
  private static final String NAME = "djl";

  private StartUp() {}

  /** {@code DIR}: predicts with the model in it; {@code --make DIR}: writes one. */
  public static void main(String[] args)
      throws IOException, MalformedModelException, TranslateException {
    boolean make = args[0].equals("--make");
    Path directory = Path.of(args[make ? 1 : 0]);
    try (NDManager manager = NDManager.newBaseManager();
        Model model = Model.newInstance(NAME)) {
      SequentialBlock block =
          new SequentialBlock()
              .add(Linear.builder().setUnits(64).build())
              .add(Activation::relu)
              .add(Linear.builder().setUnits(10).build());
      model.setBlock(block);
      if (make) {
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 3072));
        model.save(directory, NAME);
        return;
      }
      model.load(directory, NAME);
      try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator(null))) {
        NDArray x = manager.create(Data.inputs(1, 3072), new Shape(1, 3072));
        NDArray logits = predictor.predict(new NDList(x)).singletonOrThrow();
        TimedProcess.fact("first class", logits.argMax().getLong());
      }
      lamella.benchmarks.StartUp.reportMemory();
    }
  }
}
