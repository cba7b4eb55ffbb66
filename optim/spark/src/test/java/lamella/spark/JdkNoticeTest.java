package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which JDKs are warned about. */
class JdkNoticeTest {
  @ParameterizedTest
  @CsvSource({
    "25, true",
    "25.0.1, true",
    "25.0.2+9-LTS, true",
    "25.0.3, false",
    "25.1, false",
    "24.0.2, false",
    "26, false",
  })
  void thoseThatMayMovePinnedMemory(String version, boolean affected) {
    assertEquals(affected, JdkNotice.isAffected(Runtime.Version.parse(version)));
  }

  @ParameterizedTest
  @CsvSource({"25.0.1, 1", "25.0.3, 0"})
  void theWarningIsSaidOnce(String version, int times) {
    List<String> said = new ArrayList<>();
    JdkNotice notice = new JdkNotice(Runtime.Version.parse(version));
    notice.sayTo(said::add);
    notice.sayTo(said::add);
    assertEquals(times, said.size());
  }
}
