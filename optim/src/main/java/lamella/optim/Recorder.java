package lamella.optim;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.RandomAccess;
import lamella.core.SavedState;
import lamella.core.Stateful;
import lamella.optim.History.Measurement;
import lamella.optim.History.Step;
import org.jspecify.annotations.Nullable;

/**
 * A history in the making, in columns of numbers: no step makes an object, and the lists that a
 * {@link History} has are views.
 *
 * <p>Kept is every n-th step, and the last. Where these become too many, every second of them goes,
 * and from then on every 2n-th is kept; so with the measurements of each name. What is kept depends
 * on the number of steps and measurements only.
 */
final class Recorder implements Stateful {
  private final long chosenEvery;
  private final int limit;

  /** Every so many steps one is kept: those whose number is a multiple. */
  private long every;

  private long steps;
  private Column dataLosses;
  private Column penalties;
  private Column learningRates;
  private double dataLoss;
  private double penalty;
  private double learningRate;
  private double largestLearningRate;

  /** Of the measurements of one name, every so many one is kept. */
  private long measurementsEvery = 1;

  private Column measuredSteps = new Column(1);
  private Column measuredNames = new Column(1);
  private Column measuredValues = new Column(1);
  private final List<Name> names = new ArrayList<>();
  private final Map<String, Name> byName = new HashMap<>();

  /** What has been measured under one name. */
  private static final class Name {
    private final int index;
    private final String text;
    private long count;
    private long lastStep = -1;
    private double lastValue;

    private Name(int index, String text) {
      this.index = index;
      this.text = text;
    }
  }

  /** For a training of so many steps, of which every n-th is kept. */
  Recorder(long expected, long every) {
    this(expected, every, History.MOST_STEPS);
  }

  Recorder(long expected, long every, int limit) {
    this.chosenEvery = every;
    this.limit = limit;
    this.every = every;
    dataLosses = new Column(expected);
    penalties = new Column(expected);
    learningRates = new Column(expected);
  }

  // Steps.

  void add(double newDataLoss, double newPenalty, double newLearningRate) {
    dataLoss = newDataLoss;
    penalty = newPenalty;
    learningRate = newLearningRate;
    largestLearningRate = Math.max(largestLearningRate, newLearningRate);
    if (steps % every == 0) {
      if (dataLosses.size() == limit) {
        thin();
      }
      if (steps % every == 0) {
        dataLosses.add(dataLoss);
        penalties.add(penalty);
        learningRates.add(learningRate);
      }
    }
    steps++;
  }

  private void thin() {
    every *= 2;
    dataLosses = everySecond(dataLosses);
    penalties = everySecond(penalties);
    learningRates = everySecond(learningRates);
  }

  private static Column everySecond(Column column) {
    Column half = new Column(column.size());
    for (int i = 0; i < column.size(); i += 2) {
      half.add(column.get(i));
    }
    return half;
  }

  /** The number of steps there were. */
  long size() {
    return steps;
  }

  double dataLoss() {
    return dataLoss;
  }

  double penalty() {
    return penalty;
  }

  double learningRate() {
    return learningRate;
  }

  /** The loss of the first step of all. */
  double firstLoss() {
    return dataLosses.size() == 0 ? Double.NaN : dataLosses.get(0) + penalties.get(0);
  }

  /** The largest rate so far: where it only falls, the one that somebody chose. */
  double largestLearningRate() {
    return largestLearningRate;
  }

  // Measurements.

  void add(long step, String name, double value) {
    Name measured = byName.get(name);
    if (measured == null) {
      measured = newName(name);
    }
    if (measured.lastStep == step) {
      throw new IllegalArgumentException(
          "Fit: \"" + name + "\" was measured already after step " + step);
    }
    if (measured.count % measurementsEvery == 0) {
      if (measuredSteps.size() == limit) {
        thinMeasurements();
      }
      if (measured.count % measurementsEvery == 0) {
        measuredSteps.add((double) step);
        measuredNames.add(measured.index);
        measuredValues.add(value);
      }
    }
    measured.count++;
    measured.lastStep = step;
    measured.lastValue = value;
  }

  private Name newName(String text) {
    Name name = new Name(names.size(), text);
    names.add(name);
    byName.put(text, name);
    return name;
  }

  private void thinMeasurements() {
    measurementsEvery *= 2;
    Column keptSteps = new Column(limit);
    Column keptNames = new Column(limit);
    Column keptValues = new Column(limit);
    long[] seen = new long[names.size()];
    for (int i = 0; i < measuredSteps.size(); i++) {
      if (seen[(int) measuredNames.get(i)]++ % 2 == 0) {
        keptSteps.add(measuredSteps.get(i));
        keptNames.add(measuredNames.get(i));
        keptValues.add(measuredValues.get(i));
      }
    }
    measuredSteps = keptSteps;
    measuredNames = keptNames;
    measuredValues = keptValues;
  }

  /** Whether there is a measurement of this name. */
  boolean has(String name) {
    return byName.containsKey(name);
  }

  /** The step after which something was last measured; -1 if it never was. */
  long lastStepOf(String name) {
    Name measured = byName.get(name);
    return measured == null ? -1 : measured.lastStep;
  }

  /** The names there are, in the order of their first measurement. */
  List<String> names() {
    return names.stream().map(name -> name.text).toList();
  }

  // The history.

  History history(@Nullable String stopReason) {
    return new History(new Steps(this), new Measurements(this), Optional.ofNullable(stopReason));
  }

  /** The steps kept so far; a view of what does not change. */
  static final class Steps extends AbstractList<Step> implements RandomAccess {
    private final Column dataLosses;
    private final Column penalties;
    private final Column learningRates;
    private final long every;
    private final @Nullable Step last;

    private Steps(Recorder recorder) {
      dataLosses = recorder.dataLosses.view();
      penalties = recorder.penalties.view();
      learningRates = recorder.learningRates.view();
      every = recorder.every;
      long number = recorder.steps - 1;
      last =
          number < 0 || number % every == 0
              ? null
              : new Step(number, recorder.dataLoss, recorder.penalty, recorder.learningRate);
    }

    @Override
    public int size() {
      return dataLosses.size() + (last == null ? 0 : 1);
    }

    @Override
    public Step get(int index) {
      if (index == dataLosses.size() && last != null) {
        return last;
      }
      if (index < 0 || index >= dataLosses.size()) {
        throw new IndexOutOfBoundsException(
            "History: step " + index + " is outside [0, " + size() + ")");
      }
      return new Step(
          index * every, dataLosses.get(index), penalties.get(index), learningRates.get(index));
    }
  }

  /** The measurements kept so far; a view of what does not change. */
  static final class Measurements extends AbstractList<Measurement> implements RandomAccess {
    private final Column steps;
    private final Column nameIndices;
    private final Column values;
    private final List<String> names;

    /** The last of each name, where it is not among those kept. */
    private final List<Measurement> last = new ArrayList<>();

    private Measurements(Recorder recorder) {
      steps = recorder.measuredSteps.view();
      nameIndices = recorder.measuredNames.view();
      values = recorder.measuredValues.view();
      names = recorder.names();
      for (Name name : recorder.names) {
        if ((name.count - 1) % recorder.measurementsEvery != 0) {
          last.add(new Measurement(name.lastStep, name.text, name.lastValue));
        }
      }
    }

    @Override
    public int size() {
      return steps.size() + last.size();
    }

    @Override
    public Measurement get(int index) {
      if (index < 0 || index >= size()) {
        throw new IndexOutOfBoundsException(
            "History: measurement " + index + " is outside [0, " + size() + ")");
      }
      return index < steps.size()
          ? new Measurement(
              (long) steps.get(index), names.get((int) nameIndices.get(index)), values.get(index))
          : last.get(index - steps.size());
    }
  }

  // Saving. A column of equal numbers is saved as one of them.

  @Override
  public void save(SavedState state) {
    state.put("steps", steps);
    state.put("every", every);
    put(state, "data_loss", dataLosses);
    put(state, "penalty", penalties);
    put(state, "learning_rate", learningRates);
    state.put("last", new double[] {dataLoss, penalty, learningRate, largestLearningRate});
    for (Name name : names) {
      state.put("name." + name.index, name.text);
    }
    SavedState measured = state.inside("measured");
    measured.put("every", measurementsEvery);
    measured.put("step", measuredSteps.toArray());
    measured.put("name", measuredNames.toArray());
    measured.put("value", measuredValues.toArray());
    measured.put("counts", names.stream().mapToDouble(name -> name.count).toArray());
    measured.put("last_step", names.stream().mapToDouble(name -> name.lastStep).toArray());
    measured.put("last_value", names.stream().mapToDouble(name -> name.lastValue).toArray());
  }

  private static void put(SavedState state, String name, Column column) {
    double[] numbers = column.toArray();
    for (double number : numbers) {
      if (Double.doubleToRawLongBits(number) != Double.doubleToRawLongBits(numbers[0])) {
        state.put(name, numbers);
        return;
      }
    }
    state.put(name, numbers.length == 0 ? numbers : new double[] {numbers[0]});
  }

  @Override
  public void load(SavedState state) {
    long saved = state.integer("steps", 0, Long.MAX_VALUE);
    long savedEvery = state.integer("every", 1, Long.MAX_VALUE);
    if (savedEvery % chosenEvery != 0 || Long.bitCount(savedEvery / chosenEvery) != 1) {
      throw new IllegalArgumentException(
          "the history is of every "
              + savedEvery
              + " steps there, and of every "
              + chosenEvery
              + " here");
    }
    long kept = saved == 0 ? 0 : (saved - 1) / savedEvery + 1;
    if (kept > limit) {
      throw new IllegalArgumentException("a history must be of " + limit + " steps at most");
    }
    Column losses = column(state, "data_loss", (int) kept);
    Column regularisation = column(state, "penalty", (int) kept);
    Column rates = column(state, "learning_rate", (int) kept);
    double[] last = numbers(state, "last", 4);
    SavedState measured = state.inside("measured");
    double[] savedSteps = measured.numbers("step");
    int[] savedNames = measured.integers("name");
    double[] values = numbers(measured, "value", savedSteps.length);
    double[] counts = measured.numbers("counts");
    double[] lastSteps = numbers(measured, "last_step", counts.length);
    double[] lastValues = numbers(measured, "last_value", counts.length);
    if (savedNames.length != savedSteps.length) {
      throw new IllegalArgumentException("a history needs columns of one length");
    }
    for (int index : savedNames) {
      if (index < 0 || index >= counts.length) {
        throw new IllegalArgumentException(
            "a measurement's name must lie in [0, " + counts.length + "), got " + index);
      }
    }
    List<Name> savedTexts = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      Name name = new Name(i, state.text("name." + i));
      name.count = (long) counts[i];
      name.lastStep = (long) lastSteps[i];
      name.lastValue = lastValues[i];
      savedTexts.add(name);
    }
    measurementsEvery = measured.integer("every", 1, Long.MAX_VALUE);
    steps = saved;
    every = savedEvery;
    dataLosses = losses;
    penalties = regularisation;
    learningRates = rates;
    dataLoss = last[0];
    penalty = last[1];
    learningRate = last[2];
    largestLearningRate = last[3];
    measuredSteps = Column.of(savedSteps);
    measuredNames = new Column(savedNames.length);
    for (int index : savedNames) {
      measuredNames.add(index);
    }
    measuredValues = Column.of(values);
    names.clear();
    byName.clear();
    for (Name name : savedTexts) {
      names.add(name);
      byName.put(name.text, name);
    }
  }

  private static double[] numbers(SavedState state, String name, int length) {
    double[] numbers = state.numbers(name);
    if (numbers.length != length) {
      throw new IllegalArgumentException("a history needs columns of one length");
    }
    return numbers;
  }

  private static Column column(SavedState state, String name, int length) {
    double[] numbers = state.numbers(name);
    if (numbers.length != 1) {
      return Column.of(numbers(state, name, length));
    }
    Column column = new Column(length);
    for (int i = 0; i < length; i++) {
      column.add(numbers[0]);
    }
    return column;
  }
}
