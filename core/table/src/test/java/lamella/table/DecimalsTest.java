package lamella.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DecimalsTest {
  private static final Pattern NUMBER =
      Pattern.compile("\\s*[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?\\s*");

  private static void assertSame(double expected, double actual, String text) {
    assertEquals(Double.doubleToLongBits(expected), Double.doubleToLongBits(actual), text);
  }

  @Property(tries = 20_000)
  void digitsAndExponentsAreReadAsByTheJdk(
      @ForAll long digits, @ForAll @IntRange(min = 0, max = 19) int cut, @ForAll boolean point) {
    String all = Long.toString(digits);
    int end = Math.max(1, all.length() - cut);
    String text = all.substring(0, end) + (point && end > 1 ? "." + all.substring(end) : "");
    if (text.equals("-")) {
      return;
    }
    assertSame(Double.parseDouble(text), Decimals.parse(text), text);
  }

  @Property(tries = 20_000)
  void digitsTimesPowersOfTenAreReadAsByTheJdk(
      @ForAll long digits, @ForAll @IntRange(min = -40, max = 40) int exponent) {
    String text = digits + "e" + exponent;
    assertSame(Double.parseDouble(text), Decimals.parse(text), text);
  }

  @Property(tries = 20_000)
  void doublesAreReadFromTheirTexts(@ForAll long bits) {
    double value = Double.longBitsToDouble(bits);
    if (Double.isFinite(value)) {
      assertSame(value, Decimals.parse(Double.toString(value)), "" + value);
      assertSame(value, Decimals.parse(Decimals.text(value)), "" + value);
    }
  }

  @Test
  void numbersOfSeventeenDigitsAreReadFromTheirTexts() {
    Random random = new Random(1);
    for (int i = 0; i < 200_000; i++) {
      double value = random.nextGaussian() * Math.pow(10, random.nextInt(20) - 10);
      String text = Double.toString(value);
      assertSame(value, Decimals.parse(text), text);
    }
  }

  /** Numbers halfway between two doubles, and a little beside: the hardest to round. */
  @Test
  void halvesBetweenDoublesAreReadAsByTheJdk() {
    Random random = new Random(2);
    for (int i = 0; i < 20_000; i++) {
      double value = Math.scalb(1 + random.nextDouble(), random.nextInt(60));
      BigDecimal half =
          new BigDecimal(value)
              .add(new BigDecimal(Math.nextUp(value)))
              .divide(BigDecimal.TWO, MathContext.UNLIMITED);
      for (int digits = 15; digits <= 19; digits++) {
        String text = half.round(new MathContext(digits)).toPlainString();
        assertSame(Double.parseDouble(text), Decimals.parse(text), text);
      }
      String exact = half.toPlainString();
      assertSame(Double.parseDouble(exact), Decimals.parse(exact), exact);
    }
  }

  @Provide
  Arbitrary<String> nearlyNumbers() {
    return Arbitraries.strings().withChars("0123456789+-.eE ,xfdNI_").ofMaxLength(8);
  }

  @Property(tries = 20_000)
  void whatIsNoNumberIsTold(@ForAll("nearlyNumbers") String text) {
    double value = Decimals.parse(text);
    assertEquals(NUMBER.matcher(text).matches(), !Double.isNaN(value), text);
    if (!Double.isNaN(value)) {
      assertSame(Double.parseDouble(text), value, text);
    }
  }

  @Test
  void namesAndOtherNotationsAreNoNumbers() {
    for (String text :
        new String[] {
          "", " ", "NaN", "Infinity", "-inf", "1d", "1f", "0x1p3", "1_000", "1,5", "--1"
        }) {
      assertTrue(Double.isNaN(Decimals.parse(text)), text);
    }
    assertEquals(Double.POSITIVE_INFINITY, Decimals.parse("1e400"));
    assertEquals(Double.NEGATIVE_INFINITY, Decimals.parse("-1e99999999999999"));
    assertSame(-0.0, Decimals.parse("-0"), "-0");
    assertSame(0.0, Decimals.parse("0e99999999999999"), "0");
    assertSame(123.5, Decimals.parse("  +000123.5000 "), "123.5");
  }

  @Test
  void textsAreTheShortestAndWithoutExponentIfShort() {
    assertEquals("3", Decimals.text(3));
    assertEquals("-3", Decimals.text(-3));
    assertEquals("-0", Decimals.text(-0.0));
    assertEquals("0.1", Decimals.text(0.1));
    assertEquals("0.0001", Decimals.text(0.0001));
    assertEquals("12345678.5", Decimals.text(12345678.5));
    assertEquals("100000000000000", Decimals.text(1e14));
    assertEquals("1e21", Decimals.text(1e21));
    assertEquals("1.5e-10", Decimals.text(1.5e-10));
    assertEquals("4.9e-324", Decimals.text(Double.MIN_VALUE));
  }
}
