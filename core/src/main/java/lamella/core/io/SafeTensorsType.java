package lamella.core.io;

import java.nio.ByteBuffer;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/** The element types of safetensors files that tensors can hold, every number exactly. */
enum SafeTensorsType {
  F64(8, DType.FLOAT64),
  F32(4, DType.FLOAT32),
  F16(2, DType.FLOAT32),
  BF16(2, DType.FLOAT32);

  private final int bytes;
  private final DType tensorType;

  SafeTensorsType(int bytes, DType tensorType) {
    this.bytes = bytes;
    this.tensorType = tensorType;
  }

  /** The type of this name, or null if it is none of these. */
  static @Nullable SafeTensorsType of(String name) {
    for (SafeTensorsType type : values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return null;
  }

  /** Size of one element in a file. */
  int bytes() {
    return bytes;
  }

  /** The type of tensors that hold them. */
  DType tensorType() {
    return tensorType;
  }

  /**
   * Copies elements.
   *
   * @param from little-endian, from its beginning on
   * @param to of {@link #tensorType}, from {@code index} on
   */
  void decode(ByteBuffer from, Tensor to, int index, int count) {
    // No switch over types before a process's first prediction: the first one takes 3 ms.
    if (to instanceof FloatTensor floats) {
      decode(from, floats.array(), index, count);
    } else {
      from.asDoubleBuffer().get(((DoubleTensor) to).array(), index, count);
    }
  }

  private void decode(ByteBuffer from, float[] to, int index, int count) {
    if (this == F32) {
      from.asFloatBuffer().get(to, index, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      short bits = from.getShort(2 * i);
      to[index + i] = this == F16 ? HalfPrecision.float16(bits) : HalfPrecision.bfloat16(bits);
    }
  }
}
