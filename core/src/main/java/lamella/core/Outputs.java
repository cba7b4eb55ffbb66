package lamella.core;

import lamella.core.io.FileFormatException;
import org.jspecify.annotations.Nullable;

/**
 * What the outputs of a network mean, and so what may be made of them: classes, numbers, or answers
 * to questions of yes or no. Said by {@link Network#withOutputs}, by the last layer ({@link
 * Layer#outputMeaning}), or by the training from its loss; kept in model files.
 *
 * {@snippet file="SnippetsTest.java" region="outputs"}
 */
public enum Outputs {
  /**
   * Nobody said. Several outputs in one row are taken for {@link #CLASSES}; a single output is not
   * taken for anything.
   */
  UNSPECIFIED("unspecified"),

  /**
   * One class of several: its output is the largest. Their probabilities are p_i = exp(z_i) / sum_j
   * exp(z_j), the softmax.
   */
  CLASSES("classes"),

  /**
   * One class of several: the outputs are their probabilities already, as after a softmax layer.
   * The class is that of the largest.
   */
  PROBABILITIES("probabilities"),

  /** Numbers as they are, as in regression. There are no classes and no probabilities. */
  NUMBERS("numbers"),

  /**
   * Each output is a question of its own, answered with yes where z &gt; 0. The probability of yes
   * is 1 / (1 + exp(-z)). A single output has two classes: 0 for no and 1 for yes.
   */
  YES_NO("yes-no");

  private final String text;

  Outputs(String text) {
    this.text = text;
  }

  /**
   * {@return what a word in a file says}
   *
   * @param text as {@link #toString} gives it; null where the file says nothing, which is {@link
   *     #UNSPECIFIED}
   * @throws IllegalArgumentException if it is no such word
   */
  public static Outputs of(@Nullable String text) {
    if (text == null) {
      return UNSPECIFIED;
    }
    for (Outputs outputs : values()) {
      if (outputs != UNSPECIFIED && outputs.text.equals(text)) {
        return outputs;
      }
    }
    throw new IllegalArgumentException(
        "outputs classes, probabilities, numbers or yes-no expected, found "
            + FileFormatException.quote(text)
            + " (of a newer Lamella?)");
  }

  /** Whether it was said that each example is of one class of several. */
  boolean areOfClasses() {
    return this == CLASSES || this == PROBABILITIES;
  }

  /**
   * {@return how many classes there are, of which each example is of one; 0 if there are none}
   *
   * @param output the shape of one example's output
   */
  public int classes(Shape output) {
    return switch (this) {
      case UNSPECIFIED, CLASSES, PROBABILITIES ->
          output.rank() == 1 && output.size() > 1 ? output.size() : 0;
      case NUMBERS -> 0;
      case YES_NO -> output.rank() == 1 && output.size() == 1 ? 2 : 0;
    };
  }

  /**
   * {@return how many classes there are, of which each example is of one}
   *
   * @param who begins the message
   * @param output the shape of one example's output
   * @throws IllegalStateException if there are none; says why, and what to do
   */
  public int requireClasses(String who, Shape output) {
    int classes = classes(output);
    if (classes == 0) {
      throw new IllegalStateException(who + ": " + whyNone(output));
    }
    return classes;
  }

  private String whyNone(Shape output) {
    return switch (this) {
      case NUMBERS ->
          "the network's outputs are numbers, which have no classes; use the outputs themselves, or"
              + " say by Network.withOutputs what else they are";
      case YES_NO ->
          "the network's outputs "
              + output
              + " answer a question of yes or no each, and are no one class; use their"
              + " probabilities";
      case UNSPECIFIED, CLASSES, PROBABILITIES ->
          output.size() == 1
              ? "the network has one output, and nobody said what it means; say Network.withOutputs"
                  + "(Outputs.YES_NO) if it answers yes or no, Outputs.NUMBERS if it is a number"
              : "expects outputs [classes], the network's are " + output;
    };
  }

  /** The word in files and messages, for example {@code yes-no}. */
  @Override
  public String toString() {
    return text;
  }
}
