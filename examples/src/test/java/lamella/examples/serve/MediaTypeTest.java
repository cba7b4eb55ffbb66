package lamella.examples.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MediaTypeTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "application/json                          | application/json",
        "Application/JSON                          | application/json",
        "application/json; charset=UTF-8           | application/json",
        "application/json ;charset=\"utf-8\"       | application/json",
        "application/json;                         | application/json",
        "application/json; ; a=b;                  | application/json",
        "application/json; a=\"x; y=\\\"z\\\"\"; b=c | application/json",
        "application/octet-stream; v=1             | application/octet-stream",
        "application/vnd.api+json                  | application/vnd.api+json",
      })
  void typeAndSubtypeInLowerCase(String text, String expected) {
    assertEquals(Optional.of(expected), MediaType.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "json",
        "/json",
        "application/",
        "application / json",
        "application/json x",
        "application/json, application/json",
        "application/json; charset",
        "application/json; charset=",
        "application/json; charset =utf-8",
        "application/json; charset= utf-8",
        "application/json; a=\"b",
        "application/json; a=\"b\\",
        "application/json; a=b c",
        "appli\u00e9/json",
        "application/json/x"
      })
  void whatIsNoneIsEmpty(String text) {
    assertEquals(Optional.empty(), MediaType.parse(text));
  }
}
