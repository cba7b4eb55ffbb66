package lamella.core;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has been added up for each parameter since the last {@link #clear}: by the backwards of a
 * {@link Pass}, or by hand.
 *
 * {@snippet file="SnippetsTest.java" region="gradients"}
 *
 * <p>Each pass has gradients of its own, of whatever it is used for. Those made by {@link #of(List)
 * Gradients.of} are for certain parameters in a certain order, and so can be copied to and from one
 * flat array, to be sent or stored; a pass can be told to add to them ({@link Pass#addTo}). An
 * optimiser steps with either. Its step uses the gradients up: it ends with {@code clear()}, so
 * that nobody has to remember to.
 *
 * <p>There are gradients of those parameters only that are {@linkplain Parameter#isTrained trained}
 * and that the layer given to the pass names in {@link Layer#parameters}.
 *
 * <p>Not safe to share between threads that write.
 */
public final class Gradients {
  private static final class Entry {
    private final WeakReference<Parameter> parameter;
    private final Tensor tensor;
    private int replacements;
    private boolean filled;

    /** Of which the tensor may be made later; null until there is one. */
    private @Nullable DeferredProduct product;

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

  /** Those it is for, each once; null for whatever a pass is used for. */
  private final @Nullable List<Parameter> order;

  private long written;
  private boolean incomplete;

  /** Made when it is first needed. */
  private @Nullable Multiple multiple;

  /** Those of a pass, which hold no parameter. */
  Gradients() {
    this.order = null;
  }

  private Gradients(List<Parameter> order) {
    this.order = order;
  }

  /**
   * {@return gradients for these parameters, none of which has one yet}
   *
   * @param parameters in the order in which they lie in a flat array; one that is named twice has
   *     its first place
   */
  public static Gradients of(List<Parameter> parameters) {
    return new Gradients(List.copyOf(new LinkedHashSet<>(parameters))); // a parameter equals itself
  }

  /**
   * {@return gradients for the parameters of a layer, none of which has one yet}
   *
   * @param layer for example a network
   */
  public static Gradients of(Layer layer) {
    return of(layer.parameters());
  }

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

  /**
   * A gradient of the type that the parameter had before it was converted is none, nor is one from
   * before it was frozen.
   */
  private @Nullable Entry filled(Parameter parameter) {
    Entry entry = entries.get(parameter);
    boolean valid =
        entry != null
            && entry.filled
            && entry.tensor.dtype() == parameter.value().dtype()
            && parameter.isTrained();
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
   * {@return the gradient of a parameter: the live tensor, which may be written to}
   *
   * @param parameter one that has a gradient: see {@link #has}
   * @throws IllegalStateException if there is none since the last {@link #clear}, or a backward
   *     ended with an exception when it had added some gradients and not all
   */
  public Tensor of(Parameter parameter) {
    Tensor gradient = toUse(parameter);
    Object ignored = Elements.array(gradient); // computed now, if it was not yet
    return gradient;
  }

  /**
   * {@return the gradient of a parameter, for whoever is the first and perhaps the only one to use
   * it} Its elements may not be computed yet ({@link Pass#deferProducts}). Whatever asks for them
   * gets them; a {@link Loop} whose second tensor it is computes them piece by piece, and does its
   * own work on each piece at once.
   *
   * @param parameter one that has a gradient: see {@link #has}
   * @throws IllegalStateException as {@link #of}
   */
  public Tensor toUse(Parameter parameter) {
    requireComplete();
    Entry entry = filled(parameter);
    if (entry == null) {
      throw new IllegalStateException(
          "Gradients: no gradient for " + parameter + "; call backward first");
    }
    return entry.tensor;
  }

  /**
   * {@return whether no element of the gradient of a parameter is NaN or infinite} Where it is not
   * computed yet, and small numbers cannot make it so, that is known without computing it.
   *
   * @param parameter one that has a gradient: see {@link #has}
   * @throws IllegalStateException as {@link #of}
   */
  public boolean isFinite(Parameter parameter) {
    Tensor gradient = toUse(parameter);
    DeferredProduct product = gradient instanceof FloatTensor floats ? floats.deferred() : null;
    return (product != null && product.isSurelyFinite()) || gradient.isFinite();
  }

  private void requireComplete() {
    if (incomplete) {
      throw new IllegalStateException(
          "Gradients: a backward ended half way with an exception, so they are incomplete; call"
              + " clear() and begin again");
    }
  }

  /**
   * Makes a gradient a copy of this one.
   *
   * @param parameter whose gradient it is
   * @param gradient copied
   * @throws ShapeException if it has another shape than the parameter
   * @throws IllegalArgumentException if it has another type than the parameter, or these gradients
   *     are for other parameters
   */
  public void set(Parameter parameter, Tensor gradient) {
    requirePlace(parameter);
    if (!gradient.shape().equals(parameter.shape())) {
      throw new ShapeException("gradient of " + parameter, parameter.shape(), gradient.shape());
    }
    Pass.requireType(
        "Gradients", "a gradient of " + parameter, parameter.value().dtype(), gradient.dtype());
    open(parameter).copyFrom(gradient);
  }

  /**
   * Adds other gradients: g = g + other, element by element, each sum rounded once. Where one of
   * the two has no gradient of a parameter, the sum is the other's, bit for bit.
   *
   * <p>So a + b has the bits of b + a, but (a + b) + c need not have those of a + (b + c): whoever
   * adds several, and wants the same bits each time, adds them in one order.
   *
   * @param other not changed
   * @throws IllegalArgumentException if it has a gradient of a parameter that these are not for;
   *     nothing has changed then
   * @throws IllegalStateException if a backward ended half way, here or there
   */
  public void add(Gradients other) {
    requireComplete();
    other.requireComplete();
    for (int i = 0; i < other.filled.size(); i++) {
      Parameter parameter = other.filled.get(i).parameter.get();
      if (parameter != null && other.has(parameter)) {
        requirePlace(parameter);
      }
    }
    for (int i = 0; i < other.filled.size(); i++) {
      Parameter parameter = other.filled.get(i).parameter.get();
      if (parameter != null && other.has(parameter)) {
        boolean first = !has(parameter);
        Tensor sum = open(parameter);
        if (first) {
          sum.copyFrom(other.of(parameter));
        } else {
          sum.add(other.of(parameter));
        }
      }
    }
  }

  /**
   * Multiplies every element of every gradient.
   *
   * @param factor rounded to the type of each gradient
   * @throws IllegalStateException if a backward ended half way
   */
  public void scale(double factor) {
    requireComplete();
    Multiple loop = multiple;
    if (loop == null) {
      loop = new Multiple();
      multiple = loop;
    }
    loop.by(factor);
    for (int i = 0; i < filled.size(); i++) {
      loop.over(filled.get(i).tensor);
    }
  }

  /**
   * {@return gradients of the same values with memory of their own}
   *
   * @throws IllegalStateException if a backward ended half way
   */
  public Gradients copy() {
    Gradients copy = order == null ? new Gradients() : new Gradients(order);
    copy.add(this);
    return copy;
  }

  // The flat array.

  /**
   * {@return the number of elements of the parameters that these gradients are for and that are
   * trained, whether they have a gradient or not}
   *
   * @throws IllegalStateException if they are a pass's own, which are for no parameters in
   *     particular
   */
  public int size() {
    return Flat.size(trained());
  }

  /**
   * Copies the gradients of the trained parameters, one after another in their order; zeros where
   * there is none.
   *
   * @param flat filled from {@code from} on with {@link #size} numbers
   * @param from where the first one goes
   * @throws IllegalArgumentException if there is no room for them, or a parameter is float64; names
   *     the parameter
   * @throws IllegalStateException if they are a pass's own, which have no order, or a backward
   *     ended half way
   */
  public void copyTo(float[] flat, int from) {
    copyTo(DType.FLOAT32, flat, flat.length, from);
  }

  /**
   * Copies the gradients of the trained parameters, one after another in their order; zeros where
   * there is none.
   *
   * @param flat filled from {@code from} on with {@link #size} numbers
   * @param from where the first one goes
   * @throws IllegalArgumentException if there is no room for them, or a parameter is float32; names
   *     the parameter
   * @throws IllegalStateException if they are a pass's own, which have no order, or a backward
   *     ended half way
   */
  public void copyTo(double[] flat, int from) {
    copyTo(DType.FLOAT64, flat, flat.length, from);
  }

  private void copyTo(DType type, Object flat, int length, int from) {
    requireComplete();
    List<Parameter> trained = trained();
    Flat.require("Gradients", trained, type, length, from);
    int at = from;
    for (Parameter parameter : trained) {
      Entry entry = filled(parameter);
      int size = parameter.value().size();
      if (entry == null) {
        Flat.fillZeros(flat, at, size);
      } else {
        Flat.copyFrom(entry.tensor, flat, at);
      }
      at += size;
    }
  }

  /**
   * Makes the gradients those of a flat array: what {@link #copyTo(float[], int)} wrote. All
   * trained parameters have one then.
   *
   * @param flat read from {@code from} on, {@link #size} numbers
   * @param from where the first one lies
   * @throws IllegalArgumentException if there are not so many, or a parameter is float64; names the
   *     parameter
   * @throws IllegalStateException if they are a pass's own, which have no order
   */
  public void setFrom(float[] flat, int from) {
    setFrom(DType.FLOAT32, flat, flat.length, from);
  }

  /**
   * Makes the gradients those of a flat array: what {@link #copyTo(double[], int)} wrote. All
   * trained parameters have one then.
   *
   * @param flat read from {@code from} on, {@link #size} numbers
   * @param from where the first one lies
   * @throws IllegalArgumentException if there are not so many, or a parameter is float32; names the
   *     parameter
   * @throws IllegalStateException if they are a pass's own, which have no order
   */
  public void setFrom(double[] flat, int from) {
    setFrom(DType.FLOAT64, flat, flat.length, from);
  }

  private void setFrom(DType type, Object flat, int length, int from) {
    List<Parameter> trained = trained();
    Flat.require("Gradients", trained, type, length, from);
    clear();
    int at = from;
    for (Parameter parameter : trained) {
      Flat.copyTo(flat, at, open(parameter));
      at += parameter.value().size();
    }
  }

  /** Those in the flat array. */
  private List<Parameter> trained() {
    if (order == null) {
      throw new IllegalStateException(
          "Gradients: those of a pass are for no parameters in a certain order; add them to"
              + " Gradients.of(network)");
    }
    List<Parameter> trained = new ArrayList<>();
    for (Parameter parameter : order) {
      if (parameter.isTrained()) {
        trained.add(parameter);
      }
    }
    return trained;
  }

  private void requirePlace(Parameter parameter) {
    // What has an entry has been asked for before.
    if (order != null && entries.get(parameter) == null && !order.contains(parameter)) {
      throw new IllegalArgumentException(
          "Gradients: are for "
              + order.size()
              + " parameters, and "
              + parameter
              + " is none of them"
              + (order.isEmpty() ? "" : "; the first is " + order.getFirst()));
    }
  }

  /** Forgets all gradients, so that the next backward starts from zero. The memory is kept. */
  public void clear() {
    for (int i = 0; i < filled.size(); i++) {
      Entry entry = filled.get(i);
      entry.filled = false;
      if (entry.product != null && entry.tensor instanceof FloatTensor floats) {
        entry.product.forget();
        floats.defer(null);
      }
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
    return entry(parameter).tensor;
  }

  /**
   * Leaves xᵀ dy, the gradient of a parameter that has none yet, to whoever uses it first.
   *
   * @return whether it is left; if not, nothing has changed
   */
  boolean defer(Parameter parameter, Tensor x, Tensor dy) {
    if (parameter.value().size() < DeferredProduct.SMALLEST
        || !(parameter.value() instanceof FloatTensor)
        || has(parameter)
        || !(x instanceof FloatTensor left && dy instanceof FloatTensor right)
        || (left.bytes() != null && left.shape().dimension(0) >= DeferredProduct.READING_BYTES)) {
      return false;
    }
    Entry entry = entry(parameter);
    DeferredProduct product = entry.product;
    if (product == null) {
      product = new DeferredProduct();
      entry.product = product;
    }
    product.set(left, right);
    ((FloatTensor) entry.tensor).defer(product);
    return true;
  }

  private Entry entry(Parameter parameter) {
    requirePlace(parameter);
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
    return entry;
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
