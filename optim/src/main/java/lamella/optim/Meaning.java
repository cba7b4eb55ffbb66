package lamella.optim;

import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.TargetKind;

/** What the outputs of something that is trained or judged mean. */
final class Meaning {
  private Meaning() {}

  /** What was said, of a network or by a layer. */
  static Outputs said(Layer network) {
    return network.outputMeaning();
  }

  /**
   * What they mean in a training: what was said of the network, or else what the loss takes them
   * for, or else what fits the targets.
   *
   * @param targets what they are
   * @throws IllegalArgumentException if the loss takes them for something else than they are
   */
  static Outputs inTraining(Layer network, Loss<?> loss, TargetKind<?> targets) {
    Outputs said = said(network);
    Outputs byLoss = loss.outputs();
    if (said != Outputs.UNSPECIFIED && byLoss != Outputs.UNSPECIFIED && said != byLoss) {
      throw new IllegalArgumentException(
          "Trainer: "
              + loss
              + " takes the network's outputs for "
              + byLoss
              + ", but they are "
              + said
              + (said == Outputs.PROBABILITIES && byLoss == Outputs.CLASSES
                  ? "; leave out the last layer, since the loss makes probabilities of what goes into"
                      + " it, and has the better gradients"
                  : "; use another loss, or say by Network.withOutputs what they are"));
    }
    if (!(network instanceof Network whole) || said != Outputs.UNSPECIFIED) {
      return said;
    }
    Shape shape = whole.outputShape();
    if (byLoss != Outputs.UNSPECIFIED) {
      if (byLoss == Outputs.CLASSES && byLoss.classes(shape) == 0) {
        throw new IllegalArgumentException(
            "Trainer: "
                + loss
                + " takes the network's outputs for classes, which need outputs [classes], two or"
                + " more, got "
                + shape);
      }
      return byLoss;
    }
    return targets.outputs(shape);
  }

  /** Says it of the network, if nobody has. */
  static void declare(Layer network, Outputs meaning) {
    if (network instanceof Network whole && meaning != Outputs.UNSPECIFIED) {
      whole.declareOutputs(meaning);
    }
  }
}
