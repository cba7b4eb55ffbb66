package lamella.examples.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lamella.table.TableEvaluation;
import lamella.table.TableSchema.Target;
import lamella.table.Task;

/** How good a model is, on each part that was not trained on, beside {@link ConstantModel}. */
final class TableFigures {
  private TableFigures() {}

  /** Writes the table. */
  static void write(Markup html, TableRun run) {
    Target target = run.model().schema().target();
    ConstantModel constant = ConstantModel.of(target, run.train().rows());
    List<String> heads = new ArrayList<>(List.of("figure"));
    List<Map<String, Double>> columns = new ArrayList<>();
    for (TableRun.Part part : run.parts()) {
      TableEvaluation evaluation = part.evaluation();
      if (evaluation != null) {
        heads.addAll(List.of(part.name(), "constant"));
        columns.add(evaluation.figures());
        columns.add(constant.figures(part.rows()));
      }
    }
    html.open("table", "class", "numbers result");
    html.element("caption", caption(target));
    PageParts.heads(html, heads);
    for (String name : columns.getFirst().keySet()) {
      html.open("tr").element("th", name, "scope", "row");
      for (int i = 0; i < columns.size(); i++) {
        Double figure = columns.get(i).get(name);
        html.element(
            "td",
            figure == null ? "–" : text(target, name, figure),
            "class",
            i % 2 == 0 ? "model" : "constant");
      }
      html.close("tr");
    }
    html.close("tbody").close("table");
  }

  private static String text(Target target, String name, double figure) {
    boolean isShare = target.task() == Task.CLASSIFICATION || name.startsWith("R²");
    return isShare && Double.isFinite(figure)
        ? PageParts.number("%.4f", figure)
        : PageParts.figure(figure);
  }

  private static String caption(Target target) {
    return target.task() == Task.CLASSIFICATION
        ? "The network, and a constant answer: the shares of the classes among training rows"
        : target.logarithm()
            ? "The network, and a constant answer: the mean of ln " + target.name() + " in training"
            : "The network, and a constant answer: the mean of " + target.name() + " in training";
  }
}
