package lamella.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Locale;
import lamella.table.NumberStyle.Finding;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberStyleTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // text | point | grouped | comma
        "12|12|12|12",
        "-12|-12|-12|-12",
        "1.5|1.5|1.5|-",
        "1,5|-|-|1.5",
        "1.234|1.234|1.234|1234",
        "1,234|-|1234|1.234",
        "1,234.5|-|1234.5|-",
        "1.234,5|-|-|1234.5",
        "1.234.567|-|-|1234567",
        "1.234e5|123400|123400|-",
        "1,234E5|-|-|123400",
        "1'234e5|-|-|-",
        "1,234,567|-|1234567|-",
        "0,123|-|-|0.123",
        "1234,567|-|-|1234.567",
        "12,34|-|-|12.34",
        "1 234,5|-|-|1234.5",
        "1 234.5|-|1234.5|-",
        "1'234|-|1234|1234",
        "1 234 567|-|1234567|1234567",
        "12 34|-|-|-",
        "1,23,456|-|-|-",
        "1,234,56|-|-|-",
        "1.5e3|1500|1500|-",
        "1,5e3|-|-|1500",
        "1,2345.6|-|-|-",
        ",5|-|-|0.5",
        "5,|-|-|5",
        "a|-|-|-",
        "1.2.3|-|-|-",
        "1,234'567|-|-|-",
      })
  void textsAreNumbersOrNoneByStyle(String text, Double point, Double grouped, Double comma) {
    assertNumber(point, NumberStyle.POINT, text);
    assertNumber(grouped, NumberStyle.GROUPED, text);
    assertNumber(comma, NumberStyle.COMMA, text);
  }

  private static void assertNumber(Double expected, NumberStyle style, String text) {
    double number = expected == null ? Double.NaN : expected;
    assertEquals(number, style.parse(text), style + " " + text);
  }

  @Property
  void whatIsWrittenInAStyleIsReadInIt(
      @ForAll long thousandths, @ForAll @IntRange(min = 0, max = 3) int digits) {
    long shortened = thousandths / 1_000_000_000;
    double value = shortened / 1000.0;
    String english = String.format(Locale.ROOT, "%,." + digits + "f", value);
    double expected = Double.parseDouble(english.replace(",", ""));
    assertEquals(expected, NumberStyle.GROUPED.parse(english), english);
    String german = english.replace(',', ';').replace('.', ',').replace(';', '.');
    assertEquals(expected, NumberStyle.COMMA.parse(german), german);
    String french = german.replace('.', '\u202f');
    assertEquals(expected, NumberStyle.COMMA.parse(french), french);
  }

  @Test
  void theStyleOfAColumnIsFoundIfItsValuesTell() {
    assertEquals(Finding.POINT, NumberStyle.find(List.of("1", "2")));
    assertEquals(Finding.POINT, NumberStyle.find(List.of("1", "2.5")));
    assertEquals(Finding.POINT_OR_COMMA, NumberStyle.find(List.of("1", "2.500")));
    assertEquals(Finding.POINT, NumberStyle.find(List.of("1.234", "2.5")));
    assertEquals(Finding.COMMA, NumberStyle.find(List.of("1,234", "2,5")));
    assertEquals(Finding.COMMA, NumberStyle.find(List.of("1.234", "2,5")));
    assertEquals(Finding.GROUPED, NumberStyle.find(List.of("1,234", "2.5")));
    assertEquals(Finding.GROUPED, NumberStyle.find(List.of("1 234", "2")));
    assertEquals(Finding.GROUPED_OR_COMMA, NumberStyle.find(List.of("1,234", "2")));
    assertEquals(Finding.NONE, NumberStyle.find(List.of("1,5", "2.5")));
    assertEquals(Finding.NONE, NumberStyle.find(List.of("1", "a")));
    assertEquals(Finding.NONE, NumberStyle.find(List.of()));
  }
}
