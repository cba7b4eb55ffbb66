package lamella.optim;

/** Base of a number that is made of each example's probabilities and its class. */
abstract class ClassMetric {
  private final String name;
  private int examples;

  ClassMetric(String name) {
    this.name = name;
  }

  final String name() {
    return name;
  }

  /** How many examples were added. */
  final int examples() {
    return examples;
  }

  /** Forgets what was added: examples of so many classes follow. */
  final void begin(int classes) {
    examples = 0;
    clear(classes);
  }

  /** Adds an example. */
  final void addNext(Probabilities of, int label) {
    add(of, label);
    examples++;
  }

  /** Forgets what was added. */
  abstract void clear(int classes);

  /** Adds an example. */
  abstract void add(Probabilities of, int label);

  /** The number. */
  abstract double value();

  @Override
  public String toString() {
    return name;
  }
}
