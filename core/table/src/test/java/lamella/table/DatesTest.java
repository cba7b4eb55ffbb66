package lamella.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "2024-02-29",
        "2024/2/9",
        "2024.02.29",
        "29.02.2024",
        "29/02/2024",
        "2/29/24",
        "02-29-2024",
        "29-Feb-2024",
        "29 February 2024",
        "Feb 29, 2024",
        "February 29 2024",
        "23:59",
        "7:05",
        "23:59:59",
        "23:59:59.123",
        "11:59 PM",
        "2024-02-29 23:59",
        "2024-02-29T23:59:59Z",
        "2024-02-29T23:59:59.123456+01:00",
        "2024-02-29 23:59:59 +0100",
        "29.02.2024, 23:59",
        "2/29/2024 11:59:59 pm",
        " 2024-02-29 "
      })
  void datesAndTimesAreTold(String text) {
    assertEquals(true, Dates.isDate(text), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2024",
        "20240229",
        "1.5",
        "12.5.3.1",
        "192.168.0.1",
        "1-2",
        "2024-13-01",
        "2024-02-32",
        "13/13/2024",
        "25:00",
        "12:60",
        "12:5",
        "March",
        "Marchese 12",
        "may",
        "555-1234",
        "1.2.3",
        "3-4-5",
        "10.0.0",
        "2024-02-29T",
        "2024-02-29 at noon",
        "12:30 pmx",
        "1/2",
        "0-0-00",
        "a2024-02-29",
        "2024-02-29-01",
        "31/12/199",
        "12:30+",
        "12:30 Z1"
      })
  void othersAreNot(String text) {
    assertEquals(false, Dates.isDate(text), text);
  }

  @Property
  void allDaysInCommonFormsAreTold(@ForAll @IntRange(min = 0, max = 2_000_000_000) int seconds) {
    LocalDateTime time = LocalDateTime.of(1970, 1, 1, 0, 0).plusSeconds(seconds);
    for (String form :
        new String[] {
          "yyyy-MM-dd",
          "dd.MM.yyyy",
          "MM/dd/yyyy",
          "dd/MM/yy",
          "dd-MMM-yyyy",
          "MMM d, yyyy",
          "HH:mm:ss",
          "yyyy-MM-dd'T'HH:mm:ss.SSS",
          "M/d/yyyy h:mm a"
        }) {
      String text = time.format(DateTimeFormatter.ofPattern(form, Locale.US));
      assertEquals(true, Dates.isDate(text), text);
    }
  }
}
