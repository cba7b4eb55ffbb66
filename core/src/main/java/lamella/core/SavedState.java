package lamella.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Numbers, text and tensors by name: what something that is {@link Stateful} needs to go on later
 * as if it had never stopped.
 *
 * <p>All numbers come back with the bits they were put with, but for the payload of a NaN. Integer
 * arrays are kept as float64, which holds every {@code int}.
 */
public final class SavedState {
  private static final String EMPTY = "[]";

  private final List<Parameter> parameters;
  private final String prefix;
  private final Map<String, Tensor> tensors;
  private final Map<String, String> texts;

  private SavedState(
      List<Parameter> parameters,
      String prefix,
      Map<String, Tensor> tensors,
      Map<String, String> texts) {
    this.parameters = parameters;
    this.prefix = prefix;
    this.tensors = tensors;
    this.texts = texts;
  }

  /**
   * {@return an empty state of a training of these parameters}
   *
   * @param parameters those in training, in the order of the layers
   */
  public static SavedState of(List<Parameter> parameters) {
    return new SavedState(
        List.copyOf(parameters), "", new LinkedHashMap<>(), new LinkedHashMap<>());
  }

  /**
   * {@return a state with what {@link #tensors} and {@link #texts} gave}
   *
   * @param parameters those in training, in the order of the layers
   * @param tensors by full name
   * @param texts by full name
   */
  public static SavedState of(
      List<Parameter> parameters, Map<String, Tensor> tensors, Map<String, String> texts) {
    SavedState state = of(parameters);
    state.tensors.putAll(tensors);
    state.texts.putAll(texts);
    return state;
  }

  /**
   * {@return the part of this state that belongs to something of this name}
   *
   * @param name of the part
   */
  public SavedState inside(String name) {
    return new SavedState(parameters, prefix + name + ".", tensors, texts);
  }

  /**
   * {@return the parameters in training, in their order: by it, tensors that belong to them are
   * named}
   */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** {@return everything put so far that is a tensor, by its full name} */
  public Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /** {@return everything put so far that is no tensor, by its full name} */
  public Map<String, String> texts() {
    return Collections.unmodifiableMap(texts);
  }

  // Saving.

  /**
   * Puts text.
   *
   * @param name unique within this part of the state
   * @param text whatever it may be
   */
  public void put(String name, String text) {
    requireNew(name);
    texts.put(prefix + name, text);
  }

  /**
   * Puts an integer.
   *
   * @param name unique within this part of the state
   * @param integer kept exactly
   */
  public void put(String name, long integer) {
    put(name, Long.toString(integer));
  }

  /**
   * Puts a number.
   *
   * @param name unique within this part of the state
   * @param number kept exactly
   */
  public void put(String name, double number) {
    put(name, Double.toString(number));
  }

  /**
   * Puts a tensor: it itself, not a copy.
   *
   * @param name unique within this part of the state
   * @param tensor not to change until it has been written
   */
  public void put(String name, Tensor tensor) {
    requireNew(name);
    tensors.put(prefix + name, tensor);
  }

  /**
   * Puts integers.
   *
   * @param name unique within this part of the state
   * @param integers copied
   */
  public void put(String name, int[] integers) {
    double[] numbers = new double[integers.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = integers[i];
    }
    put(name, numbers);
  }

  /**
   * Puts numbers.
   *
   * @param name unique within this part of the state
   * @param numbers copied
   */
  public void put(String name, double[] numbers) {
    if (numbers.length == 0) {
      put(name, EMPTY);
    } else {
      put(name, DoubleTensor.wrap(Shape.of(numbers.length), numbers));
    }
  }

  private void requireNew(String name) {
    if (has(name)) {
      throw new IllegalStateException("SavedState: " + prefix + name + " is there already");
    }
  }

  // Loading.

  /**
   * {@return whether there is something of this name}
   *
   * @param name unique within this part of the state
   */
  public boolean has(String name) {
    return tensors.containsKey(prefix + name) || texts.containsKey(prefix + name);
  }

  /** {@return the names of all texts within this part of the state, in their order} */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (String name : texts.keySet()) {
      if (name.startsWith(prefix)) {
        names.add(name.substring(prefix.length()));
      }
    }
    return names;
  }

  /**
   * {@return the text of this name}
   *
   * @param name unique within this part of the state
   * @throws IllegalArgumentException if there is none
   */
  public String text(String name) {
    return required(texts.get(prefix + name), "text", name);
  }

  /**
   * {@return the integer of this name}
   *
   * @param name unique within this part of the state
   * @param least the smallest it may be
   * @param most the largest it may be
   * @throws IllegalArgumentException unless there is one, from {@code least} to {@code most}
   */
  public long integer(String name, long least, long most) {
    String text = text(name);
    try {
      long integer = Long.parseLong(text);
      if (least <= integer && integer <= most) {
        return integer;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(prefix + name + " is no integer: " + shortened(text), e);
    }
    throw new IllegalArgumentException(
        prefix + name + " must lie in [" + least + ", " + most + "], got " + text);
  }

  /**
   * {@return the number of this name}
   *
   * @param name unique within this part of the state
   * @throws IllegalArgumentException if there is none
   */
  public double number(String name) {
    String text = text(name);
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(prefix + name + " is no number: " + shortened(text), e);
    }
  }

  /**
   * {@return the tensor of this name}
   *
   * @param name unique within this part of the state
   * @param shape which it must have
   * @throws IllegalArgumentException if there is none, or it has another shape
   */
  public Tensor tensor(String name, Shape shape) {
    Tensor tensor = required(tensors.get(prefix + name), "tensor", name);
    if (!tensor.shape().equals(shape)) {
      throw new ShapeException(prefix + name, shape, tensor.shape());
    }
    return tensor;
  }

  /**
   * {@return the numbers of this name}
   *
   * @param name unique within this part of the state
   * @throws IllegalArgumentException if there are none
   */
  public double[] numbers(String name) {
    return EMPTY.equals(texts.get(prefix + name))
        ? new double[0]
        : required(tensors.get(prefix + name), "tensor", name).toDoubleArray();
  }

  /**
   * {@return the integers of this name}
   *
   * @param name unique within this part of the state
   * @throws IllegalArgumentException if there are none, or other numbers than integers
   */
  public int[] integers(String name) {
    double[] numbers = numbers(name);
    int[] integers = new int[numbers.length];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = (int) numbers[i];
      if (integers[i] != numbers[i]) {
        throw new IllegalArgumentException(
            prefix + name + " must be integers, got " + numbers[i] + " at " + i);
      }
    }
    return integers;
  }

  private <V> V required(@Nullable V value, String what, String name) {
    if (value == null) {
      throw new IllegalArgumentException("there is no " + what + " " + prefix + name);
    }
    return value;
  }

  private static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }
}
