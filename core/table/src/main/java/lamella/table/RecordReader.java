package lamella.table;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Reads the components of records in the order of a schema's inputs. Safe to share. */
final class RecordReader {
  private final TableSchema schema;

  /** Of each class of records that was seen. */
  private final Map<Class<?>, Method[]> accessors = new ConcurrentHashMap<>();

  RecordReader(TableSchema schema) {
    this.schema = schema;
  }

  @Nullable Object[] values(Record row) {
    Method[] own = accessors.get(row.getClass());
    if (own == null) {
      own = accessors(row.getClass());
      accessors.put(row.getClass(), own);
    }
    @Nullable Object[] values = new Object[own.length];
    for (int j = 0; j < values.length; j++) {
      values[j] = value(own[j], row);
    }
    return values;
  }

  private Method[] accessors(Class<?> type) {
    Map<String, Method> byName = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      byName.put(component.getName(), component.getAccessor());
    }
    schema.requireInputs("the row", byName.keySet());
    schema.requireKnown(byName.keySet());
    Method[] own = new Method[schema.inputs().size()];
    for (int j = 0; j < own.length; j++) {
      own[j] = Objects.requireNonNull(byName.get(schema.inputs().get(j).name()));
      try {
        own[j].setAccessible(true);
      } catch (RuntimeException e) {
        throw new IllegalArgumentException(
            "TableModel: the components of "
                + type.getName()
                + " cannot be read; make it a public record of an exported package, open its"
                + " package to lamella.table, or give a map",
            e);
      }
    }
    return own;
  }

  private static @Nullable Object value(Method accessor, Record row) {
    try {
      return accessor.invoke(row);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "column \"" + accessor.getName() + "\": reading it has thrown " + e.getCause(), e);
    } catch (IllegalAccessException e) {
      throw new AssertionError("was made accessible", e);
    }
  }
}
