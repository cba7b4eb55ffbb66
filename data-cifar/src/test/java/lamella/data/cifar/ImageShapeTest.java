package lamella.data.cifar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageShapeTest {
  @Test
  void hasSizesAndPlaces() {
    ImageShape shape = new ImageShape(2, 5, 3);
    assertEquals(30, shape.size());
    assertEquals(10, shape.pixels());
    assertEquals(3 * 8 + 2, shape.offset(Layout.HWC, 1, 3, 2));
    assertEquals(2 * 10 + 8, shape.offset(Layout.CHW, 1, 3, 2));
    ImageShape grey = new ImageShape(28, 28, 1);
    assertEquals(28 * 27 + 3, grey.offset(Layout.HWC, 27, 3, 0));
    assertEquals(28 * 27 + 3, grey.offset(Layout.CHW, 27, 3, 0));
  }

  @Test
  void layoutsHaveNames() {
    assertEquals(Optional.of(Layout.HWC), Layout.named("hwc"));
    assertEquals(Optional.of(Layout.CHW), Layout.named("CHW"));
    assertEquals(Optional.empty(), Layout.named("nchw"));
    assertEquals(Layout.CHW, Layout.of("chw"));
    assertEquals(
        "layout HWC or CHW expected, nchw found",
        assertThrows(IllegalArgumentException.class, () -> Layout.of("nchw")).getMessage());
  }

  @Test
  void isReadFromItsText() {
    ImageShape shape = new ImageShape(28, 30, 1);
    assertEquals("28x30x1", shape.toString());
    assertEquals(shape, ImageShape.of("28x30x1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0x28x1             | got 0x28x1
          28x0x3             | got 28x0x3
          28x28x2            | got 28x28x2
          99999999x1x1       | at most 16777216 numbers expected, got 99999999x1x1
          65536x65536x1      | got 65536x65536x1
          28x28              | got '28x28'
          -1x28x1            | got '-1x28x1'
          28x28x1x1          | got '28x28x1x1'
          999999999999x1x1   | got '999999999999x1x1'
          """)
  void whatIsNoShapeIsRefused(String text, String expected) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> ImageShape.of(text)).getMessage();
    assertEquals(expected, message.substring(message.length() - expected.length()));
  }
}
