package lamella.core;

/**
 * A tensor that training changes: its value, its name within the layer, and its role. Gradients
 * live in the {@link Pass}, never here.
 *
 * <p>While a network computes, on any number of threads, nobody may write to its parameters;
 * optimisers do so between two passes.
 */
public final class Parameter {
  /** What a parameter is for: an optimiser's L2 penalty falls on weights only. */
  public enum Role {
    /** Multiplies an input; penalised by L2. */
    WEIGHT,
    /** Is added; not penalised. */
    BIAS
  }

  private final String name;
  private final Role role;
  private Tensor value;

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

  /** {@return whether it is a weight or a bias} */
  public Role role() {
    return role;
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
