package lamella.examples.page;

import java.util.LinkedHashMap;
import java.util.Map;

/** A table's training as a page that holds all it needs. Equal runs give equal bytes. */
public final class TableReport {
  private TableReport() {}

  /** {@return the page, a file of HTML} */
  public static byte[] html(TableRun run) {
    Map<String, String> facts = new LinkedHashMap<>(run.settings());
    Markup html = new Markup();
    PageParts.head(html, "Lamella: " + run.source());
    html.open("body").open("main").element("h1", run.source());
    PageParts.facts(html, facts);
    html.close("main").close("body").close("html");
    return html.bytes();
  }
}
