package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.NoSuchElementException;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.layers.Linear;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import scala.collection.AbstractIterator;
import scala.collection.Iterator;

class ScoredRowsTest {
  private static final StructType FRAME = new StructType().add("id", DataTypes.DoubleType, false);

  /** Rows 0, 1, 2 ... in one object, as Spark's operators give them. */
  private static final class Rows extends AbstractIterator<Object> {
    private final int count;
    private final UnsafeRow row = new UnsafeRow(1);
    private int read;

    Rows(int count) {
      this.count = count;
      row.pointTo(new byte[16], 16);
    }

    @Override
    public boolean hasNext() {
      return read < count;
    }

    @Override
    public InternalRow next() {
      row.setDouble(0, read++);
      return row;
    }
  }

  private static Iterator<Object> scored(Rows rows) {
    Network twice =
        Network.of(
                Shape.of(1),
                Linear.of(FloatTensor.of(Shape.of(1, 1), 2), FloatTensor.of(Shape.of(1), 1)))
            .withOutputs(Outputs.NUMBERS);
    return new ScoredRows(
        rows,
        ScoredModel.of(twice).open(),
        FeatureReader.of(FRAME, "id"),
        new ScoreColumn[] {ScoreColumn.PREDICTION},
        HandleInvalid.ERROR,
        null);
  }

  @Test
  void aBatchIsReadWhenItsFirstRowIsAskedFor() {
    Rows rows = new Rows(10 * ScoredRows.ROWS_AT_ONCE);
    Iterator<Object> scored = scored(rows);
    assertEquals(0, rows.read);
    InternalRow first = (InternalRow) scored.next();
    assertEquals(ScoredRows.ROWS_AT_ONCE, rows.read);
    for (int i = 1; i < ScoredRows.ROWS_AT_ONCE; i++) {
      // The same object each time: nothing is kept for rows that have been given.
      assertSame(first, scored.next());
      assertEquals(i, first.getDouble(0));
      assertEquals(2 * i + 1, first.getDouble(1));
    }
    assertEquals(ScoredRows.ROWS_AT_ONCE, rows.read);
    scored.next();
    assertEquals(2 * ScoredRows.ROWS_AT_ONCE, rows.read);
  }

  @Test
  void behindTheLastRowThereIsNone() {
    Iterator<Object> scored = scored(new Rows(3));
    for (int i = 0; i < 3; i++) {
      assertEquals(2 * i + 1, ((InternalRow) scored.next()).getDouble(1));
    }
    assertFalse(scored.hasNext());
    assertThrows(NoSuchElementException.class, scored::next);
    assertFalse(scored(new Rows(0)).hasNext());
  }
}
