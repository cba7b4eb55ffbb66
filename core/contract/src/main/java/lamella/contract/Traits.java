package lamella.contract;

import java.util.function.DoubleUnaryOperator;

/**
 * What the contract has to be told of a layer, since it cannot be found out by looking at it.
 *
 * @param domain a value for which the layer is defined, made of any value
 * @param mixesRows whether the output for an example depends on the rest of its batch
 * @param differsInInference whether the layer computes otherwise on a pass for inference
 * @param isDifferentiableByInput whether the input can be changed a little, and has a gradient
 * @param takesMissingValues whether NaN stands for a missing value, which the layer takes
 */
record Traits(
    DoubleUnaryOperator domain,
    boolean mixesRows,
    boolean differsInInference,
    boolean isDifferentiableByInput,
    boolean takesMissingValues) {
  /** Those of most layers. */
  static final Traits USUAL = new Traits(x -> x, false, false, true, false);

  Traits withDomain(DoubleUnaryOperator map) {
    return new Traits(
        map, mixesRows, differsInInference, isDifferentiableByInput, takesMissingValues);
  }

  Traits mixingRows() {
    return new Traits(
        domain, true, differsInInference, isDifferentiableByInput, takesMissingValues);
  }

  Traits differingInInference() {
    return new Traits(domain, mixesRows, true, isDifferentiableByInput, takesMissingValues);
  }

  Traits notDifferentiableByInput() {
    return new Traits(domain, mixesRows, differsInInference, false, takesMissingValues);
  }

  Traits takingMissingValues() {
    return new Traits(domain, mixesRows, differsInInference, isDifferentiableByInput, true);
  }

  /** A value for which the layer is defined, exact in float32. */
  double defined(double value) {
    return (float) domain.applyAsDouble(value);
  }
}
