package lamella.examples.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class MarkupTest {
  private static Element parse(Markup markup) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(markup.bytes()))
        .getDocumentElement();
  }

  @Test
  void escapesWhatMarkupIsMadeOf() {
    Markup markup = new Markup().element("p", "a < b > c & d", "title", "\"<&");
    assertEquals(
        "<p title=\"&quot;&lt;&amp;\">a &lt; b &gt; c &amp; d</p>", markup.toString().strip());
  }

  @Property(tries = 500)
  void anyTextAtAllStaysText(@ForAll String text) throws Exception {
    Element p = parse(new Markup().element("p", text, "title", text));
    assertEquals(0, p.getElementsByTagName("*").getLength());
    assertEquals(readable(text), readable(p.getTextContent()));
    assertEquals(readable(text), readable(p.getAttribute("title")));
  }

  /** Without what XML reads as something else: control characters, and halves of pairs. */
  private static String readable(String text) {
    return text.codePoints()
        .filter(c -> c > ' ' && (c < 0xD800 || c >= 0x10000))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  @Test
  void aStyleSheetStaysAsItIsOrIsRefused() {
    assertEquals(
        "<style>a > b { content: \"\" }</style>",
        new Markup().style("a > b { content: \"\" }").toString().strip());
    for (String css : new String[] {"</style>", "a & b", "]]>"}) {
      assertThrows(IllegalArgumentException.class, () -> new Markup().style(css));
    }
  }

  @Test
  void whatIsNotClosedInOrderIsAnError() {
    assertThrows(IllegalStateException.class, () -> new Markup().open("p").open("b").close("p"));
    assertThrows(IllegalStateException.class, () -> new Markup().open("p").toString());
    assertThrows(IllegalArgumentException.class, () -> new Markup().open("p", "class"));
  }
}
