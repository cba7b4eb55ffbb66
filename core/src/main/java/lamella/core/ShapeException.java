package lamella.core;

/** A tensor of the wrong shape: says which layer, what it expects and what came. */
public final class ShapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** What complains. */
  private final String who;

  /** The positions of the containers around it, {@code 1.2} for example; empty for none. */
  private final String path;

  private final transient Shape expected;
  private final transient Shape actual;

  /**
   * An error that says {@code who: expects expected, got actual}.
   *
   * @param who what complains, as its {@code toString} names it: {@code Linear(500 -> 10)}
   * @param expected what would have been right
   * @param actual what came
   */
  public ShapeException(Object who, Shape expected, Shape actual) {
    this(who.toString(), "", expected, actual);
  }

  private ShapeException(String who, String path, Shape expected, Shape actual) {
    super(
        (path.isEmpty() ? "" : "layer " + path + " ")
            + who
            + ": expects "
            + expected
            + ", got "
            + actual);
    this.who = who;
    this.path = path;
    this.expected = expected;
    this.actual = actual;
  }

  /**
   * The same complaint seen from a container: {@code layer 2 Linear(500 -> 10): ...}, nested as
   * {@code layer 1.2}.
   *
   * @param position which of the container's layers complains
   * @return a new exception with the longer message
   */
  public ShapeException inside(int position) {
    ShapeException outer =
        new ShapeException(
            who, path.isEmpty() ? "" + position : position + "." + path, expected, actual);
    outer.setStackTrace(getStackTrace());
    return outer;
  }

  /** {@return what would have been right; an open batch stands for any number of rows} */
  public Shape expected() {
    return expected;
  }

  /** {@return what came} */
  public Shape actual() {
    return actual;
  }
}
