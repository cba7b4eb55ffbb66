package lamella.core;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The tensors of one {@link Frame} for one shape of input, and what they were when forward ran. */
final class Memory {
  /**
   * Elements of an output or a parameter that are looked at: whoever writes there by mistake, a
   * loss or an optimiser, writes to nearly all.
   */
  private static final int SMALL_SAMPLE = 16;

  /** A parameter as it was in forward. */
  private static final class Seen {
    private final WeakReference<Parameter> parameter;
    private int changes;
    private int sample;

    private Seen(Parameter parameter) {
      this.parameter = new WeakReference<>(parameter);
    }
  }

  private final Shape inputShape;
  private final List<Seen> parameters = new ArrayList<>();
  private final List<@Nullable Tensor> buffers = new ArrayList<>();
  private Tensor output;
  private @Nullable Tensor otherOutput;
  private @Nullable Tensor inputGradient;
  private @Nullable Tensor otherInputGradient;
  private @Nullable Tensor input;
  private int inputChanges;
  private int inputSample;
  private int inputSampled;
  private boolean outputSeen;
  private int outputChanges;
  private int outputSample;

  Memory(Layer layer, Tensor input, Tensor output) {
    this.inputShape = input.shape();
    this.output = output;
    Set<Parameter> ofLayersInside = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Layer inside : layer.layers()) {
      ofLayersInside.addAll(inside.parameters());
    }
    for (Parameter parameter : layer.parameters()) {
      if (!ofLayersInside.contains(parameter)) {
        parameters.add(new Seen(parameter));
      }
    }
  }

  Shape inputShape() {
    return inputShape;
  }

  Tensor output() {
    return output;
  }

  /** The tensor to fill for this input: never the input itself. */
  Tensor outputFor(Tensor given) {
    if (Elements.shared(output, given)) {
      Tensor other = otherOutput;
      otherOutput = output;
      output = other == null ? Tensor.zeros(output.dtype(), output.shape()) : other;
    }
    output.markChanged();
    outputSeen = false;
    return output;
  }

  /**
   * Keeps the input for backward, and what it is now.
   *
   * @param ofPass whether it is the output that the pass made before, which only a mistake such as
   *     a loss's would overwrite
   */
  void keep(Tensor given, boolean ofPass) {
    input = given;
    inputChanges = Elements.changes(given);
    inputSampled = ofPass ? SMALL_SAMPLE : Elements.SAMPLE;
    inputSample = Elements.sample(given, inputSampled);
  }

  /** Notes what the parameters are now. */
  void noteParameters() {
    for (int i = 0; i < parameters.size(); i++) {
      Seen seen = parameters.get(i);
      Parameter parameter = seen.parameter.get();
      if (parameter != null) {
        seen.changes = parameter.changes();
        seen.sample = Elements.sample(parameter.value(), SMALL_SAMPLE);
      }
    }
  }

  /** For inference nobody asks for the input again, and it may be large. */
  void forgetInput() {
    input = null;
  }

  /** Notes what the output is now that forward has filled it, and the parameters. */
  void outputFilled() {
    if (!outputSeen) {
      noteParameters();
      outputSeen = true;
      outputChanges = Elements.changes(output);
      outputSample = Elements.sample(output, SMALL_SAMPLE);
    }
  }

  /**
   * The input of the last forward.
   *
   * @throws IllegalStateException if it or a parameter is no longer what it was then
   */
  Tensor unchangedInput(Layer layer) {
    Tensor kept = input;
    if (kept == null) {
      throw new AssertionError("a frame that is ready has an input");
    }
    if (inputChanges != Elements.changes(kept)
        || inputSample != Elements.sample(kept, inputSampled)) {
      throw new IllegalStateException(
          layer
              + ": its input was changed between forward and backward; leave it as it is until"
              + " then, or give forward a copy");
    }
    for (int i = 0; i < parameters.size(); i++) {
      Seen seen = parameters.get(i);
      Parameter parameter = seen.parameter.get();
      if (parameter != null
          && (seen.changes != parameter.changes()
              || seen.sample != Elements.sample(parameter.value(), SMALL_SAMPLE))) {
        throw new IllegalStateException(
            layer
                + ": its "
                + parameter.name()
                + " was changed between forward and backward; "
                + (parameter.role().isTrainable()
                    ? "change parameters after backward"
                    : "write a statistic's new value to the tensor of Pass.update"));
      }
    }
    return kept;
  }

  /**
   * The output of the last forward.
   *
   * @throws IllegalStateException if it is no longer what it was then
   */
  Tensor unchangedOutput(Layer layer) {
    if (outputSeen
        && (outputChanges != Elements.changes(output)
            || outputSample != Elements.sample(output, SMALL_SAMPLE))) {
      throw new IllegalStateException(
          layer
              + ": its output was changed between forward and backward; write to a tensor of your"
              + " own, a loss's gradient to Pass.outputGradient");
    }
    return output;
  }

  /** The tensor to fill with the input's gradient: none of those that backward reads. */
  Tensor inputGradient(@Nullable Tensor outputGradient) {
    Tensor result = inputGradient;
    if (result == null || isRead(result, outputGradient)) {
      Tensor other = otherInputGradient;
      otherInputGradient = result;
      result =
          other != null && !isRead(other, outputGradient)
              ? other
              : Tensor.zeros(output.dtype(), inputShape);
      inputGradient = result;
    }
    result.markChanged();
    return result;
  }

  private boolean isRead(Tensor tensor, @Nullable Tensor outputGradient) {
    return (input != null && Elements.shared(tensor, input))
        || (outputGradient != null && Elements.shared(tensor, outputGradient));
  }

  Tensor buffer(int slot, Shape shape) {
    while (buffers.size() <= slot) {
      buffers.add(null);
    }
    Tensor buffer = buffers.get(slot);
    if (buffer == null || !buffer.shape().equals(shape)) {
      buffer = Tensor.zeros(output.dtype(), shape);
      buffers.set(slot, buffer);
    }
    return buffer;
  }

  /** The same of shape {@code [n times, numbers]}. */
  Tensor rowBuffer(int slot, int times, int numbers) {
    Tensor buffer = slot < buffers.size() ? buffers.get(slot) : null;
    int rows = Math.multiplyExact(inputShape.dimension(0), times);
    return buffer != null
            && buffer.shape().rank() == 2
            && buffer.shape().dimension(0) == rows
            && buffer.shape().last() == numbers
        ? buffer
        : buffer(slot, Shape.of(rows, numbers));
  }

  /** Whether the array is that of one of these tensors. */
  boolean has(Object array) {
    if (isOver(array, output)
        || isOver(array, otherOutput)
        || isOver(array, inputGradient)
        || isOver(array, otherInputGradient)) {
      return true;
    }
    for (int i = 0; i < buffers.size(); i++) {
      if (isOver(array, buffers.get(i))) {
        return true;
      }
    }
    return false;
  }

  @SuppressWarnings("ReferenceEquality") // an array is itself, whatever it holds
  private static boolean isOver(Object array, @Nullable Tensor own) {
    return own != null && Elements.memory(own) == array;
  }
}
