/**
 * Tensors, the layer contract and the arithmetic beneath them. Depends on the JDK only.
 *
 * <p>{@code jdk.incubator.vector} is resolved by this descriptor on the module path. On the class
 * path the JVM needs {@code --add-modules jdk.incubator.vector}; without it the scalar kernels run,
 * with the same bits and less speed.
 */
module lamella.core {
  requires jdk.incubator.vector;
  requires static org.jspecify;

  uses lamella.core.io.LayerFormats;

  exports lamella.core;
  exports lamella.core.formula;
  exports lamella.core.io;
  exports lamella.core.random;
}
