package lamella.contract.mutants;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import lamella.contract.DatasetContract;
import lamella.contract.SamplerContract;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Sampler;
import lamella.core.SavedState;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong samplers and datasets: the contracts reject every one, and say what is wrong. */
class MutantDataTest {
  private static final int CASES = 20;
  private static final int EXAMPLES = 11;

  /** A wrong part with one fault, and what the message must say of it. */
  record Mutant(String fault, String message, Runnable contract) {
    @Override
    public String toString() {
      return fault;
    }
  }

  @ParameterizedTest
  @MethodSource({"samplers", "datasets"})
  void isRejectedByAMessageThatNamesTheFault(Mutant mutant) {
    String message = rejection(mutant.contract);
    if (message == null) {
      fail("not rejected");
    } else {
      assertTrue(Pattern.compile(mutant.message, Pattern.DOTALL).matcher(message).find(), message);
    }
  }

  private static @Nullable String rejection(Runnable contract) {
    try {
      contract.run();
      return null;
    } catch (AssertionError e) {
      return e.getMessage();
    }
  }

  @Test
  void theUnharmedOnesAreNotRejected() {
    samplerContract(Order::new).run();
    datasetContract(Rows::new).run();
  }

  // Samplers.

  /** A correct sampler: each epoch in a new order, drawn by sorting random keys. */
  private static class Order implements Sampler {
    final NumPyRandom random = new NumPyRandom(5);
    int[] order = new int[0];
    int used;

    @Override
    public void next(int[] indices) {
      for (int i = 0; i < indices.length; i++) {
        if (used == order.length) {
          order = drawn(random);
          used = 0;
        }
        indices[i] = order[used++];
      }
    }

    static int[] drawn(RandomGenerator random) {
      double[] keys = random.doubles(EXAMPLES).toArray();
      double[] sorted = keys.clone();
      Arrays.sort(sorted);
      return Arrays.stream(keys).mapToInt(key -> Arrays.binarySearch(sorted, key)).toArray();
    }

    @Override
    public int examples() {
      return EXAMPLES;
    }

    @Override
    public void save(SavedState state) {
      state.put("order", order.clone());
      state.put("used", used);
      random.save(state.inside("random"));
    }

    @Override
    public void load(SavedState state) {
      order = state.integers("order");
      used = (int) state.integer("used", 0, EXAMPLES);
      random.load(state.inside("random"));
    }

    @Override
    public String toString() {
      return "Order";
    }
  }

  private static Runnable samplerContract(Supplier<Sampler> maker) {
    SamplerContract contract =
        new SamplerContract() {
          @Override
          protected Sampler sampler() {
            return maker.get();
          }

          @Override
          protected int examples() {
            return EXAMPLES;
          }
        };
    return () -> {
      for (int seed = 0; seed < CASES; seed++) {
        contract.all(seed);
      }
    };
  }

  private static Mutant sampler(String fault, String message, Supplier<Sampler> maker) {
    return new Mutant(fault, message, samplerContract(maker));
  }

  static List<Mutant> samplers() {
    String otherwise = "goes on otherwise than the one whose state it was given";
    return List.of(
        sampler(
            "saves nothing",
            otherwise,
            () ->
                new Order() {
                  @Override
                  public void save(SavedState state) {}

                  @Override
                  public void load(SavedState state) {}
                }),
        sampler(
            "forgets the place in the epoch",
            otherwise,
            () ->
                new Order() {
                  @Override
                  public void load(SavedState state) {
                    super.load(state);
                    used = 0;
                  }
                }),
        sampler(
            "forgets the order of the epoch",
            otherwise,
            () ->
                new Order() {
                  @Override
                  public void load(SavedState state) {
                    super.load(state);
                    order = drawn(random);
                  }
                }),
        sampler(
            "does not save its random numbers",
            otherwise,
            () ->
                new Order() {
                  @Override
                  public void load(SavedState state) {
                    order = state.integers("order");
                    used = (int) state.integer("used", 0, EXAMPLES);
                  }
                }),
        sampler(
            "loads only into a new one",
            "that was used before goes on otherwise",
            () ->
                new Order() {
                  @Override
                  public void load(SavedState state) {
                    int before = used;
                    super.load(state);
                    used = before == 0 ? used : before;
                  }
                }),
        sampler(
            "draws a number when it saves",
            "chooses otherwise after it was saved|" + otherwise,
            () ->
                new Order() {
                  @Override
                  public void save(SavedState state) {
                    super.save(state);
                    random.nextDouble();
                  }
                }),
        sampler(
            "one generator for all samplers",
            "two new ones choose differently",
            () ->
                new Order() {
                  @Override
                  public void next(int[] indices) {
                    SHARED.ints(indices.length, 0, EXAMPLES).forEach(i -> indices[0] = i);
                  }
                }),
        sampler(
            "counts from 1",
            "chooses example 11 of 11",
            () ->
                new Order() {
                  @Override
                  public void next(int[] indices) {
                    super.next(indices);
                    for (int i = 0; i < indices.length; i++) {
                      indices[i]++;
                    }
                  }
                }));
  }

  private static final NumPyRandom SHARED = new NumPyRandom(8);

  // Datasets.

  /** A correct dataset in plain loops; with noise, each epoch has its own. */
  private static class Rows implements Dataset<int[]> {
    final double[] values;
    final int[] labels;
    final double noise;
    private final long epoch;

    Rows() {
      this(3, 0, 0);
    }

    Rows(double first, int lastLabel, double noise) {
      this(new double[] {first, 1, 4, 1, 5, 9}, new int[] {0, 1, lastLabel}, noise, 0);
    }

    Rows(double[] values, int[] labels, double noise, long epoch) {
      this.values = values;
      this.labels = labels;
      this.noise = noise;
      this.epoch = epoch;
    }

    @Override
    public int size() {
      return labels.length;
    }

    @Override
    public Shape exampleShape() {
      return Shape.of(2);
    }

    @Override
    public Batch<int[]> newBatch(int n, DType dtype) {
      return Batch.of(Tensor.zeros(dtype, exampleShape().batch(n)), new int[n]);
    }

    @Override
    public void read(int[] indices, Batch<int[]> batch) {
      if (indices.length != batch.size()) {
        throw new IllegalArgumentException("expects " + batch.size() + ", got " + indices.length);
      }
      for (int row = 0; row < indices.length; row++) {
        if (indices[row] < 0 || indices[row] >= size()) {
          throw new IndexOutOfBoundsException("no example " + indices[row]);
        }
        for (int j = 0; j < 2; j++) {
          batch.inputs().set(2 * row + j, value(2 * indices[row] + j));
        }
        batch.targets()[row] = labels[indices[row]];
      }
    }

    double value(int i) {
      return values[i] + noise * ((31L * i + 17 * epoch()) % 13);
    }

    long epoch() {
      return epoch;
    }

    @Override
    public Dataset<int[]> forEpoch(long epoch) {
      return noise == 0 ? this : new Rows(values, labels, noise, epoch);
    }
  }

  /** What must have another fingerprint than {@code new Rows()}. */
  private interface Maker {
    Dataset<int[]> dataset(double first, int lastLabel, double noise);
  }

  private static Runnable datasetContract(Maker maker) {
    DatasetContract<int[]> contract =
        new DatasetContract<>() {
          @Override
          protected Dataset<int[]> dataset() {
            return maker.dataset(3, 0, 0.25);
          }

          @Override
          protected List<Dataset<int[]>> others() {
            return List.of(
                maker.dataset(3.5, 0, 0.25), maker.dataset(3, 1, 0.25), maker.dataset(3, 0, 0));
          }
        };
    return () -> {
      for (int seed = 0; seed < 5; seed++) {
        contract.all(seed);
      }
    };
  }

  private static Mutant dataset(String fault, String message, Maker maker) {
    return new Mutant(fault, message, datasetContract(maker));
  }

  static List<Mutant> datasets() {
    return List.of(
        dataset(
            "fingerprint that does not see labels",
            "the fingerprint of dataset 1 of others\\(\\) is the same",
            (first, lastLabel, noise) ->
                new Rows(first, lastLabel, noise) {
                  @Override
                  public String fingerprint() {
                    return Arrays.toString(values) + noise;
                  }
                }),
        dataset(
            "fingerprint that does not see inputs",
            "the fingerprint of dataset 0 of others\\(\\) is the same",
            (first, lastLabel, noise) ->
                new Rows(first, lastLabel, noise) {
                  @Override
                  public String fingerprint() {
                    return size() + " examples" + Arrays.toString(labels) + noise;
                  }
                }),
        dataset(
            "fingerprint that does not see augmentation",
            "the fingerprint of dataset 2 of others\\(\\) is the same",
            (first, lastLabel, noise) ->
                new Rows(first, lastLabel, noise) {
                  @Override
                  public String fingerprint() {
                    return Arrays.toString(values) + Arrays.toString(labels);
                  }
                }),
        dataset(
            "fingerprint of the object",
            "two fingerprints of the same dataset differ",
            (first, lastLabel, noise) ->
                new Rows(first, lastLabel, noise) {
                  @Override
                  public String fingerprint() {
                    return super.fingerprint() + System.identityHashCode(this) + System.nanoTime();
                  }
                }),
        dataset(
            "noise that goes on from call to call",
            "epoch|example|fingerprint",
            (first, lastLabel, noise) ->
                new Rows(first, lastLabel, noise) {
                  private long asked;

                  @Override
                  public Dataset<int[]> forEpoch(long epoch) {
                    asked++;
                    return new Rows(values, labels, noise, asked);
                  }

                  @Override
                  public String fingerprint() {
                    return Arrays.toString(values) + Arrays.toString(labels) + noise;
                  }
                }),
        dataset(
            "noise that says that it repeats",
            "a period of 2 after",
            (first, lastLabel, noise) ->
                new Rows(first, lastLabel, noise) {
                  @Override
                  public int period() {
                    return 2;
                  }

                  @Override
                  public Dataset<int[]> forEpoch(long epoch) {
                    return new Rows(values, labels, noise, epoch) {
                      @Override
                      public int period() {
                        return 2;
                      }
                    };
                  }
                }),
        dataset(
            "a period that changes with the epoch",
            "the period is 1, and in epoch 1 0",
            (first, lastLabel, noise) ->
                new Rows(first, lastLabel, noise) {
                  @Override
                  public int period() {
                    return 1;
                  }
                }),
        dataset(
            "an epoch that changes when the next one is asked for",
            "epoch 1 changes when another epoch is asked for",
            (first, lastLabel, noise) ->
                new Rows(first, lastLabel, noise) {
                  private long now;

                  @Override
                  public Dataset<int[]> forEpoch(long epoch) {
                    now = epoch;
                    return this;
                  }

                  @Override
                  long epoch() {
                    return now;
                  }

                  @Override
                  public String fingerprint() {
                    return Arrays.toString(values) + Arrays.toString(labels) + noise;
                  }
                }));
  }
}
