package lamella.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What backward passes have added up for each parameter since the last {@link #clear}; belongs to
 * one {@link Pass}.
 *
 * <p>An optimiser's step uses the gradients up: it ends with {@code clear()}, so that nobody has to
 * remember to.
 */
public final class Gradients {
  private final IdentityHashMap<Parameter, Entry> entries = new IdentityHashMap<>();
  private final List<Parameter> order = new ArrayList<>();
  private final List<Parameter> parameters = Collections.unmodifiableList(order);

  Gradients() {}

  private static final class Entry {
    private final Tensor tensor;
    private boolean filled;

    private Entry(Tensor tensor) {
      this.tensor = tensor;
    }
  }

  /** {@return the parameters this pass has seen, in the order of their first gradient} */
  public List<Parameter> parameters() {
    return parameters;
  }

  /**
   * {@return whether anything was added for this parameter since the last {@link #clear}}
   *
   * @param parameter of any layer
   */
  public boolean has(Parameter parameter) {
    return filled(parameter) != null;
  }

  /** A gradient of the type that the parameter had before it was converted is none. */
  private @Nullable Entry filled(Parameter parameter) {
    Entry entry = entries.get(parameter);
    boolean filled =
        entry != null && entry.filled && entry.tensor.dtype() == parameter.value().dtype();
    return filled ? entry : null;
  }

  /**
   * {@return whether there is no gradient at all: true before the first backward and after an
   * optimiser's step}
   */
  public boolean isEmpty() {
    for (int i = 0; i < order.size(); i++) {
      if (has(order.get(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * {@return the gradient of a parameter: the live tensor}
   *
   * @param parameter one that has a gradient: see {@link #has}
   * @throws IllegalStateException if there is none since the last {@link #clear}
   */
  public Tensor of(Parameter parameter) {
    Entry entry = filled(parameter);
    if (entry == null) {
      throw new IllegalStateException(
          "Gradients: no gradient for " + parameter + "; call backward first");
    }
    return entry.tensor;
  }

  /** Forgets all gradients, so that the next backward starts from zero. The memory is kept. */
  public void clear() {
    for (int i = 0; i < order.size(); i++) {
      entry(order.get(i)).filled = false;
    }
  }

  /**
   * The tensor to write to, its contents those added so far or, where {@link #has} was false,
   * undefined.
   */
  Tensor open(Parameter parameter) {
    Entry entry = entry(parameter);
    entry.filled = true;
    return entry.tensor;
  }

  private Entry entry(Parameter parameter) {
    Entry entry = entries.get(parameter);
    if (entry == null) {
      order.add(parameter);
    }
    if (entry == null || entry.tensor.dtype() != parameter.value().dtype()) {
      entry = new Entry(Tensor.zeros(parameter.value().dtype(), parameter.shape()));
      entries.put(parameter, entry);
    }
    return entry;
  }
}
