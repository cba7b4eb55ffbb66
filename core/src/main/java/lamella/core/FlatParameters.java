package lamella.core;

import java.util.List;

/**
 * The values of parameters in one flat array, one after another in the order of a list, to be sent
 * or stored as one block.
 *
 * <p>All parameters are in it, also statistics and those that are not trained, which {@link
 * Gradients#copyTo(float[], int)} leaves out. The array has the parameters' type: {@code float[]}
 * for float32, {@code double[]} for float64.
 */
public final class FlatParameters {
  private static final String WHO = "FlatParameters";

  private FlatParameters() {}

  /**
   * {@return the number of elements of all}
   *
   * @param parameters for example a network's
   */
  public static int size(List<Parameter> parameters) {
    return Flat.size(parameters);
  }

  /**
   * Copies the values to an array.
   *
   * @param parameters of float32
   * @param flat filled from {@code from} on with {@link #size} numbers
   * @param from where the first one goes
   * @throws IllegalArgumentException if there is no room for them, or a parameter is float64; names
   *     the parameter
   */
  public static void copyTo(List<Parameter> parameters, float[] flat, int from) {
    copyTo(parameters, DType.FLOAT32, flat, flat.length, from);
  }

  /**
   * Copies the values to an array.
   *
   * @param parameters of float64
   * @param flat filled from {@code from} on with {@link #size} numbers
   * @param from where the first one goes
   * @throws IllegalArgumentException if there is no room for them, or a parameter is float32; names
   *     the parameter
   */
  public static void copyTo(List<Parameter> parameters, double[] flat, int from) {
    copyTo(parameters, DType.FLOAT64, flat, flat.length, from);
  }

  private static void copyTo(
      List<Parameter> parameters, DType type, Object flat, int length, int from) {
    Flat.require(WHO, parameters, type, length, from);
    int at = from;
    for (Parameter parameter : parameters) {
      Flat.copyFrom(parameter.value(), flat, at);
      at += parameter.value().size();
    }
  }

  /**
   * Sets the values to those of an array.
   *
   * @param parameters of float32; changed
   * @param flat read from {@code from} on, {@link #size} numbers
   * @param from where the first one lies
   * @throws IllegalArgumentException if there are not so many, or a parameter is float64; names the
   *     parameter, and nothing has changed then
   */
  public static void setFrom(List<Parameter> parameters, float[] flat, int from) {
    setFrom(parameters, DType.FLOAT32, flat, flat.length, from);
  }

  /**
   * Sets the values to those of an array.
   *
   * @param parameters of float64; changed
   * @param flat read from {@code from} on, {@link #size} numbers
   * @param from where the first one lies
   * @throws IllegalArgumentException if there are not so many, or a parameter is float32; names the
   *     parameter, and nothing has changed then
   */
  public static void setFrom(List<Parameter> parameters, double[] flat, int from) {
    setFrom(parameters, DType.FLOAT64, flat, flat.length, from);
  }

  private static void setFrom(
      List<Parameter> parameters, DType type, Object flat, int length, int from) {
    Flat.require(WHO, parameters, type, length, from);
    int at = from;
    for (Parameter parameter : parameters) {
      Flat.copyTo(flat, at, parameter.value());
      at += parameter.value().size();
    }
  }
}
