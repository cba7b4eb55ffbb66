package lamella.table;

import java.util.List;
import java.util.Map;

/** What a model says of one row. */
public final class TablePrediction {
  private TablePrediction() {}

  /** {@return the most probable class} Throws if numbers are predicted. */
  public String label() {
    throw new UnsupportedOperationException();
  }

  /** {@return the probability of a class} */
  public double probability(String label) {
    throw new UnsupportedOperationException();
  }

  /** {@return the probabilities of the classes, in the model's order} */
  public Map<String, Double> probabilities() {
    throw new UnsupportedOperationException();
  }

  /** {@return the number, in the target's own units} Throws if classes are predicted. */
  public double value() {
    throw new UnsupportedOperationException();
  }

  /** {@return the classes} */
  public List<String> classes() {
    throw new UnsupportedOperationException();
  }
}
