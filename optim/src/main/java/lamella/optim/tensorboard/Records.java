package lamella.optim.tensorboard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * How TensorFlow's record files frame a record: length n (8 bytes), its checksum (4), n bytes,
 * their checksum (4), all little-endian.
 *
 * <p>Source: "TFRecord and tf.train.Example", the documentation of TensorFlow.
 */
final class Records {
  private Records() {}

  static ByteBuffer frame(byte[] record) {
    ByteBuffer buffer = ByteBuffer.allocate(8 + 4 + record.length + 4);
    buffer.order(ByteOrder.LITTLE_ENDIAN).putLong(record.length);
    int lengthChecksum = checksum(buffer.array(), 0, 8);
    buffer.putInt(lengthChecksum).put(record);
    return buffer.putInt(checksum(record, 0, record.length)).flip();
  }

  /**
   * CRC-32C, masked: turned by 15 bits and moved, so that the checksum of bytes that hold checksums
   * is a good one too.
   */
  static int checksum(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }
}
