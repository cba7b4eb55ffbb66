package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import lamella.data.cifar.ImageShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mean                             | mean                              | 3072
          Standardise                      | standardise                       | 3072
          contrast(10)                     | contrast                          | 3072
          contrast( 1e-1 )                 | contrast(0.1)                     | 3072
          contrast whiten(256, 10)         | contrast whiten(256,10)           | 256
          contrast  cosine(16 8 10)        | contrast cosine(16,8,10)          | 384
          standardise contrast whiten(3,0) | standardise contrast whiten(3,0)  | 3
          cosine(32,0,0.5) whiten(9,0.01)  | cosine(32,0,0.5) whiten(9,0.01)   | 9
          """)
  void isReadAndWritten(String typed, String text, int outputs) {
    HeadText head = HeadText.of(typed);
    assertEquals(text, head.toString());
    assertEquals(head, HeadText.of(text));
    assertEquals(outputs, head.outputs(ImageShape.CIFAR10));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          centred              | 'centred' at position 1 is unknown
          whitten(3,1)         | 'whitten' at position 1 is unknown, did you mean 'whiten'
          mean(3)              | 'mean' at position 1 takes nothing in parentheses
          contrast mean        | 'mean' at position 10 cannot come after contrast
          whiten(3,1) contrast | 'contrast' at position 13 cannot come after whiten(3,1)
          contrast contrast    | 'contrast' at position 10 cannot come after contrast
          contrast(0)          | '0' at position 10 must be above 0
          whiten               | 'whiten' at position 1 needs components and s, as in whiten(256,10)
          whiten(256)          | 'whiten' at position 1 needs components and s, as in whiten(256,10)
          whiten(1.5,1)        | '1.5' at position 8 must be a whole number from 1 on
          whiten(0,1)          | '0' at position 8 must be a whole number from 1 on
          whiten(5,-1)         | '-1' at position 10 must not be negative
          whiten(a,1)          | 'a' at position 8 is no number
          cosine(16,8)         | 'cosine' at position 1 needs frequencies of brightness, of colours, and s, as in cosine(18,5,1)
          """)
  void mistakesAreNamed(String typed, String message) {
    String actual =
        assertThrows(IllegalArgumentException.class, () -> HeadText.of(typed)).getMessage();
    assertTrue(actual.startsWith(message), actual);
  }

  @Test
  void aHeadThatImagesAreTooSmallForIsRefused() {
    ImageShape grey = new ImageShape(28, 28, 1);
    assertEquals(81, HeadText.of("cosine(9,4,1)").outputs(grey));
    assertEquals(
        "--preprocess: whiten(785,10) of 784 numbers: at most so many components",
        assertThrows(
                IllegalArgumentException.class,
                () -> HeadText.of("contrast whiten(785,10)").outputs(grey))
            .getMessage());
    assertEquals(
        "--preprocess: cosine(29,4,1) of images of 28x28x1: at most 28 frequencies",
        assertThrows(
                IllegalArgumentException.class, () -> HeadText.of("cosine(29,4,1)").outputs(grey))
            .getMessage());
  }
}
