package lamella.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A pass that is kept keeps nothing of the networks that were used on it. */
class PassMemoryTest {
  private static final int NETWORKS = 20;

  private static Tensor numbers(int n, int width, long seed) {
    return Numbers.eighths(DType.FLOAT32, Shape.of(n, width), seed);
  }

  private static Network network(int width) {
    return Network.of(
        Shape.of(width),
        new Dense(width, width),
        new Square(),
        Network.of(Shape.of(width), new Dense(width, 3)));
  }

  /** Until they are all gone, or patience is. */
  private static void requireCollected(List<? extends WeakReference<?>> references)
      throws InterruptedException {
    long end = System.nanoTime() + 20_000_000_000L;
    while (references.stream().anyMatch(reference -> reference.get() != null)
        && System.nanoTime() < end) {
      System.gc();
      Thread.sleep(10);
    }
    assertEquals(0, references.stream().filter(reference -> reference.get() != null).count());
  }

  private static List<WeakReference<?>> used(Pass pass, boolean clear, boolean list) {
    List<WeakReference<?>> references = new ArrayList<>();
    for (int i = 0; i < NETWORKS; i++) {
      Network network = network(5);
      Tensor output = network.forward(numbers(4, 5, i), pass);
      references.add(new WeakReference<>(network));
      references.add(new WeakReference<>(output));
      network.parameters().forEach(parameter -> references.add(new WeakReference<>(parameter)));
      network.parameters().forEach(p -> references.add(new WeakReference<>(p.value())));
      if (pass.isTraining()) {
        Tensor gradient = pass.outputGradient(output);
        references.add(new WeakReference<>(gradient));
        network.backward(gradient, pass);
        references.add(new WeakReference<>(pass.gradients().of(network.parameters().getFirst())));
        if (list) {
          assertTrue(pass.gradients().parameters().containsAll(network.parameters()));
        }
        if (clear) {
          pass.gradients().clear();
        }
      }
    }
    return references;
  }

  @Test
  void ofNetworksThatWereTrained() throws InterruptedException {
    Pass pass = Pass.forTraining();
    List<WeakReference<?>> references = used(pass, true, true);
    // Values go when the pass looks at its maps again.
    Network another = network(4);
    another.forward(numbers(2, 4, 1), pass);
    requireCollectedBy(pass, another, references);
  }

  @Test
  void ofNetworksWhoseGradientsNobodyUsedUp() throws InterruptedException {
    Pass pass = Pass.forTraining();
    List<WeakReference<?>> references = used(pass, false, false);
    Network another = network(4);
    requireCollectedBy(pass, another, references);
  }

  @Test
  void ofNetworksWhoseGradientsWereListedOnly() throws InterruptedException {
    Pass pass = Pass.forTraining();
    List<WeakReference<?>> references = used(pass, false, true);
    Network another = network(4);
    another.forward(numbers(2, 4, 1), pass);
    another.backward(numbers(2, 3, 1), pass);
    requireCollectedBy(pass, another, references);
  }

  @Test
  void ofNetworksThatPredicted() throws InterruptedException {
    Pass pass = Pass.forInference();
    List<WeakReference<?>> references = used(pass, true, true);
    requireCollectedBy(pass, network(4), references);
  }

  /** Collects, and uses the pass with another network meanwhile. */
  private static void requireCollectedBy(
      Pass pass, Network another, List<WeakReference<?>> references) throws InterruptedException {
    long end = System.nanoTime() + 20_000_000_000L;
    while (references.stream().anyMatch(reference -> reference.get() != null)
        && System.nanoTime() < end) {
      System.gc();
      Thread.sleep(10);
      another = network(4);
      Tensor output = another.forward(numbers(2, 4, 1), pass);
      if (pass.isTraining()) {
        another.backward(pass.outputGradient(output), pass);
        pass.gradients().clear();
      }
    }
    requireCollected(references);
  }

  @Test
  void gradientsOfLivingParametersStayUntilTheyAreCleared() {
    Pass pass = Pass.forTraining();
    Network kept = network(5);
    Tensor output = kept.forward(numbers(4, 5, 1), pass);
    kept.backward(pass.outputGradient(output), pass);
    used(pass, false, false);
    System.gc();
    assertTrue(pass.gradients().parameters().containsAll(kept.parameters()));
  }
}
