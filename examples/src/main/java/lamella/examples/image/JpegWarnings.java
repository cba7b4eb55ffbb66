package lamella.examples.image;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import org.jspecify.annotations.Nullable;

/**
 * What the JDK's JPEG decoder noticed. It goes on in grey where pixels are missing and says so in a
 * warning only. Other warnings, as of superfluous bytes between segments, do not change the pixels.
 */
final class JpegWarnings implements IIOReadWarningListener {
  /** Parts of the messages of the Independent JPEG Group's library, and of the JDK around it. */
  private static final List<String> CUT_OFF = List.of("premature end", "truncated");

  private static final List<String> DAMAGED =
      List.of("bad huffman code", "instead of rst", "bad arithmetic code");

  private @Nullable String cutOff;
  private @Nullable String damaged;

  @Override
  public void warningOccurred(ImageReader source, String warning) {
    String text = warning.toLowerCase(Locale.ROOT);
    if (CUT_OFF.stream().anyMatch(text::contains)) {
      cutOff = warning;
    } else if (DAMAGED.stream().anyMatch(text::contains)) {
      damaged = warning;
    }
  }

  void throwIfIncomplete() throws IOException {
    if (cutOff != null) {
      throw new IOException("cut off? (" + cutOff + ")");
    }
    if (damaged != null) {
      throw new IOException("damaged JPEG (" + damaged + ")");
    }
  }
}
