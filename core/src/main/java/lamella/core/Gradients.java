package lamella.core;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import lamella.core.kernel.WeakIdentityMap;
import org.jspecify.annotations.Nullable;

/**
 * What backward passes have added up for each parameter since the last {@link #clear}; belongs to
 * one {@link Pass}.
 *
 * <p>An optimiser's step uses the gradients up: it ends with {@code clear()}, so that nobody has to
 * remember to.
 *
 * <p>There are gradients of those parameters only that the layer given to the pass names in {@link
 * Layer#parameters}: what it keeps to itself is not trained.
 */
public final class Gradients {
  private static final class Entry {
    private final WeakReference<Parameter> parameter;
    private final Tensor tensor;
    private int replacements;
    private boolean filled;

    private Entry(Parameter parameter) {
      this.replacements = parameter.replacements();
      this.parameter = new WeakReference<>(parameter);
      this.tensor = Tensor.zeros(parameter.value().dtype(), parameter.shape());
    }
  }

  private final WeakIdentityMap<Parameter, Entry> entries = new WeakIdentityMap<>();

  /** Those filled since the last clear, in order. */
  private final List<Entry> filled = new ArrayList<>();

  /** The parameters of {@link #filled} when they were last asked for. */
  private final List<Parameter> listed = new ArrayList<>();

  private final List<Parameter> parameters = Collections.unmodifiableList(listed);
  private long written;
  private boolean incomplete;

  Gradients() {}

  /**
   * {@return the parameters that have a gradient since the last {@link #clear}, in the order of
   * their first one} The list is reused: the next backward or {@code clear} changes it.
   *
   * @throws IllegalStateException if a backward ended half way, see {@link #of}
   */
  public List<Parameter> parameters() {
    requireComplete();
    listed.clear();
    for (int i = 0; i < filled.size(); i++) {
      Parameter parameter = filled.get(i).parameter.get();
      if (parameter != null && has(parameter)) {
        listed.add(parameter);
      }
    }
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
    boolean valid =
        entry != null && entry.filled && entry.tensor.dtype() == parameter.value().dtype();
    return valid ? entry : null;
  }

  /**
   * {@return whether there is no gradient at all: true before the first backward and after an
   * optimiser's step}
   */
  public boolean isEmpty() {
    for (int i = 0; i < filled.size(); i++) {
      Parameter parameter = filled.get(i).parameter.get();
      if (parameter != null && has(parameter)) {
        return false;
      }
    }
    return true;
  }

  /**
   * {@return the gradient of a parameter: the live tensor}
   *
   * @param parameter one that has a gradient: see {@link #has}
   * @throws IllegalStateException if there is none since the last {@link #clear}, or a backward
   *     ended with an exception when it had added some gradients and not all
   */
  public Tensor of(Parameter parameter) {
    requireComplete();
    Entry entry = filled(parameter);
    if (entry == null) {
      throw new IllegalStateException(
          "Gradients: no gradient for " + parameter + "; call backward first");
    }
    return entry.tensor;
  }

  private void requireComplete() {
    if (incomplete) {
      throw new IllegalStateException(
          "Gradients: a backward ended half way with an exception, so they are incomplete; call"
              + " clear() and begin again");
    }
  }

  /** Forgets all gradients, so that the next backward starts from zero. The memory is kept. */
  public void clear() {
    for (int i = 0; i < filled.size(); i++) {
      filled.get(i).filled = false;
    }
    filled.clear();
    listed.clear();
    incomplete = false;
  }

  /**
   * The tensor to write to, its contents those added so far or, where {@link #has} was false,
   * undefined.
   */
  Tensor open(Parameter parameter) {
    Entry entry = entries.get(parameter);
    if (entry == null || entry.replacements != parameter.replacements()) {
      requireOwnArray(parameter);
    }
    written++;
    if (entry == null || entry.tensor.dtype() != parameter.value().dtype()) {
      if (entry != null) {
        filled.remove(entry);
      }
      entry = new Entry(parameter);
      entries.put(parameter, entry);
    }
    entry.replacements = parameter.replacements();
    if (!entry.filled) {
      // Nobody uses an old list any more; it must not keep what is in it.
      listed.clear();
      filled.add(entry);
      entry.filled = true;
    }
    return entry.tensor;
  }

  /** Two parameters over one array would each be stepped: the array twice. */
  @SuppressWarnings("ReferenceEquality") // a parameter is itself, whatever it holds
  private void requireOwnArray(Parameter parameter) {
    for (int i = 0; i < filled.size(); i++) {
      Parameter other = filled.get(i).parameter.get();
      if (other != null
          && other != parameter
          && Elements.shared(other.value(), parameter.value())) {
        throw new IllegalStateException(
            "Gradients: the parameters "
                + other
                + " and "
                + parameter
                + " share one array, so a step would change it twice; use one layer twice to tie"
                + " weights, or copy the tensor");
      }
    }
  }

  /** How often something was opened to be written to. */
  long written() {
    return written;
  }

  /** Says that a backward was not completed. */
  void markIncomplete() {
    incomplete = true;
  }
}
