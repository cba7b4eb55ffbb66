package lamella.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import lamella.core.State;
import lamella.core.Stateful;
import lamella.optim.History.Measurement;
import lamella.optim.History.Step;
import org.jspecify.annotations.Nullable;

/** A history in the making: three numbers a step in arrays, so that a step makes no object. */
final class Recorder implements Stateful {
  /** Steps there is room for from the start: 24 MB. */
  private static final long ROOM = 1 << 20;

  private double[] dataLosses;
  private double[] penalties;
  private double[] learningRates;
  private int size;
  private final List<Measurement> measurements = new ArrayList<>();

  Recorder(long steps) {
    int room = (int) Math.min(steps, ROOM);
    dataLosses = new double[room];
    penalties = new double[room];
    learningRates = new double[room];
  }

  void add(double dataLoss, double penalty, double learningRate) {
    if (size == dataLosses.length) {
      int room = 2 * size + 1;
      dataLosses = Arrays.copyOf(dataLosses, room);
      penalties = Arrays.copyOf(penalties, room);
      learningRates = Arrays.copyOf(learningRates, room);
    }
    dataLosses[size] = dataLoss;
    penalties[size] = penalty;
    learningRates[size] = learningRate;
    size++;
  }

  void add(Measurement measurement) {
    measurements.add(measurement);
  }

  int size() {
    return size;
  }

  double dataLoss() {
    return dataLosses[size - 1];
  }

  double penalty() {
    return penalties[size - 1];
  }

  double learningRate() {
    return learningRates[size - 1];
  }

  /** The largest rate so far: where it only falls, the one that somebody chose. */
  double largestLearningRate() {
    return Arrays.stream(learningRates, 0, size).max().orElse(0);
  }

  History history(@Nullable String stopReason) {
    List<Step> steps = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      steps.add(new Step(i, dataLosses[i], penalties[i], learningRates[i]));
    }
    return new History(steps, measurements, Optional.ofNullable(stopReason));
  }

  @Override
  public void save(State state) {
    state.put("data_loss", Arrays.copyOf(dataLosses, size));
    state.put("penalty", Arrays.copyOf(penalties, size));
    state.put("learning_rate", Arrays.copyOf(learningRates, size));
    List<String> names = measurements.stream().map(Measurement::name).distinct().toList();
    for (int i = 0; i < names.size(); i++) {
      state.put("name." + i, names.get(i));
    }
    State measured = state.inside("measured");
    measured.put("step", measurements.stream().mapToDouble(Measurement::step).toArray());
    measured.put("name", measurements.stream().mapToInt(m -> names.indexOf(m.name())).toArray());
    measured.put("value", measurements.stream().mapToDouble(Measurement::value).toArray());
  }

  @Override
  public void load(State state) {
    double[] losses = state.numbers("data_loss");
    double[] regularisation = state.numbers("penalty");
    double[] rates = state.numbers("learning_rate");
    State measured = state.inside("measured");
    double[] steps = measured.numbers("step");
    int[] names = measured.integers("name");
    double[] values = measured.numbers("value");
    if (regularisation.length != losses.length
        || rates.length != losses.length
        || names.length != steps.length
        || values.length != steps.length) {
      throw new IllegalArgumentException("a history needs columns of one length");
    }
    dataLosses = losses;
    penalties = regularisation;
    learningRates = rates;
    size = losses.length;
    measurements.clear();
    for (int i = 0; i < steps.length; i++) {
      measurements.add(new Measurement((long) steps[i], state.text("name." + names[i]), values[i]));
    }
  }
}
