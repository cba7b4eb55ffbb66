package lamella.core.io;

import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a file by name, which know what else the file has: whoever misses one can say that
 * it is there, but cannot be held.
 */
final class FileTensors extends AbstractMap<String, Tensor> {
  private final Map<String, Tensor> tensors;
  private final Map<String, String> leftOut;

  /**
   * A view.
   *
   * @param tensors can be written to if this map can
   * @param leftOut why, by name
   */
  FileTensors(Map<String, Tensor> tensors, Map<String, String> leftOut) {
    this.tensors = tensors;
    this.leftOut = leftOut;
  }

  Map<String, String> leftOut() {
    return leftOut;
  }

  @Override
  public Set<Entry<String, Tensor>> entrySet() {
    return tensors.entrySet();
  }

  @Override
  public @Nullable Tensor get(Object name) {
    return tensors.get(name);
  }

  @Override
  public boolean containsKey(Object name) {
    return tensors.containsKey(name);
  }

  @Override
  public @Nullable Tensor put(String name, Tensor tensor) {
    return tensors.put(name, tensor);
  }
}
