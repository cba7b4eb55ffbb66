package lamella.examples.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import lamella.examples.serve.PredictionService;
import lamella.examples.serve.ServedModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lamella serve}. */
@Command(
    name = "serve",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Answers HTTP requests with the predictions of a trained model, until Ctrl-C.",
      "",
      "POST /predict takes the network's inputs as a JSON array, or with Content-Type application/octet-stream as"
          + " float32 numbers, little-endian, and answers with class and probabilities, or with the numbers that a model"
          + " of numbers gives, as JSON. GET /model describes the model, GET /ready says whether it is warm. The inputs"
          + " of a model that 'lamella train' wrote are the 32 x 32 pixels of an image row by row, red, green and blue of each, 0 to"
          + " 255.",
      ""
    })
final class ServeCommand implements Callable<Integer> {
  /** For requests under way when the service is asked to stop. */
  private static final int GRACE_SECONDS = 5;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private ModelOption model = new ModelOption();

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "localhost",
      description =
          "The address to listen at; 0.0.0.0 is all of this machine's. Default: ${DEFAULT-VALUE}, which other machines"
              + " cannot reach.")
  private String host = "";

  @Option(
      names = "--port",
      converter = NumberConverters.Whole.class,
      paramLabel = "N",
      defaultValue = "8080",
      description = "The port to listen at; 0 is any that is free. Default: ${DEFAULT-VALUE}.")
  private long port;

  ServeCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (port < 0 || port > 0xffff) {
      throw new ParameterException(
          Output.filled(spec).commandLine(), "--port must lie in [0, 65535], got " + port);
    }
    ServedModel served = ServedModel.read(model.file());
    PredictionService service = start(served);
    Thread stop = new Thread(() -> service.stop(GRACE_SECONDS), "lamella-stop");
    Runtime.getRuntime().addShutdownHook(stop);
    Output.of(spec)
        .println(
            served
                + " answers at http://"
                + (host.contains(":") ? "[" + host + "]" : host) // IPv6
                + ":"
                + service.address().getPort()
                + "/predict, until Ctrl-C");
    new CountDownLatch(1).await();
    return 0;
  }

  private PredictionService start(ServedModel served) throws IOException {
    try {
      return PredictionService.start(served, new InetSocketAddress(host, (int) port));
    } catch (SocketException e) {
      throw new IOException("cannot listen at " + host + ":" + port + ": " + e.getMessage(), e);
    }
  }
}
