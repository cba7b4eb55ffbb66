package lamella.data.cifar;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.RowLoop;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;
import org.jspecify.annotations.Nullable;

/**
 * A layer that shows an image mirrored, or shifted by some pixels, to the layers after it: for
 * predictions that are the mean over several views of an image (test-time augmentation).
 *
 * {@snippet file="SnippetsTest.java" region="views"}
 *
 * <p>y is x with its pixels at other places. What a shift moves in from outside is what lies as far
 * inside of the edge, without the edge itself. A view stands before what prepares the images for
 * the network, as augmentation does in training: {@link #before} puts it there.
 *
 * <p>Backward: each number of x is given the gradients of the places that it went to, added up in
 * their order.
 *
 * <p><b>Shapes:</b> {@code [n, size]} {@code ->} the same, size being that of the images' shape.
 */
public final class ImageView implements Layer {
  /** ONNX's number for int64. */
  private static final int INT64 = 7;

  private final ImageShape shape;
  private final Layout layout;
  private final boolean mirrored;
  private final int down;
  private final int right;

  /** Where each of the view's numbers stands in the image. */
  private final int[] sources;

  private final RowLoop show;
  private final RowLoop gather;

  private ImageView(ImageShape shape, Layout layout, boolean mirrored, int down, int right) {
    if (Math.abs((long) down) >= shape.height() || Math.abs((long) right) >= shape.width()) {
      throw new IllegalArgumentException(
          "ImageView: an image "
              + shape
              + " is shifted by fewer pixels than it has, got "
              + down
              + " down and "
              + right
              + " to the right");
    }
    this.shape = shape;
    this.layout = layout;
    this.mirrored = mirrored;
    this.down = down;
    this.right = right;
    this.sources = new int[shape.size()];
    this.show = new Show(sources);
    this.gather = new Gather(sources);
    for (int row = 0; row < shape.height(); row++) {
      int shownRow = Pixels.reflected(row - down, shape.height());
      for (int column = 0; column < shape.width(); column++) {
        int moved = Pixels.reflected(column - right, shape.width());
        int shownColumn = mirrored ? shape.width() - 1 - moved : moved;
        for (int channel = 0; channel < shape.channels(); channel++) {
          sources[shape.offset(layout, row, column, channel)] =
              shape.offset(layout, shownRow, shownColumn, channel);
        }
      }
    }
  }

  /**
   * {@return the image with its left as its right}
   *
   * @param shape of the image
   * @param layout the order of the image's numbers
   */
  public static ImageView mirrored(ImageShape shape, Layout layout) {
    return new ImageView(shape, layout, true, 0, 0);
  }

  /**
   * {@return the image moved; negative: up, left}
   *
   * @param shape of the image
   * @param layout the order of the image's numbers
   * @param down how many rows, fewer than the image has
   * @param right how many columns, fewer than the image has
   * @throws IllegalArgumentException if the image would leave itself
   */
  public static ImageView shifted(ImageShape shape, Layout layout, int down, int right) {
    return new ImageView(shape, layout, false, down, right);
  }

  /**
   * {@return the image mirrored or not, and then moved; negative: up, left}
   *
   * @param shape of the image
   * @param layout the order of the image's numbers
   * @param mirrored whether its left is its right
   * @param down how many rows, fewer than the image has
   * @param right how many columns, fewer than the image has
   * @throws IllegalArgumentException if the image would leave itself
   */
  public static ImageView of(
      ImageShape shape, Layout layout, boolean mirrored, int down, int right) {
    return new ImageView(shape, layout, mirrored, down, right);
  }

  /**
   * {@return a network that gives for an image what this one gives for the view of it}
   *
   * @param network that takes images; its parameters are shared, not copied
   * @throws ShapeException if it does not take as many numbers as an image has
   */
  public Network before(Network network) {
    return Network.of(network.inputShape(), this, network).withOutputs(network.outputs());
  }

  @Override
  public Shape outputShape(Shape input) {
    Shape images = Shape.batchOf(shape.size());
    if (!images.accepts(input)) {
      throw new ShapeException(this, images, input);
    }
    return input;
  }

  /** 0: it multiplies nothing. */
  @Override
  public long multiplyAdds(Shape example) {
    return 0;
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    show.over(output, input);
    return output;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    pass.recall(this, outputGradient);
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor inputGradient = pass.inputGradient(this);
    gather.over(inputGradient, outputGradient);
    return inputGradient;
  }

  /** Of y and x: puts each number where it is seen. */
  private static final class Show extends RowLoop {
    private final int[] sources;

    private Show(int[] sources) {
      this.sources = sources;
    }

    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] y = arrays[0];
      float[] x = arrays[1];
      for (int i = 0; i < sources.length; i++) {
        y[from + i] = x[from + sources[i]];
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] y = arrays[0];
      double[] x = arrays[1];
      for (int i = 0; i < sources.length; i++) {
        y[from + i] = x[from + sources[i]];
      }
    }
  }

  /** Of dx and dy: adds to each number of dx what has become of it. */
  private static final class Gather extends RowLoop {
    private final int[] sources;

    private Gather(int[] sources) {
      this.sources = sources;
    }

    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] dx = arrays[0];
      float[] dy = arrays[1];
      Arrays.fill(dx, from, to, 0);
      for (int i = 0; i < sources.length; i++) {
        dx[from + sources[i]] += dy[from + i];
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] dx = arrays[0];
      double[] dy = arrays[1];
      Arrays.fill(dx, from, to, 0);
      for (int i = 0; i < sources.length; i++) {
        dx[from + sources[i]] += dy[from + i];
      }
    }
  }

  /** How files keep this layer. */
  static LayerFormat<ImageView> format() {
    return LayerFormat.of(
            "lamella.ImageView",
            ImageView.class,
            saved ->
                new ImageView(
                    ImageShape.of(saved.text("image")),
                    Layout.of(saved.text("layout")),
                    saved.integer("mirrored") == 1,
                    saved.integer("down"),
                    saved.integer("right")))
        .withOption("image", view -> view.shape)
        .withOption("layout", view -> view.layout.toString().toLowerCase(Locale.ROOT))
        .withOption("mirrored", view -> view.mirrored ? 1 : 0)
        .withOption("down", view -> view.down)
        .withOption("right", view -> view.right)
        .withOnnx(ImageView::toOnnx);
  }

  /** Gather along the row; a graph's constants are of its own type, and so are cast. */
  private String toOnnx(OnnxGraph graph, String x) {
    Tensor places = Tensor.zeros(graph.dtype(), Shape.of(sources.length));
    for (int i = 0; i < sources.length; i++) {
      places.set(i, sources[i]);
    }
    String indices = graph.node("Cast", Map.of("to", INT64), graph.constant("sources", places));
    return graph.node("Gather", Map.of("axis", 1), x, indices);
  }

  /** For example {@code ImageView(mirrored)} or {@code ImageView(mirrored, 1 down, 0 right)}. */
  @Override
  public String toString() {
    boolean moved = down != 0 || right != 0 || !mirrored;
    return "ImageView("
        + (mirrored ? "mirrored" : "")
        + (mirrored && moved ? ", " : "")
        + (moved ? down + " down, " + right + " right" : "")
        + ")";
  }
}
