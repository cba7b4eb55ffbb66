package lamella.examples.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lamella.examples.serve.Limits;
import lamella.examples.serve.PredictionService;
import lamella.examples.serve.Servable;
import lamella.examples.serve.ServedGraph;
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
      "Answers HTTP requests with the predictions of trained models, until Ctrl-C.",
      "",
      "POST /predict takes the network's inputs as a JSON array, or an array of such arrays for several examples, and"
          + " answers with class and probabilities, or with the numbers that a model of numbers gives, as JSON. With"
          + " Content-Type application/octet-stream the inputs are float32 numbers, little-endian, with application/x-npy"
          + " NumPy's file of an array. A model of a table's rows takes an object of values by column names, an array of such"
          + " objects, or with Content-Type text/csv lines of CSV. Of several models each answers at POST /models/NAME/predict. GET /models describes them,"
          + " GET /ready says whether they are warm, GET /metrics is for Prometheus, and /v2 is the Open Inference Protocol,"
          + " by which ONNX files of several inputs or outputs are asked."
          + " The inputs of a model that 'lamella train' wrote are the pixels of an image row by row, red, green and blue or"
          + " grey of each, 0 to 255.",
      ""
    })
final class ServeCommand implements Callable<Integer> {
  /** For requests under way when the service is asked to stop. */
  private static final int GRACE_SECONDS = 5;

  /** A name, which has no separator of paths in it, and a file. */
  private static final Pattern NAMED = Pattern.compile("([^=/\\\\]+)=(.+)");

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "[NAME=]FILE",
      description =
          "A model.safetensors that 'lamella train', 'lamella table train' or 'lamella ensemble' wrote, or one like it, or the directory it is in, and the name by"
              + " which it is asked; without one, the file's or the directory's, without its ending. Repeat it for several models."
              + " Default: the newest of those in lamella-out, lamella-out-2 and so on.")
  private List<String> models = new ArrayList<>();

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

  @Option(
      names = "--max-examples",
      converter = NumberConverters.Whole.class,
      paramLabel = "N",
      defaultValue = "1024",
      description = "How many examples a request may have. Default: ${DEFAULT-VALUE}.")
  private long maxExamples;

  @Mixin private ViewsOption views = new ViewsOption();

  @Mixin private UnpackedOption unpacked = new UnpackedOption();

  ServeCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (port < 0 || port > 0xffff) {
      throw new ParameterException(
          Output.filled(spec).commandLine(), "--port must lie in [0, 65535], got " + port);
    }
    if (maxExamples < 1 || maxExamples > 1 << 24) {
      throw new ParameterException(
          Output.filled(spec).commandLine(),
          "--max-examples must lie in [1, 16777216], got " + maxExamples);
    }
    List<Servable> served = read();
    PredictionService service = start(served);
    Thread stop = new Thread(() -> service.stop(GRACE_SECONDS), "lamella-stop");
    Runtime.getRuntime().addShutdownHook(stop);
    String address =
        "http://"
            + (host.contains(":") ? "[" + host + "]" : host) // IPv6
            + ":"
            + service.address().getPort();
    for (Servable model : served) {
      String path =
          model instanceof ServedGraph
              ? "/v2/models/" + model.name() + "/infer"
              : served.size() == 1 ? "/predict" : "/models/" + model.name() + "/predict";
      Output.of(spec).println(model + " answers at " + address + path + ", until Ctrl-C");
    }
    new CountDownLatch(1).await();
    return 0;
  }

  /** The models by their names, each of which there may be once. */
  private List<Servable> read() throws IOException {
    if (models.isEmpty()) {
      Path newest = ModelOption.newest(spec);
      return List.of(
          Servable.read(Servable.nameOf(newest), newest, unpacked.isPacked(), views.views()));
    }
    Map<String, Path> files = new LinkedHashMap<>();
    for (String given : models) {
      Path file = Path.of(given);
      String name = "";
      Matcher named = NAMED.matcher(given);
      if (named.matches() && !Files.exists(file)) {
        name = named.group(1);
        file = Path.of(named.group(2));
      }
      name = name.isEmpty() ? Servable.nameOf(file) : name;
      Path other = files.put(name, ModelOption.file(file));
      if (other != null) {
        throw new ParameterException(
            Output.filled(spec).commandLine(),
            "--model: "
                + other
                + " and "
                + ModelOption.file(file)
                + " would both have the name "
                + name
                + "; say --model NAME=FILE");
      }
    }
    List<Servable> served = new ArrayList<>();
    for (Map.Entry<String, Path> file : files.entrySet()) {
      served.add(Servable.read(file.getKey(), file.getValue(), unpacked.isPacked(), views.views()));
    }
    return served;
  }

  private PredictionService start(List<Servable> served) throws IOException {
    try {
      return PredictionService.start(
          served,
          new InetSocketAddress(host, (int) port),
          Limits.standard().withExamples((int) maxExamples));
    } catch (SocketException e) {
      throw new IOException("cannot listen at " + host + ":" + port + ": " + e.getMessage(), e);
    }
  }
}
