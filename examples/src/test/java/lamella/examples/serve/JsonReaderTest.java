package lamella.examples.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
  private static JsonReader reader(String text) {
    return new JsonReader(text.getBytes(UTF_8));
  }

  private static void assertRead(String number) {
    JsonReader reader = reader(number);
    float expected = Float.parseFloat(number);
    assertEquals(
        Float.floatToRawIntBits(expected), Float.floatToRawIntBits(reader.number()), number);
    assertTrue(reader.isAtEnd(), number);
  }

  /** As Java reads it, whose reading is correctly rounded. */
  @Test
  void numbersAreTheNearestFloats() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 100_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (Float.isFinite(value)) {
        assertRead(Float.toString(value));
        assertRead(new BigDecimal(value).toPlainString());
      }
      assertRead(Integer.toString(random.nextInt()));
      assertRead(Double.toString(random.nextDouble(-2, 2)));
      assertRead(
          BigDecimal.valueOf(random.nextInt(-99_999_999, 99_999_999), random.nextInt(12))
              .toPlainString());
    }
  }

  /** Halfway between two floats, and just beside it, where rounding twice is wrong. */
  @Test
  void numbersHalfwayBetweenTwoFloatsAreRoundedOnce() {
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 20_000; i++) {
      float value = random.nextInt(1, 1 << 24) * (float) Math.pow(2, -random.nextInt(30));
      BigDecimal halfway =
          new BigDecimal(value)
              .add(new BigDecimal(Math.nextUp(value)))
              .divide(BigDecimal.valueOf(2));
      BigDecimal step = BigDecimal.ONE.movePointLeft(halfway.scale() + 3);
      for (BigDecimal near :
          List.of(halfway, halfway.add(step), halfway.subtract(step), halfway.negate())) {
        assertRead(near.toPlainString());
      }
    }
    assertRead("16777217");
    assertRead("16777219.000000001");
    assertRead("9007199254740993");
    assertRead("0.000000000000000000000000000000000000011754942");
    assertRead("340282356779733661637539395458142568447");
    assertEquals(
        Float.POSITIVE_INFINITY, reader("340282356779733661637539395458142568448").number());
  }

  @Test
  void wordsThatAreNoNumberAreNamed() {
    for (String word : List.of("x", "-", "1.", "01", ".5", "1e", "NaN", "}", "\"1\"")) {
      JsonReader reader = reader("  " + word + " 2");
      assertTrue(Float.isNaN(reader.number()), word);
      assertEquals("'" + word + "'", reader.word());
    }
  }

  @Test
  void stringsHaveAllEscapes() {
    assertEquals(
        "a\"\\/\b\f\n\r\té🙂",
        reader("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00E9\\ud83d\\uDE42\"").string());
    assertEquals("é🙂", reader(" \"é🙂\"").string());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "x               | 'x'",
        "\"abc           | '\"abc', a string without an end",
        "\"a\\x\"        | '\"a\\x\"'",
        "\"a\\u12G4\"    | '\"a\\u12G4\"'",
        "\"a\\           | '\"a\\'",
      })
  void whatIsNoStringIsNamed(String text, String found) {
    assertEquals(
        found,
        assertThrows(IllegalArgumentException.class, () -> reader(text).string()).getMessage());
  }

  @Test
  void stringsThatAreNotUtf8OrHaveLineBreaksAreRefused() {
    JsonReader latin = new JsonReader(new byte[] {'"', (byte) 0xe9, '"'});
    assertEquals(
        "a string that is no UTF-8",
        assertThrows(IllegalArgumentException.class, latin::string).getMessage());
    assertThrows(IllegalArgumentException.class, () -> reader("\"a\nb\"").string());
  }

  @Test
  void membersOfAnObjectComeInTheirOrder() {
    List<String> names = new ArrayList<>();
    JsonReader reader = reader(" { \"a\" : 1 , \"\":[ ] ,\"b\":{ \"c\": null } } ");
    reader.object(name -> {
      names.add(name);
      reader.skipValue();
    });
    assertEquals(List.of("a", "", "b"), names);
    assertTrue(reader.isAtEnd());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "true",
        "false",
        "0",
        "-1.5e999",
        "\"\"",
        "[]",
        "{}",
        "[1,[2,{\"a\":[]}],\"]\"]",
        "{\"a\":{\"a\":{\"a\":true}}}"
      })
  void anyValueCanBeSkipped(String text) {
    JsonReader reader = reader(text);
    reader.skipValue();
    assertTrue(reader.isAtEnd(), text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "                     | expected a value, got ''",
        "nul                  | expected a value, got 'nul'",
        "NaN                  | expected a value, got 'NaN'",
        "[1,]                 | expected a value, got ''",
        "[1 2]                | expected ',' or ']', got '2'",
        "{\"a\" 1}            | expected ':' behind \"a\", got '1'",
        "{a:1}                | expected a name, got 'a:1'",
        "{\"a\":1,}           | expected a name, got '}'",
        "{\"a\":1;            | expected a value, got '1;'",
        "{\"a\":1 \"b\":2}    | expected ',' or '}', got '\"b\":2'",
        "{\"a\":1,\"\\u0061\":2} | the name \"a\" is there twice",
      })
  void whatIsNoValueIsNamed(String text, String message) {
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class, () -> reader(text == null ? "" : text).skipValue())
            .getMessage());
  }

  @Test
  void depthAndTheNumberOfNamesAreLimited() {
    reader("[".repeat(64) + "]".repeat(64)).skipValue();
    for (String open : List.of("[", "{\"a\":", "[{\"a\":")) {
      assertEquals(
          "deeper than 64 arrays and objects",
          assertThrows(
                  IllegalArgumentException.class, () -> reader(open.repeat(100_000)).skipValue())
              .getMessage());
    }
    StringBuilder names = new StringBuilder("{\"x\":0");
    for (int i = 0; i < 256; i++) {
      names.append(",\"").append(i).append("\":0");
    }
    assertEquals(
        "more than 256 names in an object",
        assertThrows(
                IllegalArgumentException.class,
                () -> reader(names.append("}").toString()).skipValue())
            .getMessage());
  }

  /** Whatever the bytes, a value is skipped or refused. */
  @Test
  void changedBytesAreSkippedOrRefused() {
    SplittableRandom random = new SplittableRandom(3);
    byte[] text =
        "{\"a\": [1, -2.5e3, \"x\\n\"], \"b\": {\"c\": null, \"d\": true}}".getBytes(UTF_8);
    int refused = 0;
    for (int i = 0; i < 50_000; i++) {
      byte[] changed = text.clone();
      for (int j = random.nextInt(3); j >= 0; j--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      }
      try {
        new JsonReader(changed).skipValue();
      } catch (IllegalArgumentException e) {
        refused++;
      }
    }
    assertTrue(refused > 25_000, "refused: " + refused);
  }
}
