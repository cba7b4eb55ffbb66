package lamella.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import lamella.core.Fingerprint;
import lamella.core.io.FileFormatException;
import lamella.data.cifar.ImageDataset;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.LabelledImages;
import lamella.data.cifar.MeanImage;
import lamella.data.cifar.Normalisation;
import lamella.data.cifar.Standardisation;
import lamella.examples.EnsembleModel;
import lamella.examples.Head;
import lamella.examples.Model;
import lamella.layers.InputNorm;
import lamella.optim.Evaluation;
import lamella.optim.Metrics;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lamella evaluate}. */
@Command(
    name = "evaluate",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Measures a trained model: accuracy, log loss, calibration error, precision and recall of each class, confusion"
          + " matrix.",
      "",
      "On the data a model was trained on, the accuracies are exactly those that 'lamella train' printed.",
      ""
    })
final class EvaluateCommand implements Callable<Integer> {
  /** Of the calibration error. */
  private static final int BINS = 15;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private ModelsOption models = new ModelsOption();

  @Mixin private ViewsOption views = new ViewsOption();

  @Mixin private PixelOptions pixels = new PixelOptions();

  @Mixin private DataOptions data = new DataOptions();

  EvaluateCommand() {}

  @Override
  public Integer call() throws IOException {
    PrintWriter console = Output.of(spec);
    List<Path> files = models.files();
    Model trained = pixels.read(files, views.views());
    Images images = data.open(trained.validationImages(Images.VALIDATION), console, console);
    console.println(
        "model: " + EnsembleModel.describe(trained.network()) + ", " + trained.network().dtype());
    requireSame(files.getFirst(), trained, images.source());
    if (!isTrainedOn(images, trained)) {
      console.println(
          "note: the model was trained on other images than these ("
              + trained.origin().getOrDefault("data", "unknown")
              + ")");
    }
    if (trained.isTrainedOnDrawnImages()) {
      console.println(Images.trainedOnDrawn());
    }
    Images seen = images.pixels();
    Evaluation validation = evaluate(trained, seen.validation());
    Evaluation test = evaluate(trained, seen.test());
    console.println();
    printQuality(console, validation, test);
    console.println();
    Figures.printClasses(console, "test images of each class", trained.classNames(), test);
    console.println();
    Figures.printConfusions(console, "test images", trained.classNames(), test);
    console.println();
    console.printf(
        Locale.ROOT,
        "validation %.4f test %.4f parameters sha256 %s%n",
        validation.accuracy(),
        test.accuracy(),
        trained.fingerprint());
    return 0;
  }

  /** Whether the model's inputs are normalised by what these images say; who knows otherwise. */
  private static boolean isTrainedOn(Images images, Model trained) {
    if (!(EnsembleModel.first(trained.network()).layers().getFirst() instanceof InputNorm head)) {
      return true;
    }
    ImageSet train = images.train().images();
    Normalisation like = head.deviation() == null ? MeanImage.of(train) : Standardisation.of(train);
    InputNorm ours = Head.layer(like, trained.network().dtype());
    return Fingerprint.of(head.parameters()).equals(Fingerprint.of(ours.parameters()));
  }

  private static void requireSame(Path file, Model trained, LabelledImages images)
      throws FileFormatException {
    if (!trained.shape().equals(images.shape())) {
      throw new FileFormatException(
          file.toString(),
          "a model of images "
              + trained.shape()
              + ", but those of "
              + images.source()
              + " are "
              + images.shape());
    }
    int classes = images.classNames().size();
    if (trained.classNames().size() != classes) {
      throw new FileFormatException(
          file.toString(),
          trained.classNames().size() + " classes, but the images have " + classes);
    }
  }

  private Evaluation evaluate(Model model, ImageDataset data) {
    return Evaluation.of(
        model.network(), Metrics.logLoss().and(Metrics.calibrationError(BINS)), data);
  }

  private static void printQuality(PrintWriter console, Evaluation validation, Evaluation test) {
    console.println("            accuracy  log loss  calibration error");
    printQuality(console, "validation", validation);
    printQuality(console, "test", test);
  }

  private static void printQuality(PrintWriter console, String name, Evaluation evaluation) {
    console.printf(
        Locale.ROOT,
        "%-10s    %.4f  %8.4f  %17.4f%n",
        name,
        evaluation.accuracy(),
        evaluation.measured().get("log-loss"),
        evaluation.measured().get("calibration-error"));
  }
}
