package lamella.optim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.core.Parameter;
import lamella.core.SavedState;
import lamella.core.Tensor;

/**
 * What the shards of a training compute next, before their results are added up: one step of all of
 * them together, or some steps of each by itself.
 *
 * <p>Example i belongs to shard i mod L, and a step takes as many examples of each of the L shards.
 * In a round of <b>one step</b> a shard computes its part of the step's gradient. In a round of
 * <b>local steps</b> each shard begins with the same parameters and the same state of the
 * optimiser, and makes the steps with its own examples; then the mean over the shards of both is
 * where the training goes on.
 *
 * <p>It has all that a {@link ShardWorker} needs but the examples themselves: the parameters, the
 * optimiser's state for local steps, and which examples each shard takes. A shard's result is a
 * function of it and of these examples, and of nothing else: it may be computed anywhere, and as
 * often as one likes.
 */
public final class Round {
  private static final String WHO = "Round";
  private static final int KIND = 0x4C52_0001; // "LR", version 1

  private final String trainer;
  private final long firstStep;
  private final int steps;
  private final long epoch;

  /** For each shard, those of its first step, then those of the next. */
  private final int[][] examples;

  private final List<Tensor> values;

  /** One number for each parameter, 1 where it is frozen. */
  private final int[] frozen;

  /** The rate of the first local step; 0 where there are none. */
  private final double rate;

  /** Of the optimiser and its schedules; empty where there are no local steps. */
  private final Map<String, Tensor> tensors;

  private final Map<String, String> texts;

  private Round(
      String trainer,
      long firstStep,
      int steps,
      long epoch,
      int[][] examples,
      List<Tensor> values,
      int[] frozen,
      double rate,
      Map<String, Tensor> tensors,
      Map<String, String> texts) {
    this.trainer = trainer;
    this.firstStep = firstStep;
    this.steps = steps;
    this.epoch = epoch;
    this.examples = examples;
    this.values = values;
    this.frozen = frozen;
    this.rate = rate;
    this.tensors = tensors;
    this.texts = texts;
  }

  /**
   * A round of one step, over the live parameters: it is good until these change.
   *
   * @param trainer describes the trainer
   * @param examples of each shard
   */
  static Round ofOneStep(
      String trainer, long step, long epoch, int[][] examples, List<Parameter> parameters) {
    List<Tensor> values = new ArrayList<>();
    parameters.forEach(parameter -> values.add(parameter.value()));
    return new Round(
        trainer, step, 1, epoch, examples, values, frozen(parameters), 0, Map.of(), Map.of());
  }

  /**
   * A round of local steps, with copies of parameters and state.
   *
   * @param trainer describes the trainer
   * @param examples of each shard, step after step
   * @param rate of the first step
   * @param state of the optimiser and its schedules
   */
  static Round ofLocalSteps(
      String trainer,
      long firstStep,
      int steps,
      long epoch,
      int[][] examples,
      List<Parameter> parameters,
      double rate,
      SavedState state) {
    List<Tensor> values = new ArrayList<>();
    parameters.forEach(parameter -> values.add(parameter.value().copy()));
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    state.tensors().forEach((name, tensor) -> tensors.put(name, tensor.copy()));
    return new Round(
        trainer,
        firstStep,
        steps,
        epoch,
        examples,
        values,
        frozen(parameters),
        rate,
        tensors,
        new LinkedHashMap<>(state.texts()));
  }

  private static int[] frozen(List<Parameter> parameters) {
    return parameters.stream().mapToInt(parameter -> parameter.isFrozen() ? 1 : 0).toArray();
  }

  /** {@return the number of the first step, from 0} */
  public long firstStep() {
    return firstStep;
  }

  /** {@return how many steps there are: 1, or so many local steps of each shard} */
  public int steps() {
    return steps;
  }

  /** {@return the epoch of all steps, from 0: see {@link lamella.core.Dataset#forEpoch}} */
  public long epoch() {
    return epoch;
  }

  /** {@return L, the number of shards} */
  public int shards() {
    return examples.length;
  }

  /** {@return how many examples a shard takes in one step} */
  public int examplesPerStep() {
    return examples[0].length / steps;
  }

  /**
   * {@return the examples of a shard, by their indices among all: those of the first step, then
   * those of the next}
   *
   * @param shard in [0, shards)
   * @throws IndexOutOfBoundsException if there is no such shard
   */
  public int[] examples(int shard) {
    return live(shard).clone();
  }

  /** What {@link #examples} gives a copy of. */
  int[] live(int shard) {
    if (shard < 0 || shard >= examples.length) {
      throw new IndexOutOfBoundsException(
          WHO + ": shard " + shard + " is outside [0, " + examples.length + ")");
    }
    return examples[shard];
  }

  String trainer() {
    return trainer;
  }

  List<Tensor> values() {
    return values;
  }

  boolean isFrozen(int parameter) {
    return frozen[parameter] != 0;
  }

  double rate() {
    return rate;
  }

  /** The state of the optimiser and its schedules before the round. */
  SavedState state(List<Parameter> parameters) {
    return SavedState.of(parameters, tensors, texts);
  }

  // Bytes.

  /**
   * {@return this round as bytes, with a checksum, for {@link #fromBytes}}
   *
   * @throws IllegalStateException if they are more than a Java array has
   */
  public byte[] toBytes() {
    long numbers = 0;
    for (Tensor value : values) {
      numbers += (long) value.size() * value.dtype().bytes();
    }
    for (Tensor tensor : tensors.values()) {
      numbers += (long) tensor.size() * tensor.dtype().bytes();
    }
    numbers += (long) examples.length * examples[0].length * Integer.BYTES;
    Block.Writer out =
        new Block.Writer(WHO, KIND)
            .reserve(numbers)
            .put(trainer)
            .put(firstStep)
            .put(steps)
            .put(epoch)
            .put(rate)
            .put(frozen)
            .put(examples.length);
    for (int[] ofShard : examples) {
      out.put(ofShard);
    }
    out.put(values.size());
    values.forEach(out::put);
    out.put(texts.size());
    texts.forEach((name, text) -> out.put(name).put(text));
    out.put(tensors.size());
    tensors.forEach((name, tensor) -> out.put(name).put(tensor));
    return out.toBytes();
  }

  /**
   * {@return the round that {@link #toBytes} has written}
   *
   * @param bytes all of them
   * @throws IllegalArgumentException if they are damaged, or no round of this version
   */
  public static Round fromBytes(byte[] bytes) {
    Block.Reader in = new Block.Reader(WHO, KIND, bytes);
    String trainer = in.text();
    long firstStep = in.integer(0L, Long.MAX_VALUE);
    int steps = in.integer(1, Integer.MAX_VALUE);
    long epoch = in.integer(0L, Long.MAX_VALUE);
    double rate = in.number();
    int[] frozen = in.integers();
    List<int[]> examples = new ArrayList<>();
    for (int i = in.integer(1, Integer.MAX_VALUE); i > 0; i--) {
      examples.add(in.integers());
    }
    List<Tensor> values = new ArrayList<>();
    for (int i = in.integer(1, Integer.MAX_VALUE); i > 0; i--) {
      values.add(in.tensor());
    }
    Map<String, String> texts = new LinkedHashMap<>();
    for (int i = in.integer(0, Integer.MAX_VALUE); i > 0; i--) {
      texts.put(in.text(), in.text());
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int i = in.integer(0, Integer.MAX_VALUE); i > 0; i--) {
      tensors.put(in.text(), in.tensor());
    }
    in.end();
    return new Round(
        trainer,
        firstStep,
        steps,
        epoch,
        examples.toArray(new int[0][]),
        values,
        frozen,
        rate,
        tensors,
        texts);
  }

  /** For example {@code Round(steps 20 to 29 in epoch 1, 16 shards of 8 examples a step)}. */
  @Override
  public String toString() {
    return "Round("
        + (steps == 1
            ? "step " + firstStep
            : "steps " + firstStep + " to " + (firstStep + steps - 1))
        + " in epoch "
        + epoch
        + ", "
        + shards()
        + (shards() == 1 ? " shard" : " shards")
        + " of "
        + examplesPerStep()
        + (examplesPerStep() == 1 ? " example" : " examples")
        + " a step)";
  }
}
