package lamella.examples.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static float[] read(String text, int count) {
    Examples examples = JsonExamples.read(text.getBytes(UTF_8), count, 1);
    assertEquals(1, examples.rows());
    assertFalse(examples.isList());
    return examples.numbers();
  }

  private static void refuses(String found, byte[] text, int count) {
    assertEquals(
        "expected a JSON array of " + count + " numbers, got " + found,
        assertThrows(IllegalArgumentException.class, () -> JsonExamples.read(text, count, 1))
            .getMessage());
  }

  @Test
  void numbersInEveryFormThatJsonHas() {
    assertArrayEquals(
        new float[] {0, -0f, 1, -10, 0.5f, -0.25f, 1e5f, 1e5f, 1e-5f, 2.5e10f, 0},
        read("[0,-0,1,-10,0.5,-0.25,1e5,1E+5,1e-05,2.5E10,1e-999]", 11));
    assertArrayEquals(new float[] {1, 2}, read(" \t\r\n[\n1\r,\t2 ] \n", 2));
    assertArrayEquals(new float[] {0.1f}, read("[0.1" + "0".repeat(1000) + "]", 1));
    assertArrayEquals(new float[0], read("[ ]", 0));
    assertArrayEquals(new float[] {Float.MAX_VALUE}, read("[3.4028235e38]", 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "01",
        "-01",
        "00",
        "+1",
        ".5",
        "-.5",
        "1.",
        "-",
        "1e",
        "1e+",
        "1.e5",
        "0x10",
        "1f",
        "1d",
        "NaN",
        "-NaN",
        "Infinity",
        "-Infinity",
        "null",
        "true",
        "\"1\"",
        "--1",
        "1-",
        "1_000",
        "１",
        "١",
        "{",
        "1e5.5",
        "1 2",
        "1;2",
        "'1'",
        "//",
        "1/**/",
        "\u00a01",
        "1\u2028",
        "\u000b1",
        "\f1",
        "\u00001",
        "1\u0000"
      })
  void whatJsonDoesNotHaveAsANumberIsRefused(String word) {
    for (String text : new String[] {"[" + word + "]", "[1," + word + ",1]"}) {
      assertThrows(IllegalArgumentException.class, () -> read(text, 1), text);
      assertThrows(IllegalArgumentException.class, () -> read(text, 3), text);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "                  | ''",
        "[                 | '' at index 0",
        "[1,2              | no ']' at the end",
        "[1,2,             | '' at index 2",
        "[1,2,]            | '' at index 2",
        "[,1,2]            | '' at index 0",
        "[1,,2]            | '' at index 1",
        "[1 2]             | '2' behind index 0",
        "[1,2]]            | '' behind the array",
        "[1,2] x           | 'x' behind the array",
        "[1,2][3]          | '[3' behind the array",
        "[1,2],            | '' behind the array",
        "{\"a\":1,\"a\":2} | '{\"a\":1'",
        "[1,[2]]           | '[2' at index 1",
        "[1,{\"a\":1}]     | '{\"a\":1' at index 1",
        "[1}               | '}' behind index 0",
        "[1,\"two\"]       | '\"two\"' at index 1",
        "1                 | '1'",
        "[1]               | 1",
        "[1,2,3]           | 3",
        "[1,1e39]          | '1e39' at index 1, too large for float32",
        "[-1e999,1]        | '-1e999' at index 0, too large for float32",
        "[1,abcdefghijklmnopqrstuvwxyz] | 'abcdefghijklmnopqrst...' at index 1",
      })
  void whatIsNoArrayOfTwoNumbersIsNamed(String text, String found) {
    refuses(found, text == null ? new byte[0] : text.getBytes(UTF_8), 2);
  }

  @Test
  void otherEncodingsAndAByteOrderMarkAreRefused() {
    refuses("'\ufeff[1'", "\ufeff[1,2]".getBytes(UTF_8), 2);
    refuses("'\u0000" + "1\u0000' at index 0", "[1,2]".getBytes(UTF_16LE), 2);
    refuses("'\ufffd' at index 0", new byte[] {'[', (byte) 0xff, ',', '2', ']'}, 2);
    refuses("'\ufffd' at index 0", "[é,2]".getBytes(ISO_8859_1), 2);
    refuses("'🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂...'", "🙂".repeat(100).getBytes(UTF_8), 2);
  }

  @Test
  void depthAndLengthDoNoHarm() {
    String deep =
        assertThrows(IllegalArgumentException.class, () -> read("[".repeat(1_000_000), 2))
            .getMessage();
    assertEquals(
        "row 0: expected a JSON array of 2 numbers, got '[[[[[[[[[[[[[[[[[[[[...' at index 0",
        deep);
    refuses("'[[[[[[[[[[[[[[[[[[[[...' at index 1", ("[1," + "[".repeat(999)).getBytes(UTF_8), 2);
    refuses("500000", ("[1" + ",1".repeat(499_999) + "]").getBytes(UTF_8), 2);
    refuses(
        "'11111111111111111111...' at index 0, too large for float32",
        ("[" + "1".repeat(100_000) + ",1]").getBytes(UTF_8),
        2);
  }

  /** One wrong byte anywhere: either another array of numbers, or refused; nothing else. */
  @Test
  void aChangedByteIsReadOrRefused() {
    SplittableRandom random = new SplittableRandom(1);
    byte[] text = "[ -1.5e+10, 20.25 ,0 ]\n".getBytes(UTF_8);
    for (int i = 0; i < 20_000; i++) {
      byte[] changed = text.clone();
      changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      try {
        for (float number : JsonExamples.read(changed, 3, 1).numbers()) {
          assertTrue(Float.isFinite(number));
        }
      } catch (IllegalArgumentException e) {
        assertTrue(String.valueOf(e.getMessage()).contains("expected "), e.getMessage());
      }
    }
  }

  @Test
  void textsAreWrittenSoThatEveryReaderReadsThem() {
    assertEquals("\"a/b\"", Json.string("a/b"));
    assertEquals(
        "\"\\\"\\\\\\u0000\\u001f\\u007f\\u00e9\\u2028\"",
        Json.string("\"\\\0\u001f\u007fé\u2028"));
    assertEquals("\"\\ud83d\\ude42\"", Json.string("🙂"));
    assertEquals("\"\\ufffdx\\ufffd\"", Json.string("\ud83dx\ude42"));
  }
}
