package lamella.optim;

import java.util.ArrayList;
import java.util.List;
import lamella.core.Parameter;
import lamella.core.Tensor;

/**
 * What an optimiser keeps for one parameter from step to step: tensors of its shape and type, by
 * name. They are saved and loaded with the optimiser.
 */
public final class Slots {
  private final Parameter parameter;
  private final List<String> names = new ArrayList<>();
  private final List<Tensor> tensors = new ArrayList<>();

  /** How often the parameter was updated. */
  private long updates;

  private double rateFactor = 1;
  private double decayFactor = 1;

  Slots(Parameter parameter) {
    this.parameter = parameter;
  }

  /**
   * {@return the tensor of this name: zeros at first, from then on as the last step left it, in the
   * type that the parameter has now}
   *
   * @param name one word, for example {@code velocity}
   */
  public Tensor of(String name) {
    int i = names.indexOf(name);
    if (i < 0) {
      i = add(name, Tensor.zeros(parameter.value().dtype(), parameter.shape()));
    }
    Tensor tensor = tensors.get(i);
    if (tensor.dtype() != parameter.value().dtype()) {
      tensor = tensor.to(parameter.value().dtype());
      tensors.set(i, tensor);
    }
    return tensor;
  }

  int add(String name, Tensor tensor) {
    if (name.isEmpty() || name.indexOf(' ') >= 0) {
      throw new IllegalArgumentException("Slots: a name must be one word, got '" + name + "'");
    }
    names.add(name);
    tensors.add(tensor);
    return names.size() - 1;
  }

  List<String> names() {
    return names;
  }

  List<Tensor> tensors() {
    return tensors;
  }

  void setFactors(double rate, double decay) {
    rateFactor = rate;
    decayFactor = decay;
  }

  double rateFactor() {
    return rateFactor;
  }

  double decayFactor() {
    return decayFactor;
  }

  long updates() {
    return updates;
  }

  void setUpdates(long number) {
    updates = number;
  }
}
