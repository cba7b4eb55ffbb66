package lamella.core;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;

/**
 * New values of statistics that forward has computed and nobody has committed yet; belongs to one
 * {@link Pass}.
 */
final class Updates {
  private static final class Entry {
    private final WeakReference<Parameter> parameter;
    private final Tensor next;
    private boolean open;

    private Entry(Parameter parameter) {
      this.parameter = new WeakReference<>(parameter);
      this.next = Tensor.zeros(parameter.value().dtype(), parameter.shape());
    }
  }

  private final WeakIdentityMap<Parameter, Entry> entries = new WeakIdentityMap<>();

  /** All of them in the order of their first update. */
  private final List<Entry> ordered = new ArrayList<>();

  /** The tensor to write to: it holds the last update, or else the parameter's value. */
  Tensor open(Parameter parameter) {
    Entry entry = entries.get(parameter);
    if (entry == null || entry.next.dtype() != parameter.value().dtype()) {
      if (entry != null) {
        ordered.remove(entry);
      }
      entry = new Entry(parameter);
      entries.put(parameter, entry);
      ordered.add(entry);
    }
    if (!entry.open) {
      entry.next.copyFrom(parameter.value());
      entry.open = true;
    }
    return entry.next;
  }

  /** Makes the updates the values of the parameters, but for those that are frozen. */
  void commit() {
    for (int i = ordered.size() - 1; i >= 0; i--) {
      Entry entry = ordered.get(i);
      Parameter parameter = entry.parameter.get();
      if (parameter == null) {
        ordered.remove(i);
      } else if (entry.open
          && !parameter.isFrozen()
          && parameter.value().dtype() == entry.next.dtype()) {
        parameter.value().copyFrom(entry.next);
      }
      entry.open = false;
    }
  }

  void forget() {
    for (int i = 0; i < ordered.size(); i++) {
      ordered.get(i).open = false;
    }
  }
}
