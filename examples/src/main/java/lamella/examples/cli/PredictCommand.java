package lamella.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import lamella.core.Batch;
import lamella.core.Predictor;
import lamella.data.cifar.ImageDataset;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.MeanImage;
import lamella.examples.ImageFile;
import lamella.examples.Model;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamella predict}. */
@Command(
    name = "predict",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Classifies image files.",
      "",
      "Prints a line for each: the file, the class, and the probabilities of all classes, the likeliest first. Images are"
          + " turned upright as their EXIF orientation says (JPEG, PNG), laid on white where they are transparent, and"
          + " scaled to the size of the model's images, and made grey where those are; colour profiles and gamma values are ignored. A file that is cut off or damaged"
          + " is refused, and the others are classified.",
      ""
    })
final class PredictCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Mixin private ModelsOption models = new ModelsOption();

  @Mixin private ViewsOption views = new ViewsOption();

  @Mixin private PixelOptions pixels = new PixelOptions();

  @Mixin private UnpackedOption unpacked = new UnpackedOption();

  @Parameters(
      arity = "1..*",
      paramLabel = "IMAGE",
      description = "PNG, JPEG, GIF (the first frame) or BMP files.")
  private List<Path> images = List.of();

  PredictCommand() {}

  @Override
  public Integer call() throws IOException {
    PrintWriter console = Output.of(spec);
    Model trained = pixels.read(models.files(), views.views());
    if (trained.isTrainedOnDrawnImages()) {
      Output.errors(spec).println("lamella predict: " + Images.trainedOnDrawn());
    }
    Predictor predictor = unpacked.predictor(trained.network());
    int status = 0;
    for (Path image : images) {
      try {
        byte[] pixels = ImageFile.read(image, trained.shape());
        double[] probabilities = probabilities(predictor, trained, pixels);
        console.println(image + ": " + describe(trained.classNames(), probabilities));
      } catch (ArithmeticException e) {
        Output.errors(spec).println("lamella predict: " + image + ": " + e.getMessage());
        status = 1;
      } catch (IOException e) {
        Output.errors(spec).println("lamella predict: " + Failures.describe(e));
        status = 1;
      }
    }
    return status;
  }

  private static double[] probabilities(Predictor predictor, Model model, byte[] pixels) {
    ImageSet image = ImageSet.wrap(model.shape(), Model.LAYOUT, 1, new byte[1], pixels);
    ImageDataset data = new ImageDataset(image, MeanImage.zero(model.shape()));
    Batch<int[]> batch = data.newBatch(1, predictor.network().dtype());
    data.read(new int[1], batch);
    return predictor.probabilities(batch.inputs()).toDoubleArray();
  }

  private static String describe(List<String> names, double[] probabilities) {
    List<Integer> order =
        IntStream.range(0, probabilities.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -probabilities[i]))
            .toList();
    StringJoiner text = new StringJoiner(", ");
    for (int i : order) {
      text.add(String.format(Locale.ROOT, "%s %.4f", names.get(i), probabilities[i]));
    }
    return names.get(order.getFirst()) + " (" + text + ")";
  }
}
