package lamella.core;

/**
 * A tensor that training changes: its value, its name within the layer, and its role. Gradients
 * live in the {@link Pass}, never here.
 *
 * <p>{@linkplain #freeze Frozen}, it stays as it is: it gets no gradient, no optimiser changes it,
 * no penalty counts it, and backward does not compute what only frozen parameters would need. What
 * is frozen is a matter of a training and not of the network: model files do not hold it, and a
 * resumed training must have the same parameters frozen.
 *
 * <p>While a network computes, on any number of threads, nobody may write to its parameters;
 * optimisers do so between two passes.
 */
public final class Parameter {
  /** What a parameter is for: whether training changes it, whether a penalty falls on it. */
  public enum Role {
    /** A matrix that multiplies inputs; decayed. */
    WEIGHT(true, true, true),
    /** Factors of single features, as those of a normalisation; not decayed. */
    GAIN(true, false, false),
    /** Is added; not decayed. */
    BIAS(true, false, false),
    /** Rows that are looked up, as those of an embedding; decayed. */
    TABLE(true, true, false),
    /** What was counted or averaged over the data, as a running mean; no gradient trains it. */
    STATISTIC(false, false, false);

    private final boolean trainable;
    private final boolean decayed;
    private final boolean matrix;

    Role(boolean trainable, boolean decayed, boolean matrix) {
      this.trainable = trainable;
      this.decayed = decayed;
      this.matrix = matrix;
    }

    /** {@return whether a gradient changes it} */
    public boolean isTrainable() {
      return trainable;
    }

    /** {@return whether a penalty, or a decay of weights, falls on it} */
    public boolean isDecayed() {
      return decayed;
    }

    /** {@return whether it is a matrix that inputs are multiplied by, {@code [inputs, outputs]}} */
    public boolean isMatrix() {
      return matrix;
    }
  }

  private final String name;
  private final Role role;
  private Tensor value;
  private boolean frozen;

  /** How often the value became another tensor. */
  private int replacements;

  /**
   * A parameter with its initial value.
   *
   * @param name unique within the layer, for example {@code weight}
   * @param role what regularisation goes by
   * @param value becomes the parameter's own tensor; it is not copied
   */
  public Parameter(String name, Role role, Tensor value) {
    this.name = name;
    this.role = role;
    this.value = value;
  }

  /** {@return the name within its layer} */
  public String name() {
    return name;
  }

  /** {@return what it is for} */
  public Role role() {
    return role;
  }

  /**
   * Keeps the value as it is until {@link #unfreeze}: call it between two steps, or before
   * training. Of a statistic it drops what forward updates it to.
   */
  public void freeze() {
    frozen = true;
  }

  /** Lets training change the value again; no effect if it does. */
  public void unfreeze() {
    frozen = false;
  }

  /** {@return whether {@link #freeze} keeps the value as it is} */
  public boolean isFrozen() {
    return frozen;
  }

  /** {@return whether gradients change it: it is no statistic and not frozen} */
  public boolean isTrained() {
    return role.isTrainable() && !frozen;
  }

  /** {@return the live tensor: writes to it are writes to the parameter} */
  public Tensor value() {
    return value;
  }

  /** {@return the shape of the value} */
  public Shape shape() {
    return value.shape();
  }

  /**
   * Replaces the value.
   *
   * @param value becomes the parameter's own tensor; it is not copied
   * @throws ShapeException if the shape is another one
   */
  public void setValue(Tensor value) {
    if (!value.shape().equals(this.value.shape())) {
      throw new ShapeException(this, this.value.shape(), value.shape());
    }
    this.value = value;
    replacements++;
  }

  /**
   * Changes the element type: float64 for checking gradients, float32 for training. No effect if it
   * has that type.
   *
   * @param dtype of the value from now on
   */
  public void convertTo(DType dtype) {
    if (value.dtype() != dtype) {
      value = value.to(dtype);
      replacements++;
    }
  }

  /** How often the value became another tensor. */
  int replacements() {
    return replacements;
  }

  /** Another number whenever the value is another tensor, or one that was written to. */
  int changes() {
    return 0x9E3779B9 * replacements + Elements.changes(value);
  }

  /** For example {@code weight float32[3072, 64]}. */
  @Override
  public String toString() {
    return name + " " + value;
  }
}
