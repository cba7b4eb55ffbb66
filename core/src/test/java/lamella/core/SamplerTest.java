package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import lamella.core.random.NumPyRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SamplerTest {

  private static int[] stream(Sampler sampler, int length, int batch) {
    int[] all = new int[length];
    int[] indices = new int[batch];
    for (int i = 0; i < length; i += batch) {
      sampler.next(indices);
      System.arraycopy(indices, 0, all, i, Math.min(batch, length - i));
    }
    return all;
  }

  @Property
  void everyEpochIsAPermutation(
      @ForAll @IntRange(min = 1, max = 40) int size,
      @ForAll @IntRange(min = 1, max = 50) int batch,
      @ForAll long seed) {
    Sampler sampler = Sampler.shuffled(size, new SplittableRandom(seed));
    int[] all = stream(sampler, 3 * size, batch);
    for (int epoch = 0; epoch < 3; epoch++) {
      int[] indices = Arrays.copyOfRange(all, epoch * size, (epoch + 1) * size);
      Arrays.sort(indices);
      assertArrayEquals(IntStream.range(0, size).toArray(), indices);
    }
  }

  /** The orders are those of all examples, with the same random numbers. */
  @Property
  void anEpochThatTakesFewerIsTheBeginningOfEachOrder(
      @ForAll @IntRange(min = 1, max = 40) int size,
      @ForAll @IntRange(min = 0, max = 39) int leftOut,
      @ForAll @IntRange(min = 1, max = 7) int batch,
      @ForAll long seed) {
    int taken = Math.max(1, size - leftOut);
    int[] all = stream(Sampler.shuffled(size, new SplittableRandom(seed)), 3 * size, size);
    int[] some =
        stream(Sampler.shuffled(size, taken, new SplittableRandom(seed)), 3 * taken, batch);
    for (int epoch = 0; epoch < 3; epoch++) {
      assertArrayEquals(
          Arrays.copyOfRange(all, epoch * size, epoch * size + taken),
          Arrays.copyOfRange(some, epoch * taken, (epoch + 1) * taken));
    }
  }

  @Test
  void anEpochTakesAtLeastOneAndAtMostAll() {
    for (int taken : new int[] {0, 6, -1}) {
      assertEquals(
          "Sampler: an epoch must take from 1 to all 5 examples, got " + taken,
          assertThrows(
                  IllegalArgumentException.class,
                  () -> Sampler.shuffled(5, taken, new NumPyRandom(1)))
              .getMessage());
    }
    assertEquals(
        "Sampler(5 shuffled, 4 an epoch)", Sampler.shuffled(5, 4, new NumPyRandom(1)).toString());
  }

  @Property
  void theSameSeedGivesTheSameOrderWhateverTheBatch(
      @ForAll @IntRange(min = 1, max = 40) int size,
      @ForAll @IntRange(min = 1, max = 50) int batch,
      @ForAll long seed) {
    assertArrayEquals(
        stream(Sampler.shuffled(size, new SplittableRandom(seed)), 3 * size, 1),
        stream(Sampler.shuffled(size, new SplittableRandom(seed)), 3 * size, batch));
    assertArrayEquals(
        stream(Sampler.withReplacement(size, new SplittableRandom(seed)), 3 * size, 1),
        stream(Sampler.withReplacement(size, new SplittableRandom(seed)), 3 * size, batch));
  }

  @Test
  void everyEpochAndEverySeedHasAnOrderOfItsOwn() {
    int[] all = stream(Sampler.shuffled(100, new SplittableRandom(1)), 200, 100);
    int[] first = Arrays.copyOf(all, 100);
    int[] second = Arrays.copyOfRange(all, 100, 200);
    int[] other = stream(Sampler.shuffled(100, new SplittableRandom(2)), 100, 100);
    assertTrue(!Arrays.equals(first, second) && !Arrays.equals(first, other));
  }

  /**
   * Whatever the order before: a shuffle that favours some changes ends at uniform orders all the
   * same.
   */
  @Test
  void allOrdersAreEquallyLikelyAfterAnyOther() {
    Sampler sampler = Sampler.shuffled(4, new SplittableRandom(3));
    Map<String, Integer> counts = new HashMap<>();
    int[] places = {0, 1, 2, 3};
    int[] order = new int[4];
    for (int i = 0; i < 24_000; i++) {
      sampler.next(order);
      int[] change = new int[4];
      for (int place = 0; place < 4; place++) {
        change[place] = places[order[place]];
      }
      for (int place = 0; place < 4; place++) {
        places[order[place]] = place;
      }
      counts.merge(Arrays.toString(change), 1, Integer::sum);
    }
    assertEquals(24, counts.size());
    double chiSquare =
        counts.values().stream().mapToDouble(c -> (c - 1000.0) * (c - 1000.0) / 1000).sum();
    assertTrue(chiSquare < 49.7, "chi square of 23 degrees of freedom, 1 in 1000: " + chiSquare);
  }

  /** {@code numpy.random.RandomState(1).choice(49000, 6)}. */
  @Test
  void withReplacementIsNumPysChoice() {
    Sampler sampler = Sampler.withReplacement(49_000, new NumPyRandom(1));
    assertArrayEquals(new int[] {33003, 12172, 5192, 32511, 43723, 7813}, stream(sampler, 6, 2));
  }

  @Test
  void withReplacementDrawsEveryIndexAndRepeats() {
    Sampler sampler = Sampler.withReplacement(5, new SplittableRandom(1));
    int[] counts = new int[5];
    for (int index : stream(sampler, 5000, 100)) {
      counts[index]++;
    }
    for (int count : counts) {
      assertEquals(1000, count, 110); // 4 standard deviations
    }
  }

  @Property
  void oneThatIsGivenTheStateOfAnotherGoesOnAsThat(
      @ForAll @IntRange(min = 1, max = 40) int size,
      @ForAll @IntRange(min = 0, max = 100) int before,
      @ForAll @IntRange(min = 1, max = 50) int batch) {
    for (int kind = 0; kind < 3; kind++) {
      Sampler sampler = sampler(kind, size, 1);
      stream(sampler, before, 1);
      SavedState state = SavedState.of(List.of());
      sampler.save(state);
      Sampler other = sampler(kind, size, 2);
      other.next(new int[batch]);
      other.load(state);
      assertArrayEquals(stream(sampler, 3 * size, batch), stream(other, 3 * size, batch));
    }
  }

  private static Sampler sampler(int kind, int size, long seed) {
    NumPyRandom random = new NumPyRandom(seed);
    return switch (kind) {
      case 0 -> Sampler.shuffled(size, random);
      case 1 -> Sampler.shuffled(size, (size + 1) / 2, random);
      default -> Sampler.withReplacement(size, random);
    };
  }

  @Test
  void aSavedOrderThatIsNoPermutationIsRefused() {
    for (int[] order : new int[][] {{}, {0, 1}, {0, 1, 1}, {0, 1, 3}, {-1, 0, 1}, {0, 1, 2, 3}}) {
      SavedState state = SavedState.of(List.of());
      Sampler.shuffled(3, new NumPyRandom(1)).save(state);
      Map<String, Tensor> tensors = new HashMap<>(state.tensors());
      tensors.remove("order");
      SavedState other = SavedState.of(List.of(), tensors, state.texts());
      other.put("order", order);
      assertEquals(
          "Sampler(3 shuffled): its saved order is no permutation of so many examples",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> Sampler.shuffled(3, new NumPyRandom(1)).load(other))
              .getMessage());
    }
  }

  @Test
  void randomNumbersThatCannotBeSavedAreNamed() {
    for (Sampler sampler :
        List.of(
            Sampler.shuffled(3, new SplittableRandom(1)),
            Sampler.withReplacement(3, new SplittableRandom(1)))) {
      assertEquals(
          "Sampler: random numbers of a SplittableRandom cannot be saved, so that no run could be"
              + " resumed; use a NumPyRandom",
          assertThrows(IllegalStateException.class, () -> sampler.save(SavedState.of(List.of())))
              .getMessage());
    }
  }

  @Test
  void aSamplerOfNothingIsRefused() {
    for (int size : new int[] {0, -1}) {
      String message = "Sampler: needs at least 1 example, got " + size;
      assertEquals(
          message,
          assertThrows(
                  IllegalArgumentException.class,
                  () -> Sampler.shuffled(size, new SplittableRandom(1)))
              .getMessage());
      assertEquals(
          message,
          assertThrows(
                  IllegalArgumentException.class,
                  () -> Sampler.withReplacement(size, new SplittableRandom(1)))
              .getMessage());
    }
  }
}
