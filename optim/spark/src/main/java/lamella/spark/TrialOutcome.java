package lamella.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What a trial gives; {@link Trial} says what the parts are. */
final class TrialOutcome {
  private final double metric;
  private final int bestEpoch;
  private final double seconds;
  private final String fingerprint;
  private final String failure;
  private final byte[] network;

  /**
   * What a trial gave.
   *
   * @param network the bytes of its model file; none if it failed
   */
  TrialOutcome(
      double metric,
      int bestEpoch,
      double seconds,
      String fingerprint,
      String failure,
      byte[] network) {
    this.metric = metric;
    this.bestEpoch = bestEpoch;
    this.seconds = seconds;
    this.fingerprint = fingerprint;
    this.failure = failure;
    this.network = network;
  }

  static TrialOutcome failed(double seconds, String reason) {
    return new TrialOutcome(Double.NaN, 0, seconds, "", reason, new byte[0]);
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeDouble(metric);
      out.writeInt(bestEpoch);
      out.writeDouble(seconds);
      out.writeUTF(fingerprint);
      byte[] reason = failure.getBytes(StandardCharsets.UTF_8);
      out.writeInt(reason.length);
      out.write(reason);
      out.writeInt(network.length);
      out.write(network);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static TrialOutcome of(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      return new TrialOutcome(
          in.readDouble(),
          in.readInt(),
          in.readDouble(),
          in.readUTF(),
          new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8),
          in.readNBytes(in.readInt()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bytes of the network's model file; not copied. */
  byte[] network() {
    return network;
  }

  /** As a trial of a sweep. */
  Trial toTrial(PlannedTrial planned) {
    return new Trial(
        planned.number(),
        planned.params(),
        metric,
        bestEpoch,
        seconds,
        fingerprint,
        failure,
        false);
  }
}
