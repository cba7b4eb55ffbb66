package lamella.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import lamella.core.io.ModelFile;
import lamella.optim.History;

/**
 * What a training gives, as bytes: what tasks return travels by whatever serializer the application
 * chose.
 */
final class TrainedBytes {
  private TrainedBytes() {}

  static byte[] of(Trained trained) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      byte[] network = ModelFile.of(trained.network()).toBytes();
      out.writeInt(network.length);
      out.write(network);
      out.writeInt(trained.bestEpoch().orElse(0));
      History history = trained.history();
      out.writeUTF(history.stopReason().orElse(""));
      out.writeInt(history.steps().size());
      for (History.Step step : history.steps()) {
        out.writeLong(step.number());
        out.writeDouble(step.dataLoss());
        out.writeDouble(step.penalty());
        out.writeDouble(step.learningRate());
      }
      out.writeInt(history.measurements().size());
      for (History.Measurement measurement : history.measurements()) {
        out.writeLong(measurement.step());
        out.writeUTF(measurement.name());
        out.writeDouble(measurement.value());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static Trained parse(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      byte[] network = in.readNBytes(in.readInt());
      int bestEpoch = in.readInt();
      String stopReason = in.readUTF();
      List<History.Step> steps = new ArrayList<>();
      for (int i = in.readInt(); i > 0; i--) {
        steps.add(
            new History.Step(in.readLong(), in.readDouble(), in.readDouble(), in.readDouble()));
      }
      List<History.Measurement> measurements = new ArrayList<>();
      for (int i = in.readInt(); i > 0; i--) {
        measurements.add(new History.Measurement(in.readLong(), in.readUTF(), in.readDouble()));
      }
      return new Trained(
          ModelFile.parse("network", network).network(),
          new History(
              steps,
              measurements,
              stopReason.isEmpty() ? Optional.empty() : Optional.of(stopReason)),
          bestEpoch == 0 ? OptionalInt.empty() : OptionalInt.of(bestEpoch));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
