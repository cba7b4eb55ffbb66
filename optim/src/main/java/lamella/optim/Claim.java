package lamella.optim;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import lamella.core.Dataset;
import lamella.core.Description;
import lamella.core.Fingerprint;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Loss;
import lamella.core.Parameter;
import lamella.core.Sampler;
import lamella.core.SavedState;
import lamella.core.Stateful;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What one training has for itself: the parameters, and the objects that change with it.
 *
 * <p>While it lasts no other training may use any of them. When it has made a step, its optimiser
 * is one for these parameters; and a listener or loss whose state is then another than before its
 * first training has served. Both are known for any class, and forgotten with the object.
 */
final class Claim {
  /** What is in use, and the thread that uses it. Its own lock guards both maps. */
  private static final IdentityHashMap<Object, Thread> BUSY = new IdentityHashMap<>();

  /**
   * Of an optimiser, the parameters it has made steps for; of a listener or loss, the state it had
   * before its first training, as a text.
   */
  private static final List<Served> SERVED = new ArrayList<>();

  /** An object that has served, held weakly, with what is known of it. */
  private static final class Served extends WeakReference<Object> {
    private final Object known;

    private Served(Object object, Object known) {
      super(object);
      this.known = known;
    }
  }

  private static final String BUSY_ELSEWHERE = " is in another training at this moment; ";
  private static final String ONE_EACH = "make one for each training";

  /** Stands for the state of what cannot say it; equal to no other. */
  private static final String UNKNOWN = "?";

  private final Layer network;
  private final Optimizer optimizer;
  private final List<Parameter> parameters;
  private final IdentityHashMap<Object, Thread> mine = new IdentityHashMap<>();
  private final IdentityHashMap<Stateful, String> states = new IdentityHashMap<>();
  private boolean used;

  private Claim(Layer network, Optimizer optimizer) {
    this.network = network;
    this.optimizer = optimizer;
    this.parameters = List.copyOf(network.parameters());
  }

  /**
   * Takes everything, or nothing.
   *
   * @throws IllegalStateException if something is in another training, or has served one
   */
  static Claim of(
      TrainerSettings<?> settings,
      List<TrainingListener> listeners,
      Dataset<?> data,
      Sampler sampler,
      @Nullable RandomGenerator random) {
    Layer network = settings.network;
    Loss<?> loss = settings.loss;
    Optimizer optimizer = settings.optimizer;
    Claim claim = new Claim(network, optimizer);
    synchronized (BUSY) {
      for (Parameter parameter : claim.parameters) {
        claim.take(parameter);
      }
      Layers.walk(
          network,
          (path, layer) -> {
            if (layer instanceof Stateful) {
              claim.take(layer);
            }
          });
      claim.take(optimizer);
      for (TrainingListener listener : listeners) {
        claim.take(listener);
      }
      if (loss instanceof Stateful) {
        claim.take(loss);
      }
      if (settings.gradients != null) {
        claim.take(settings.gradients);
      }
      if (settings.runner != null) {
        claim.take(settings.runner);
      }
      for (Evaluator<?> evaluator : settings.evaluators) {
        if (evaluator.given() != null) {
          claim.take(evaluator.given());
        }
      }
      if (data instanceof Stateful) {
        claim.take(data);
      }
      // A lambda that captures nothing is one object, wherever it is used.
      if (!sampler.getClass().isHidden()) {
        claim.take(sampler);
      }
      // A training inside another may go on with its random numbers; those of java.util are safe to
      // share.
      if (random != null
          && !(random instanceof Random)
          && BUSY.get(random) != Thread.currentThread()) {
        claim.take(random);
      }
      BUSY.putAll(claim.mine);
    }
    try {
      claim.requireNew(optimizer);
      for (TrainingListener listener : listeners) {
        claim.requireNew(listener);
      }
      if (loss instanceof Stateful stateful) {
        claim.requireNew(stateful);
      }
    } catch (RuntimeException | Error e) {
      claim.release();
      throw e;
    }
    return claim;
  }

  /** What is taken twice by one training is taken once: layers may share a parameter. */
  private void take(Object object) {
    if (BUSY.containsKey(object)) {
      throw new IllegalStateException(
          switch (object) {
            case Parameter parameter ->
                describe(network, parameter) + BUSY_ELSEWHERE + "wait until it has ended";
            case RandomGenerator random ->
                random.getClass().getSimpleName() + BUSY_ELSEWHERE + ONE_EACH;
            default -> Description.of(object) + BUSY_ELSEWHERE + ONE_EACH;
          });
    }
    mine.put(object, Thread.currentThread());
  }

  static String describe(Layer network, Parameter parameter) {
    return Layers.describe(network, parameter);
  }

  private void requireNew(Optimizer rule) {
    if (rule.steps() == 0 || rule.isFor(parameters)) {
      return;
    }
    Object before;
    synchronized (BUSY) {
      before = served(rule);
    }
    if (before == null || !containsAll((List<?>) before)) {
      throw new IllegalStateException(
          Description.of(rule)
              + ": has made "
              + rule.steps()
              + (rule.steps() == 1 ? " step" : " steps")
              + " for other parameters; make a new optimiser for each network");
    }
  }

  private boolean containsAll(List<?> references) {
    IdentityHashMap<Object, Boolean> known = new IdentityHashMap<>();
    for (Object reference : references) {
      Object parameter = ((WeakReference<?>) reference).get();
      if (parameter != null) {
        known.put(parameter, true);
      }
    }
    return known.keySet().containsAll(parameters);
  }

  private void requireNew(Stateful object) {
    String now = stateOf(object);
    Object before;
    synchronized (BUSY) {
      before = served(object);
    }
    if (before != null && (now.equals(UNKNOWN) || !now.equals(before))) {
      throw new IllegalStateException(
          Description.of(object) + ": has served a training already; make a new one");
    }
    states.put(object, now);
  }

  private String stateOf(Stateful object) {
    SavedState state = SavedState.of(parameters);
    try {
      object.save(state);
    } catch (RuntimeException e) {
      return UNKNOWN;
    }
    StringBuilder text = new StringBuilder();
    state
        .texts()
        .forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    state.tensors().forEach((name, tensor) -> text.append(name).append('=').append(bits(tensor)));
    return text.toString();
  }

  private static String bits(Tensor tensor) {
    return tensor + Fingerprint.of(List.of(new Parameter("", Parameter.Role.WEIGHT, tensor)));
  }

  /** A step has been made: from now on all of it has served. */
  void use() {
    if (used) {
      return;
    }
    used = true;
    synchronized (BUSY) {
      List<Object> references = new ArrayList<>();
      for (Parameter parameter : parameters) {
        references.add(new WeakReference<>(parameter));
      }
      putServed(optimizer, references);
      states.forEach((object, state) -> {
        if (served(object) == null) {
          putServed(object, state);
        }
      });
    }
  }

  /** What is known of an object that has served; null if it has not. */
  private static @Nullable Object served(Object object) {
    for (Served served : SERVED) {
      if (served.refersTo(object)) {
        return served.known;
      }
    }
    return null;
  }

  /** Replaces what is known of an object, and forgets those that are no more. */
  private static void putServed(Object object, Object known) {
    SERVED.removeIf(served -> served.refersTo(object) || served.refersTo(null));
    SERVED.add(new Served(object, known));
  }

  /** Training has ended, however that came about. */
  void release() {
    synchronized (BUSY) {
      mine.forEach((object, thread) -> BUSY.remove(object));
    }
  }
}
