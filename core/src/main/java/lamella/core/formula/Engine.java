package lamella.core.formula;

/** What computes a float32 expression for many elements. All engines give the same bits. */
interface Engine {
  /**
   * Does the elements in [from, to).
   *
   * @param arrays the result, then the inputs in their order; an input that the expression does not
   *     use may be any array; there may be more
   */
  void run(float[][] arrays, int from, int to);
}
