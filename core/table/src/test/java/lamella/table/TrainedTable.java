package lamella.table;

import java.util.List;
import lamella.layers.Linear;
import lamella.layers.SELU;

/** Trains small models and prints their fingerprints: what one JVM says to compare with another. */
final class TrainedTable {
  private TrainedTable() {}

  /** One line for each model. */
  public static void main(String[] args) {
    Table train = FlowersTest.flowers(150, 1);
    Table validation = FlowersTest.flowers(60, 2);
    TableTrainer classes = TableModel.classifier("name").ignoring("price").withEpochs(2);
    print(classes.withMembers(2).fit(train, validation), validation);
    print(
        classes
            .withBody((input, outputs, random) ->
                List.of(
                    new Linear(input.size(), 30, random),
                    new SELU(),
                    new Linear(30, outputs, random)))
            .withBalancedClasses()
            .withBatchSize(20)
            .fit(train),
        validation);
    print(
        TableModel.regressor("price").withLogarithm().withMembers(1).withEpochs(2).fit(train),
        validation);
  }

  private static void print(TableModel model, Table table) {
    System.out.println(model.fingerprint() + " " + model.evaluate(table).figures());
  }
}
