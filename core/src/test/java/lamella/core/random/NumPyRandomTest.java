package lamella.core.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import lamella.core.SavedState;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumPyRandomTest {

  /** One seed of golden.txt: the calls in order, and NumPy's answers. */
  record Script(long seed, List<String> lines) {
    @Override
    public String toString() {
      return "seed " + seed;
    }
  }

  static List<Script> scripts() throws IOException {
    List<Script> scripts = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                NumPyRandomTest.class.getResourceAsStream("golden.txt"),
                StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("seed ")) {
          scripts.add(new Script(Long.parseLong(line.substring(5)), new ArrayList<>()));
        } else {
          scripts.getLast().lines().add(line);
        }
      }
    }
    return scripts;
  }

  @Test
  void theGoldenScriptsAreThere() throws IOException {
    assertEquals(List.of(0L, 1L, 42L, 4294967295L), scripts().stream().map(Script::seed).toList());
    for (Script script : scripts()) {
      assertEquals(124, script.lines().size());
    }
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void givesNumPysNumbersInAnyOrderOfCalls(Script script) {
    NumPyRandom random = new NumPyRandom(script.seed());
    for (String line : script.lines()) {
      assertEquals(line, answer(random, line), line);
    }
  }

  /** However often a generator is stopped and resumed, its numbers are those of one that is not. */
  @ParameterizedTest
  @MethodSource("scripts")
  void givesTheSameWhenStoppedAndResumedBeforeEveryCall(Script script) {
    NumPyRandom random = new NumPyRandom(script.seed());
    for (String line : script.lines()) {
      NumPyRandom.State state = random.state();
      random =
          NumPyRandom.State.of(state.words(), state.next(), state.hasGaussian(), state.gaussian())
              .resume();
      assertEquals(line, answer(random, line), line);
    }
  }

  /** Makes the call that a line describes; the line again, with our answers. */
  private static String answer(NumPyRandom random, String line) {
    String call = line.substring(0, line.indexOf(" |"));
    String[] words = call.split(" ", -1);
    int count = words.length == 1 ? 0 : Integer.parseInt(words[words.length - 1]);
    return call
        + " | "
        + switch (words[0]) {
          case "state" -> state(random.state());
          case "randn" -> doubles(count, () -> Double.doubleToLongBits(random.nextGaussian()));
          case "random_sample" ->
              doubles(count, () -> Double.doubleToLongBits(random.nextDouble()));
          case "choice" -> integers(count, () -> random.nextInt(Integer.parseInt(words[1])));
          case "randint" -> integers(count, () -> random.nextLong(Long.parseLong(words[1])));
          case "bool" -> integers(count, () -> random.nextBoolean() ? 1 : 0);
          case "bytes" -> {
            byte[] bytes = new byte[count];
            random.nextBytes(bytes);
            yield HexFormat.of().formatHex(bytes);
          }
          case "uint32" -> text(random.ints(count).asLongStream().toArray(), "%d");
          case "uint64" -> text(random.longs(count).toArray(), "%d");
          case "between" -> {
            long origin = Long.parseLong(words[1]);
            long bound = Long.parseLong(words[2]);
            yield origin >= Integer.MIN_VALUE && bound <= Integer.MAX_VALUE
                ? text(random.ints(count, (int) origin, (int) bound).asLongStream().toArray(), "%d")
                : text(random.longs(count, origin, bound).toArray(), "%d");
          }
          case "uniform" -> {
            double origin = Double.parseDouble(words[1]);
            double bound = Double.parseDouble(words[2]);
            yield doubles(
                count,
                () ->
                    Double.doubleToLongBits(
                        origin == 0 ? random.nextDouble(bound) : random.nextDouble(origin, bound)));
          }
          case "normal" ->
              doubles(
                  count,
                  () ->
                      Double.doubleToLongBits(
                          random.nextGaussian(
                              Double.parseDouble(words[1]), Double.parseDouble(words[2]))));
          case "exponential" ->
              doubles(count, () -> Double.doubleToLongBits(random.nextExponential()));
          case "shuffle" -> {
            List<Long> order = new ArrayList<>(LongStream.range(0, count).boxed().toList());
            Collections.shuffle(order, random);
            yield text(order.stream().mapToLong(Long::longValue).toArray(), "%d");
          }
          default -> throw new AssertionError(line);
        };
  }

  private static String doubles(int count, LongSupplier bits) {
    return text(LongStream.generate(bits).limit(count).toArray(), "%016x");
  }

  private static String integers(int count, LongSupplier numbers) {
    return text(LongStream.generate(numbers).limit(count).toArray(), "%d");
  }

  private static String text(long[] numbers, String format) {
    if (numbers.length > 50) {
      ByteBuffer bytes = ByteBuffer.allocate(8 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asLongBuffer().put(numbers);
      return "sha256 " + sha256(bytes);
    }
    return Arrays.stream(numbers).mapToObj(format::formatted).collect(Collectors.joining(" "));
  }

  private static String state(NumPyRandom.State state) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * 624).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(state.words());
    return sha256(bytes)
        + " "
        + state.next()
        + " "
        + (state.hasGaussian() ? 1 : 0)
        + " "
        + "%016x".formatted(Double.doubleToLongBits(state.gaussian()));
  }

  private static String sha256(ByteBuffer bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** What the interface does by itself is not what NumPy does. */
  @Test
  void nothingIsInherited() {
    List<String> inherited = new ArrayList<>();
    for (Method method : NumPyRandom.class.getMethods()) {
      boolean isTheInterfaces =
          RandomGenerator.class.isAssignableFrom(method.getDeclaringClass())
              && !method.getDeclaringClass().equals(NumPyRandom.class);
      if (isTheInterfaces && !Modifier.isStatic(method.getModifiers())) {
        inherited.add(method.toString());
      }
    }
    assertEquals(List.of(), inherited);
    long offered =
        Stream.of(RandomGenerator.class.getMethods())
            .filter(method -> !Modifier.isStatic(method.getModifiers()))
            .count();
    assertTrue(offered >= 31, offered + " methods");
  }

  @Test
  void aStreamIsAsManyCalls() {
    for (int count : new int[] {0, 1, 700}) {
      NumPyRandom one = new NumPyRandom(9);
      NumPyRandom other = new NumPyRandom(9);
      assertArrayEquals(
          one.ints(count).toArray(), IntStream.generate(other::nextInt).limit(count).toArray());
      assertArrayEquals(
          one.ints().limit(count).toArray(),
          IntStream.generate(other::nextInt).limit(count).toArray());
      assertArrayEquals(
          one.ints(-3, 40).limit(count).toArray(),
          IntStream.generate(() -> other.nextInt(-3, 40)).limit(count).toArray());
      assertArrayEquals(
          one.longs().limit(count).toArray(),
          LongStream.generate(other::nextLong).limit(count).toArray());
      assertArrayEquals(
          one.longs(-3, 1L << 40).limit(count).toArray(),
          LongStream.generate(() -> other.nextLong(-3, 1L << 40)).limit(count).toArray());
      assertArrayEquals(
          one.doubles(count).toArray(),
          DoubleStream.generate(other::nextDouble).limit(count).toArray());
      assertArrayEquals(
          one.doubles(count, -1, 2).toArray(),
          DoubleStream.generate(() -> other.nextDouble(-1, 2)).limit(count).toArray());
      assertArrayEquals(one.state().words(), other.state().words());
      assertEquals(one.state().next(), other.state().next());
    }
  }

  @Test
  void whatNumPyHasNotIsRefusedAndTakesNothing() {
    NumPyRandom random = new NumPyRandom(1);
    List<Executable> calls =
        List.of(
            random::nextFloat,
            () -> random.nextFloat(2),
            () -> random.nextFloat(1, 2),
            () -> random.equiDoubles(0, 1, true, false));
    for (Executable call : calls) {
      String message = assertThrows(UnsupportedOperationException.class, call).getMessage();
      assertTrue(message.startsWith("NumPyRandom: NumPy's RandomState has nothing like "), message);
    }
    List<Executable> wrong =
        List.of(
            () -> random.nextLong(5, 5),
            () -> random.nextLong(5, Long.MIN_VALUE),
            () -> random.ints(5, 5),
            () -> random.longs(1, 5, 4),
            () -> random.nextDouble(0),
            () -> random.nextDouble(Double.NaN),
            () -> random.nextDouble(1, 1),
            () -> random.nextDouble(0, Double.POSITIVE_INFINITY),
            () -> random.nextDouble(-Double.MAX_VALUE, Double.MAX_VALUE),
            () -> random.doubles(2, 1),
            () -> random.doubles(-1, 0, 1),
            () -> random.nextGaussian(0, -1),
            () -> random.nextGaussian(0, Double.NaN));
    for (Executable call : wrong) {
      assertThrows(IllegalArgumentException.class, call);
    }
    assertEquals(624, random.state().next());
    assertFalse(random.isDeprecated());
  }

  @Property
  void numbersLieInTheirBounds(
      @ForAll @LongRange(min = 0, max = 4294967295L) long seed,
      @ForAll @LongRange(min = 1) long bound,
      @ForAll int origin,
      @ForAll @IntRange(min = 1) int width) {
    NumPyRandom random = new NumPyRandom(seed);
    for (int i = 0; i < 20; i++) {
      long number = random.nextLong(bound);
      assertTrue(number >= 0 && number < bound);
      double uniform = random.nextDouble();
      assertTrue(uniform >= 0 && uniform < 1);
      int end = (int) Math.min(Integer.MAX_VALUE, (long) origin + width);
      if (origin < end) {
        int between = random.nextInt(origin, end);
        assertTrue(between >= origin && between < end);
      }
    }
  }

  @Test
  void aRangeIsItsOriginAndItsWidthsNumber() {
    NumPyRandom range = new NumPyRandom(5);
    NumPyRandom width = new NumPyRandom(5);
    for (int i = 0; i < 100; i++) {
      assertEquals(width.nextInt(300) - 100, range.nextInt(-100, 200));
      assertEquals(
          width.nextLong(0xFFFF_FFFFL) + Integer.MIN_VALUE,
          range.nextInt(Integer.MIN_VALUE, Integer.MAX_VALUE));
    }
  }

  @Test
  void aBoundOf1TakesNothingFromTheStream() {
    NumPyRandom random = new NumPyRandom(3);
    int[] before = random.state().words();
    assertEquals(0, random.nextInt(1));
    assertEquals(624, random.state().next());
    assertArrayEquals(before, random.state().words());
  }

  @Test
  void aStateDoesNotMoveOn() {
    NumPyRandom random = new NumPyRandom(3);
    random.nextGaussian();
    NumPyRandom.State state = random.state();
    double expected = random.nextGaussian();
    for (int i = 0; i < 1000; i++) {
      random.nextInt();
    }
    assertEquals(expected, state.resume().nextGaussian());
    assertEquals(expected, state.resume().nextGaussian());
    state.words()[0]++;
    assertArrayEquals(state.words(), state.resume().state().words());
    assertTrue(state.hasGaussian());
    assertFalse(new NumPyRandom(3).state().hasGaussian());
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 4294967296L, Long.MIN_VALUE, Long.MAX_VALUE})
  void seedsThatNumPyHasNotAreRefused(long seed) {
    assertEquals(
        "NumPyRandom: seed must lie in [0, 4294967295], got " + seed,
        assertThrows(IllegalArgumentException.class, () -> new NumPyRandom(seed)).getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void boundsBelow1AreRefused(int bound) {
    NumPyRandom random = new NumPyRandom(0);
    assertEquals(
        "NumPyRandom: bound must be at least 1, got " + bound,
        assertThrows(IllegalArgumentException.class, () -> random.nextInt(bound)).getMessage());
    assertThrows(IllegalArgumentException.class, () -> random.nextLong(bound));
    assertThrows(IllegalArgumentException.class, () -> random.nextInt(0, bound));
  }

  @Test
  void statesThatCannotBeAreRefused() {
    assertEquals(
        "NumPyRandom: a state has 624 words and a position in [0, 624], got 623 and 0",
        assertThrows(
                IllegalArgumentException.class,
                () -> NumPyRandom.State.of(new int[623], 0, false, 0))
            .getMessage());
    for (int next : new int[] {-1, 625}) {
      assertThrows(
          IllegalArgumentException.class, () -> NumPyRandom.State.of(new int[624], next, false, 0));
    }
  }

  // The logarithm beneath the normals.

  @Property(tries = 2000)
  void theLogarithmIsCloseToTheTrueOne(
      @ForAll @LongRange(min = 1, max = (1L << 53) - 1) long numerator) {
    double x = numerator * 0x1p-53;
    double expected = StrictMath.log(x);
    assertEquals(expected, CLogarithm.log(x), 1.6 * Math.ulp(expected));
  }

  @Property
  void oneThatIsGivenTheStateOfAnotherGoesOnAsThat(
      @ForAll @LongRange(max = 0xFFFF_FFFFL) long seed,
      @ForAll @IntRange(min = 0, max = 700) int before) {
    NumPyRandom random = new NumPyRandom(seed);
    for (int i = 0; i < before; i++) {
      random.nextGaussian();
    }
    SavedState state = SavedState.of(List.of());
    random.save(state);
    NumPyRandom other = new NumPyRandom(0);
    other.load(state);
    for (int i = 0; i < 5; i++) {
      assertEquals(random.nextGaussian(), other.nextGaussian());
      assertEquals(random.nextInt(), other.nextInt());
    }
  }
}
