package lamella.table;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import lamella.core.Layer;
import lamella.core.Shape;
import lamella.layers.Columns;
import lamella.layers.Dropout;
import lamella.layers.EnsembleLinear;
import lamella.layers.Linear;
import lamella.layers.Mish;
import lamella.layers.Scale;
import lamella.optim.AdamW;
import lamella.optim.Optimizer;
import lamella.optim.Schedule;

/**
 * Members that share the matrices of their hidden layers, in one network.
 *
 * <p>Source: Y. Gorishniy et al., "TabM: advancing tabular deep learning with parameter-efficient
 * ensembling" (2024), whose learning rate and decay these are.
 */
final class SharedMembers {
  private static final int WIDTH = 256;
  private static final int DEPTH = 3;
  private static final double DROPOUT = 0.1;
  private static final double RATE = 2e-3;
  private static final double DECAY = 3e-4;

  private SharedMembers() {}

  /** The outputs of all members, one after the other, of features that all are given. */
  static List<Layer> layers(int members, Shape input, int outputs, RandomGenerator random) {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Scale(input.size()));
    int width = input.size();
    for (int i = 0; i < DEPTH; i++) {
      EnsembleLinear linear = new EnsembleLinear(members, width, WIDTH, random);
      layers.add(i == 0 ? linear.withRandomSigns(random) : linear);
      layers.add(new Mish());
      layers.add(new Dropout(DROPOUT));
      width = WIDTH;
    }
    List<Columns.Part> heads = new ArrayList<>();
    for (int m = 0; m < members; m++) {
      int[] own = Head.range(m * WIDTH, (m + 1) * WIDTH);
      heads.add(Columns.part(own, new Linear(WIDTH, outputs, random)));
    }
    layers.add(Columns.of(heads));
    return layers;
  }

  static Optimizer optimizer(long steps) {
    return AdamW.of(Schedule.cosine(RATE, 0, steps)).withDecay(DECAY);
  }
}
