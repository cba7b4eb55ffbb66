package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import lamella.core.Network;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import lamella.table.Column;
import lamella.table.Table;
import lamella.table.TableModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** Executors in processes of their own, to which models travel as bytes, through Kryo. */
class ScoringClusterTest {
  private static final int ROWS = 600;

  private static SparkSession cluster() {
    return TestCluster.of(
            2, Map.of("spark.serializer", "org.apache.spark.serializer.KryoSerializer"))
        .session();
  }

  @Test
  void executorsSayWhatThePredictorSays() {
    NumPyRandom random = new NumPyRandom(1);
    Network network =
        Network.of(Shape.of(2), new Linear(2, 16, random), new ReLU(), new Linear(16, 3, random));
    Dataset<Row> frame =
        cluster()
            .range(0, ROWS, 1, 5)
            .selectExpr("id", "array(float(id) / 64, float(id % 7)) as features");
    Predictor predictor = Predictor.of(network);
    List<Row> rows = ModelTransformer.of(network).transform(frame).collectAsList();
    assertEquals(ROWS, rows.size());
    for (Row row : rows) {
      long id = row.getAs("id");
      float[] x = {(float) id / 64, id % 7};
      float[] expected = predictor.probabilities(x);
      double[] got = row.<Vector>getAs("probability").toArray();
      for (int k = 0; k < expected.length; k++) {
        assertEquals((double) expected[k], got[k]);
      }
      assertEquals((double) predictor.classOf(x), row.<Double>getAs("prediction"));
    }
  }

  @Test
  void executorsReadTheColumnsOfATable() {
    double[] numbers = new double[ROWS];
    String[] colors = new String[ROWS];
    double[] targets = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      numbers[i] = i % 5 == 0 ? Double.NaN : i % 40;
      colors[i] = i % 3 == 0 ? "red" : "blue";
      targets[i] = i % 40 + (i % 3 == 0 ? 10 : 0);
    }
    Table table =
        Table.of(
            Column.numbers("size", numbers),
            Column.categories("color", colors),
            Column.numbers("price", targets));
    TableModel model = TableModel.regressor("price").withMembers(1).withEpochs(1).fit(table);
    double[] expected = new double[ROWS];
    model.predictEncoded(ROWS, model.schema().encode(table).array(), expected);
    double[] got =
        ModelTransformer.of(model.toModelFile())
            .transform(
                cluster()
                    .range(0, ROWS, 1, 5)
                    .selectExpr(
                        "id",
                        "if(id % 5 = 0, null, id % 40) as size",
                        "if(id % 3 = 0, 'red', 'blue') as color"))
            .orderBy("id")
            .collectAsList()
            .stream()
            .mapToDouble(row -> row.<Double>getAs("prediction"))
            .toArray();
    assertArrayEquals(expected, got);
  }
}
