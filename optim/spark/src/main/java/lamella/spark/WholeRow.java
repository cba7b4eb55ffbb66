package lamella.spark;

import java.io.Serial;
import java.io.Serializable;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.catalyst.expressions.codegen.JavaCode;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.ObjectType;
import org.jspecify.annotations.Nullable;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/**
 * An expression of a plan whose value is the row that it is computed of, as Spark keeps it: valid
 * until the next is asked for. It refers to all of the row's columns, so that none is left out.
 */
final class WholeRow extends Expression implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  @SuppressWarnings(
      "serial") // Scala's lists and Spark's expressions are, but their types do not say so
  private final Seq<Expression> columns;

  /**
   * The row.
   *
   * @param columns all there are, in their order
   */
  WholeRow(Seq<Expression> columns) {
    this.columns = columns;
  }

  @Override
  public Seq<Expression> children() {
    return columns;
  }

  @Override
  public DataType dataType() {
    return new ObjectType(InternalRow.class);
  }

  @Override
  public boolean nullable() {
    return false;
  }

  @Override
  public Object eval(InternalRow row) {
    return isRow() ? row : UnsafeProjection.create(columns).apply(row);
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode code) {
    String row = context.INPUT_ROW();
    if (!isRow()) {
      UnsafeProjection projection = UnsafeProjection.create(columns);
      row =
          context.addReferenceObj("columns", projection, UnsafeProjection.class.getName())
              + ".apply("
              + row
              + ")";
    }
    return ExprCode.forNonNullValue(JavaCode.expression(row, InternalRow.class));
  }

  /** Whether the columns stand in the row as they are named. */
  private boolean isRow() {
    for (int i = 0; i < columns.size(); i++) {
      if (!(columns.apply(i) instanceof BoundReference reference) || reference.ordinal() != i) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> others) {
    return new WholeRow(others);
  }

  // What Scala's case classes have.

  @Override
  public int productArity() {
    return 1;
  }

  @Override
  public Object productElement(int index) {
    return columns;
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof WholeRow;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof WholeRow row && row.columns.equals(columns);
  }

  @Override
  public int hashCode() {
    return columns.hashCode();
  }
}
