package lamella.optim.tensorboard;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import lamella.core.Layers;
import lamella.core.Parameter;
import lamella.optim.Fit;
import lamella.optim.TrainingListener;
import org.jspecify.annotations.Nullable;

/**
 * Shows a training in TensorBoard while it goes on: writes an {@link EventFile}.
 *
 * <ul>
 *   <li>After every step {@code loss/batch}, its terms {@code loss/data} and {@code loss/penalty},
 *       and {@code learning rate}.
 *   <li>Whatever is measured: {@code validation accuracy} as {@code accuracy/validation}, beside
 *       {@code accuracy/train}.
 *   <li>Before the first update of every epoch histograms, {@code parameters/0.weight} and {@code
 *       gradients/0.weight} and so on, and images, if somebody draws them.
 * </ul>
 *
 * <p>A training that is resumed goes to the directory it went to before.
 */
public final class TensorBoardListener implements TrainingListener {
  private final Path directory;
  private final InstantSource clock;
  private final Map<String, String> texts = new LinkedHashMap<>();
  private final Map<String, Function<Fit, byte[]>> images = new LinkedHashMap<>();
  private long stepsBetweenHistograms;
  private @Nullable EventFile events;
  private List<String> names = List.of();

  /**
   * A listener that writes into this directory, which is made if missing; one for each training.
   *
   * @param directory of the run
   */
  public TensorBoardListener(Path directory) {
    this(directory, InstantSource.system());
  }

  /**
   * A listener with a clock that tells the times that events have.
   *
   * @param directory of the run; made if missing
   * @param clock the system's, or one for tests
   */
  public TensorBoardListener(Path directory, InstantSource clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /**
   * Adds a text to be shown: the configuration, for example, in Markdown.
   *
   * @param tag the name it is shown under
   * @param markdown the text
   * @return this listener
   */
  public TensorBoardListener withText(String tag, String markdown) {
    texts.put(tag, markdown);
    return this;
  }

  /**
   * Adds an image to be drawn whenever there are histograms, as the bytes of a PNG file.
   *
   * @param tag the name it is shown under
   * @param png draws it
   * @return this listener
   */
  public TensorBoardListener withImage(String tag, Function<Fit, byte[]> png) {
    images.put(tag, png);
    return this;
  }

  /**
   * Histograms and images before every update whose step is a multiple of this, instead of once an
   * epoch.
   *
   * @param steps at least 1
   * @return this listener
   * @throws IllegalArgumentException if below 1
   */
  public TensorBoardListener withHistogramsEvery(long steps) {
    if (steps < 1) {
      throw new IllegalArgumentException(
          "TensorBoardListener: histograms must be at least 1 step apart, got " + steps);
    }
    stepsBetweenHistograms = steps;
    return this;
  }

  @Override
  public void started(Fit fit) throws IOException {
    events = EventFile.create(directory, fit.step(), clock);
    names = names(fit);
    for (Map.Entry<String, String> text : texts.entrySet()) {
      events.text(fit.step(), text.getKey(), text.getValue());
    }
  }

  /** In the order of the parameters trained, which may not be all that the network has. */
  private static List<String> names(Fit fit) {
    IdentityHashMap<Parameter, String> names = new IdentityHashMap<>();
    Layers.parameters(fit.network()).forEach((name, parameter) -> names.put(parameter, name));
    return fit.parameters().stream()
        .map(parameter -> names.getOrDefault(parameter, parameter.name()))
        .toList();
  }

  @Override
  public void beforeUpdate(Fit fit) throws IOException {
    long every = stepsBetweenHistograms == 0 ? fit.stepsPerEpoch() : stepsBetweenHistograms;
    if ((fit.step() + fit.roundSteps() - 1) % every >= fit.roundSteps()) {
      return;
    }
    List<Parameter> parameters = fit.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      events().histogram(fit.step(), "parameters/" + names.get(i), parameter.value());
      if (fit.gradients().has(parameter)) {
        events().histogram(fit.step(), "gradients/" + names.get(i), fit.gradients().of(parameter));
      }
    }
    for (Map.Entry<String, Function<Fit, byte[]>> image : images.entrySet()) {
      events().image(fit.step(), image.getKey(), image.getValue().apply(fit));
    }
  }

  @Override
  public void measured(Fit fit, String name, double value) throws IOException {
    int cut = name.lastIndexOf(' ');
    String tag = cut < 0 ? name : name.substring(cut + 1) + "/" + name.substring(0, cut);
    events().scalar(fit.step(), tag, value);
  }

  @Override
  public void afterStep(Fit fit) throws IOException {
    events().scalar(fit.step(), "loss/batch", fit.loss());
    events().scalar(fit.step(), "loss/data", fit.dataLoss());
    events().scalar(fit.step(), "loss/penalty", fit.penalty());
    events().scalar(fit.step(), "learning rate", fit.learningRate());
  }

  @Override
  public void ended(Fit fit) throws IOException {
    if (events != null) {
      events.close();
    }
  }

  private EventFile events() {
    return Objects.requireNonNull(events, "TensorBoardListener: the training has not started");
  }

  /** For example {@code TensorBoardListener(runs/first)}. */
  @Override
  public String toString() {
    return "TensorBoardListener(" + directory + ")";
  }
}
