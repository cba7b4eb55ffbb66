package lamella.spark;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.ExprId;
import org.apache.spark.sql.catalyst.expressions.GetStructField;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.DeserializeToObject;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.MapPartitions;
import org.apache.spark.sql.catalyst.plans.logical.SerializeFromObject;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Function1;
import scala.Option;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Lets a function work on the rows of a frame as Spark itself keeps them, and add columns to them.
 *
 * <p>{@code Dataset.mapPartitions} makes an object of every value of every column, and binary rows
 * of them again. Here the same nodes of a plan (to an object, {@code MapPartitions}, and back, in
 * batches and streams alike) have Spark's own rows for objects: they are copied once and carried
 * on. Columns keep their metadata and their identity, so that {@code frame.col("id")} is still
 * found afterwards.
 *
 * <p>The one class that knows how Spark builds plans: these classes are no API, and belong to Spark
 * 4.2.
 */
final class InternalRows {
  private InternalRows() {}

  /**
   * The frame with columns added.
   *
   * @param function takes an iterator over rows with the frame's columns, each of which is valid
   *     until the next is asked for, and gives one over rows with these and the added columns
   */
  static Dataset<Row> map(
      Dataset<?> data, Function1<Iterator<Object>, Iterator<Object>> function, StructType added) {
    if (!(data instanceof org.apache.spark.sql.classic.Dataset<?> frame)) {
      throw new IllegalArgumentException(
          "a frame of this process's Spark session expected, got one of " + data.getClass());
    }
    LogicalPlan plan = frame.queryExecution().commandExecuted();
    List<Attribute> columns = CollectionConverters.asJava(plan.output());
    StructType before = new StructType();
    for (Attribute column : columns) {
      before = before.add(column.name(), column.dataType(), column.nullable(), column.metadata());
    }
    StructType after = before;
    for (StructField field : added.fields()) {
      after = after.add(field);
    }
    WholeRow whole = new WholeRow(seq(List.copyOf(columns)));
    LogicalPlan given = new DeserializeToObject(whole, row("row", whole.dataType()), plan);
    Attribute scored = row("scored", after);
    LogicalPlan mapped = new MapPartitions(function, scored, given);
    List<NamedExpression> all = new ArrayList<>();
    for (int i = 0; i < after.size(); i++) {
      ExprId id = i < columns.size() ? columns.get(i).exprId() : newId();
      Seq<String> qualifier = i < columns.size() ? columns.get(i).qualifier() : seq(List.of());
      StructField field = after.apply(i);
      all.add(
          new Alias(
              new GetStructField(scored, i, Option.empty()),
              field.name(),
              id,
              qualifier,
              Option.apply(field.metadata()),
              seq(List.of())));
    }
    return org.apache.spark.sql.classic.Dataset.ofRows(
        frame.sparkSession(), new SerializeFromObject(seq(all), mapped));
  }

  private static AttributeReference row(String name, DataType type) {
    return new AttributeReference(name, type, false, Metadata.empty(), newId(), seq(List.of()));
  }

  private static ExprId newId() {
    return NamedExpression.newExprId();
  }

  private static <T> Seq<T> seq(List<T> list) {
    return CollectionConverters.asScala(list).toSeq();
  }
}
