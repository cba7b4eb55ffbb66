package lamella.examples.page;

import java.awt.Color;
import java.util.List;

/**
 * The colours of the four activations in PNG files; the page's own are in {@code page.css}, where
 * they differ between light and dark.
 *
 * <p>Source: M. Okabe and K. Ito, "Color universal design" (2008): blue, vermilion, bluish green
 * and reddish purple stay apart for all common kinds of colour vision. The purple is darker here,
 * for contrast on white.
 */
final class Palette {
  static final List<Color> LINES =
      List.of(new Color(0x0072B2), new Color(0xD55E00), new Color(0x009E73), new Color(0xB65A94));

  private Palette() {}
}
