package lamella.examples.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What every page has: its head, the links to its sections, lists of facts, how numbers look. */
final class PageParts {
  private PageParts() {}

  /** Begins a document, up to and with its style. */
  static void head(Markup html, String title) {
    html.doctype().open("html", "lang", "en");
    html.open("head").empty("meta", "charset", "utf-8");
    html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.empty("meta", "name", "color-scheme", "content", "light dark");
    html.element("title", title);
    html.empty("link", "rel", "icon", "href", "data:,");
    html.style(resource("page.css"));
    html.close("head");
  }

  /** Links to sections: their titles by their ids. */
  static void links(Markup html, Map<String, String> sections) {
    html.open("nav", "aria-label", "Sections");
    sections.forEach((id, title) -> html.element("a", title, "href", "#" + id));
    html.close("nav");
  }

  /** Names and what is said of them. */
  static void facts(Markup html, Map<String, String> facts) {
    html.open("dl", "class", "facts");
    facts.forEach((name, value) -> html.element("dt", name).element("dd", value));
    html.close("dl");
  }

  /** The line of a table's heads, and the begin of its body. */
  static void heads(Markup html, List<String> heads) {
    html.open("thead").open("tr");
    for (String head : heads) {
      html.element("th", head, "scope", "col");
    }
    html.close("tr").close("thead").open("tbody");
  }

  private static String resource(String name) {
    try (InputStream in = PageParts.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("PageParts: resource " + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With a minus sign as long as the plus sign is. */
  static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value).replace('-', '−');
  }

  /** In full, {@code 0.0001}, unless that is long. */
  static String shortest(double value) {
    BigDecimal exact = BigDecimal.valueOf(value).stripTrailingZeros();
    String plain = exact.toPlainString();
    return plain.length() <= 10 ? plain : exact.toString();
  }

  /**
   * With four digits that count, but neither more than four after the point nor a whole number cut
   * short; a dash where it is no number.
   */
  static String figure(double value) {
    if (!Double.isFinite(value)) {
      return "–";
    }
    double size = Math.abs(value);
    if (size != 0 && (size < 1e-3 || size >= 1e9)) {
      return number("%.3e", value);
    }
    int whole = size == 0 ? -1 : (int) Math.floor(Math.log10(size));
    return number("%,." + Math.clamp(3 - whole, 0, 4) + "f", value);
  }
}
