package lamella.layers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;
import lamella.core.io.OnnxNode;
import org.jspecify.annotations.Nullable;

/**
 * Parts side by side, each with columns of the input of its own: the numbers of a table go through
 * other layers than its categories.
 *
 * {@snippet file="SnippetsTest.java" region="columns"}
 *
 * <p>Each part takes some columns of x, in the order in which it names them, sends them through its
 * layers, if it has any, and the outputs of the parts stand one after the other. A column may go
 * into several parts, and into none.
 *
 * <p>Backward: each part is given its columns of dL/dy; dL/dx of a column is the sum of what the
 * parts give for it, in their order.
 *
 * <p><b>Shapes:</b> x {@code [n, inputs]} {@code ->} y {@code [n, w_1 + ... + w_p]} for parts that
 * give {@code [n, w_i]}; inputs is above the largest column that is named.
 *
 * <p><b>Parameters:</b> those of the layers inside.
 */
public final class Columns implements Layer {
  /** Below, a loop copies faster than a call. */
  private static final int LONG = 16;

  /** Some columns and what they go through. Made by {@link Columns#part}. */
  public static final class Part {
    private final int[] columns;
    private final List<Layer> layers;

    /** Whether they stand side by side in the input. */
    private final boolean isRange;

    private Part(int[] columns, List<Layer> layers) {
      this.columns = columns;
      this.layers = layers;
      boolean range = true;
      for (int i = 1; i < columns.length; i++) {
        range &= columns[i] == columns[0] + i;
      }
      this.isRange = range;
    }

    /** {@return the columns of the input that it takes, in order} */
    public int[] columns() {
      return columns.clone();
    }

    /** {@return the layers that they go through, in order; may be none} */
    public List<Layer> layers() {
      return layers;
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < columns.length; i++) {
        int last = i;
        while (last + 1 < columns.length && columns[last + 1] == columns[last] + 1) {
          last++;
        }
        text.append(i == 0 ? "" : ",").append(columns[i]);
        if (last > i) {
          text.append('-').append(columns[last]);
        }
        i = last;
      }
      layers.forEach(layer -> text.append(" -> ").append(layer));
      return text.toString();
    }
  }

  private final List<Part> parts;

  /** Those of all parts. */
  private final List<Layer> layers;

  private final List<Parameter> parameters;

  /** What the parts give. */
  private final int[] widths;

  private final int outputs;

  /** Above the largest column that is named. */
  private final int inputs;

  private Columns(List<Part> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("Columns: needs at least one part");
    }
    List<Layer> all = new ArrayList<>();
    int largest = 0;
    for (Part part : parts) {
      all.addAll(part.layers);
      for (int column : part.columns) {
        largest = Math.max(largest, column);
      }
    }
    this.parts = List.copyOf(parts);
    this.layers = List.copyOf(all);
    this.parameters = Inside.parameters(layers);
    this.inputs = largest + 1;
    this.widths = new int[parts.size()];
    int sum = 0;
    int position = 0;
    for (int p = 0; p < widths.length; p++) {
      Part part = parts.get(p);
      widths[p] = width(part, position);
      sum = Math.addExact(sum, widths[p]);
      position += part.layers.size();
    }
    this.outputs = sum;
  }

  /** How many outputs a part has, whose first layer stands at a position. */
  private static int width(Part part, int position) {
    Shape shape = Shape.of(part.columns.length).openBatch();
    for (int i = 0; i < part.layers.size(); i++) {
      shape = Layers.outputShape(position + i, part.layers.get(i), shape);
    }
    if (shape.rank() != 2) {
      throw new ShapeException(
          "Columns: output of the part " + part, Shape.of(shape.last()).openBatch(), shape);
    }
    return shape.last();
  }

  /**
   * {@return a part of some columns}
   *
   * @param columns of the input, from 0, in the order in which the layers are given them; one may
   *     be named twice
   * @param layers in the order in which they are gone through; none, for the columns as they are
   * @throws IllegalArgumentException if there is no column, one is negative, or a layer is null
   */
  public static Part part(int[] columns, Layer... layers) {
    if (columns.length == 0) {
      throw new IllegalArgumentException("Columns: a part needs at least one column");
    }
    for (int column : columns) {
      if (column < 0 || column == Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "Columns: a column is a number from 0, got " + column + " in " + list(columns));
      }
    }
    for (int i = 0; i < layers.length; i++) {
      if (layers[i] == null) {
        throw new IllegalArgumentException(
            "Columns: layer " + i + " of the part of columns " + list(columns) + " is null");
      }
    }
    return new Part(columns.clone(), List.of(layers));
  }

  private static String list(int[] columns) {
    int most = 20;
    String text = Arrays.toString(Arrays.copyOf(columns, Math.min(most, columns.length)));
    return columns.length > most ? text.replace("]", ", ...]") : text;
  }

  /**
   * {@return these parts side by side}
   *
   * @param parts in the order of their outputs
   * @throws IllegalArgumentException if there is none
   * @throws ShapeException if a part's layers do not fit its columns or each other
   */
  public static Columns of(Part... parts) {
    return new Columns(List.of(parts));
  }

  /**
   * {@return these parts side by side}
   *
   * @param parts in the order of their outputs
   * @throws IllegalArgumentException if there is none
   * @throws ShapeException if a part's layers do not fit its columns or each other
   */
  public static Columns of(List<Part> parts) {
    return new Columns(parts);
  }

  /** {@return the parts, in the order of their outputs} */
  public List<Part> parts() {
    return parts;
  }

  /** The layers of the first part, then those of the second, and so on. */
  @Override
  public List<Layer> layers() {
    return layers;
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public Columns copy(UnaryOperator<Layer> copies) {
    return new Columns(
        parts.stream()
            .map(part -> new Part(part.columns, part.layers.stream().map(copies).toList()))
            .toList());
  }

  @Override
  public Shape outputShape(Shape input) {
    if (input.rank() != 2 || input.last() < inputs) {
      throw new ShapeException(this, Shape.of(inputs).openBatch(), input);
    }
    return input.withLast(outputs);
  }

  @Override
  public long multiplyAdds(Shape example) {
    long sum = 0;
    for (Part part : parts) {
      Shape shape = Shape.of(part.columns.length).openBatch();
      for (Layer layer : part.layers) {
        sum += layer.multiplyAdds(shape.example());
        shape = layer.outputShape(shape);
      }
    }
    return sum;
  }

  // On the pass, slot p is what part p takes, and the slot after those of all parts its dL/dy.

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    int position = 0;
    int at = 0;
    for (int p = 0; p < widths.length; p++) {
      Part part = parts.get(p);
      if (part.layers.isEmpty()) {
        gather(input, part, output, at);
      } else {
        Tensor inner = pass.rowBuffer(this, p, part.columns.length);
        gather(input, part, inner, 0);
        for (int i = 0; i < part.layers.size(); i++) {
          inner = pass.forward(this, position + i, part.layers.get(i), inner);
        }
        copy(inner, 0, output, at, widths[p]);
        position += part.layers.size();
      }
      at += widths[p];
    }
    return output;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    pass.recall(this, outputGradient);
    Tensor inputGradient = null;
    if (pass.needsInputGradient()) {
      inputGradient = pass.inputGradient(this);
      inputGradient.fill(0);
    }
    int position = 0;
    int at = 0;
    for (int p = 0; p < widths.length; p++) {
      Part part = parts.get(p);
      if (part.layers.isEmpty()) {
        if (inputGradient != null) {
          addTo(inputGradient, part.columns, outputGradient, at);
        }
      } else {
        int first = inputGradient == null ? firstTrained(part, pass) : 0;
        if (first < part.layers.size()) {
          Tensor inner = pass.rowBuffer(this, widths.length + p, widths[p]);
          copy(outputGradient, at, inner, 0, widths[p]);
          inner = backward(part, position, first, inner, inputGradient != null, pass);
          if (inputGradient != null && inner != null) {
            addTo(inputGradient, part.columns, inner, 0);
          }
        }
        position += part.layers.size();
      }
      at += widths[p];
    }
    return inputGradient;
  }

  private @Nullable Tensor backward(
      Part part, int position, int first, Tensor gradient, boolean needed, Pass pass) {
    Tensor inner = gradient;
    for (int i = part.layers.size() - 1; i >= first; i--) {
      Tensor previous =
          pass.backward(this, position + i, part.layers.get(i), inner, needed || i > first);
      if (previous == null) {
        return null;
      }
      inner = previous;
    }
    return inner;
  }

  /** No gradient is needed before this layer of a part, unless the input's is. */
  private static int firstTrained(Part part, Pass pass) {
    int first = 0;
    while (first < part.layers.size() && !pass.needsGradient(part.layers.get(first))) {
      first++;
    }
    return first;
  }

  // Moving columns. Rows are short, and few of them make a batch: one thread does it.

  /** y's columns from {@code at} on = a part's columns of x. */
  private static void gather(Tensor x, Part part, Tensor y, int at) {
    int[] columns = part.columns;
    if (part.isRange) {
      copy(x, columns[0], y, at, columns.length);
      return;
    }
    int inputs = x.shape().last();
    int outputs = y.shape().last();
    int rows = x.shape().dimension(0);
    switch (x) {
      case FloatTensor floats -> {
        float[] from = floats.array();
        float[] to = ((FloatTensor) y).array();
        for (int row = 0; row < rows; row++) {
          for (int j = 0; j < columns.length; j++) {
            to[row * outputs + at + j] = from[row * inputs + columns[j]];
          }
        }
      }
      case DoubleTensor doubles -> {
        double[] from = doubles.array();
        double[] to = ((DoubleTensor) y).array();
        for (int row = 0; row < rows; row++) {
          for (int j = 0; j < columns.length; j++) {
            to[row * outputs + at + j] = from[row * inputs + columns[j]];
          }
        }
      }
    }
    y.markChanged();
  }

  /** So many columns of y from {@code to} on = those of x from {@code from} on. */
  private static void copy(Tensor x, int from, Tensor y, int to, int width) {
    int inputs = x.shape().last();
    int outputs = y.shape().last();
    int rows = x.shape().dimension(0);
    switch (x) {
      case FloatTensor floats -> {
        float[] a = floats.array();
        float[] b = ((FloatTensor) y).array();
        for (int row = 0; row < rows; row++) {
          int i = row * inputs + from;
          int j = row * outputs + to;
          if (width >= LONG) {
            System.arraycopy(a, i, b, j, width);
          } else {
            for (int k = 0; k < width; k++) {
              b[j + k] = a[i + k];
            }
          }
        }
      }
      case DoubleTensor doubles -> {
        double[] a = doubles.array();
        double[] b = ((DoubleTensor) y).array();
        for (int row = 0; row < rows; row++) {
          System.arraycopy(a, row * inputs + from, b, row * outputs + to, width);
        }
      }
    }
    y.markChanged();
  }

  /** These columns of dx += those of d from {@code at} on. */
  private static void addTo(Tensor dx, int[] columns, Tensor d, int at) {
    int inputs = dx.shape().last();
    int outputs = d.shape().last();
    int rows = d.shape().dimension(0);
    switch (dx) {
      case FloatTensor floats -> {
        float[] sums = floats.array();
        float[] from = ((FloatTensor) d).array();
        for (int row = 0; row < rows; row++) {
          for (int j = 0; j < columns.length; j++) {
            sums[row * inputs + columns[j]] += from[row * outputs + at + j];
          }
        }
      }
      case DoubleTensor doubles -> {
        double[] sums = doubles.array();
        double[] from = ((DoubleTensor) d).array();
        for (int row = 0; row < rows; row++) {
          for (int j = 0; j < columns.length; j++) {
            sums[row * inputs + columns[j]] += from[row * outputs + at + j];
          }
        }
      }
    }
    dx.markChanged();
  }

  // Files.

  /** How files keep this layer. */
  static LayerFormat<Columns> format() {
    return LayerFormat.of(
            "lamella.Columns",
            Columns.class,
            saved -> new Columns(saved(saved.text("parts"), saved.layers())))
        .withOption("parts", Columns::saved)
        .withOnnx(Columns::toOnnx)
        .fromOnnx("Gather", Columns::fromGather)
        .fromOnnx("Concat", Columns::fromConcat);
  }

  /** For example {@code 0,1,2:2;3:0}: of each part the columns, and how many layers it has. */
  private String saved() {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      text.append(text.isEmpty() ? "" : ";");
      for (int i = 0; i < part.columns.length; i++) {
        text.append(i == 0 ? "" : ",").append(part.columns[i]);
      }
      text.append(':').append(part.layers.size());
    }
    return text.toString();
  }

  private static List<Part> saved(String text, List<Layer> layers) {
    List<Part> parts = new ArrayList<>();
    int position = 0;
    for (String part : text.split(";", -1)) {
      int colon = part.indexOf(':');
      String[] columns = part.substring(0, Math.max(0, colon)).split(",", -1);
      int[] numbers = new int[columns.length];
      for (int i = 0; i < columns.length; i++) {
        numbers[i] = number(columns[i], text);
      }
      int count = number(part.substring(colon + 1), text);
      if (count < 0 || count > layers.size() - position) {
        throw new IllegalArgumentException(
            "Columns: parts " + text + " need more layers than the " + layers.size() + " there");
      }
      Layer[] own = layers.subList(position, position + count).toArray(Layer[]::new);
      parts.add(part(numbers, own));
      position += count;
    }
    if (position < layers.size()) {
      throw new IllegalArgumentException(
          "Columns: parts " + text + " need fewer layers than the " + layers.size() + " there");
    }
    return parts;
  }

  private static int number(String text, String all) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Columns: parts such as 0,1,2:2;3:0 expected, found " + all, e);
    }
  }

  /** Of each part a Gather of its columns and its layers; of several, Concat. */
  private String toOnnx(OnnxGraph graph, String x) {
    String[] outputs = new String[parts.size()];
    int position = 0;
    for (int p = 0; p < outputs.length; p++) {
      Part part = parts.get(p);
      String columns = graph.node("Constant", Map.of("value_ints", part.columns));
      String inner = graph.node("Gather", Map.of("axis", 1), x, columns);
      for (Layer layer : part.layers) {
        inner = graph.layer(position, layer, inner);
        position++;
      }
      outputs[p] = inner;
    }
    return outputs.length == 1 ? outputs[0] : graph.node("Concat", Map.of("axis", 1), outputs);
  }

  /** Some columns as they are. */
  private static @Nullable Columns fromGather(OnnxNode gather) throws FileFormatException {
    if (gather.isConstant(0) || !gather.isConstant(1) || gather.integer("axis", 0) != 1) {
      return null;
    }
    List<Long> indices = gather.integers(1);
    int[] columns = new int[indices.size()];
    for (int i = 0; i < columns.length; i++) {
      long index = indices.get(i);
      if (index < 0 || index >= Integer.MAX_VALUE) {
        return null; // counted from the last column, of which this does not know the number
      }
      columns[i] = (int) index;
    }
    return columns.length == 0 ? null : of(part(columns));
  }

  private static @Nullable Columns fromConcat(OnnxNode concat) throws FileFormatException {
    if (concat.inputs() < 2 || concat.integer("axis", 1) != 1) {
      return null;
    }
    List<List<Layer>> branches = concat.branches();
    if (branches == null) {
      return null;
    }
    List<Part> parts = new ArrayList<>();
    for (List<Layer> branch : branches) {
      if (branch.isEmpty()
          || !(branch.getFirst() instanceof Columns some)
          || some.parts.size() > 1
          || !some.layers.isEmpty()) {
        return null;
      }
      Layer[] rest = branch.subList(1, branch.size()).toArray(Layer[]::new);
      parts.add(part(some.parts.getFirst().columns, rest));
    }
    return new Columns(parts);
  }

  /** For example {@code Columns(0-5 -> RobustScale(6); 6 -> Embedding(4 -> 2); 7,9)}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Columns(");
    for (int p = 0; p < parts.size(); p++) {
      text.append(p == 0 ? "" : "; ").append(parts.get(p));
    }
    return text.append(')').toString();
  }
}
