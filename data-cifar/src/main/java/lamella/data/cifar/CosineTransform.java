package lamella.data.cifar;

import java.util.Locale;
import java.util.Map;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Pass;
import lamella.core.Preprocessing;
import lamella.core.Products;
import lamella.core.RowLoop;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;
import org.jspecify.annotations.Nullable;

/**
 * Gives a network the low frequencies of images instead of their pixels: brightness and two
 * differences of colours, each through a two-dimensional discrete cosine transform.
 *
 * {@snippet file="SnippetsTest.java" region="cosine"}
 *
 * <p>Brightness is (R + G + B) / √3, the differences are (R - B) / √2 and (2G - R - B) / √6: Ohta's
 * colours, made orthonormal. Of a plane P of height H and width W the coefficients are C = A_H P
 * A_Wᵀ with A_N[u, r] = √(2/N) cos(π (2r + 1) u / (2N)), and √(1/N) for u = 0; both A are
 * orthonormal, so that all coefficients of an image have the sum of squares of its pixels. Of C
 * those with u and v below a number of frequencies are kept, one number for brightness and one for
 * the differences, which the eye and a network do with less of. Grey images have brightness alone,
 * their pixels.
 *
 * <p>The coefficients of natural images are nearly their principal components, for a thirtieth of
 * the cost. Their sizes differ as much as those components' do: an {@code InputNorm} after this
 * layer, whose deviation is sqrt(variance + s mean variance), makes them inputs.
 *
 * <p>Backward: dP = A_Hᵀ dC A_W, and the transposed mixture of colours.
 *
 * <p><b>Shapes:</b> x {@code [n, height · width · channels]} {@code ->} y {@code [n, outputs]}: the
 * brightness² coefficients of the brightness, v counting faster than u, then the colours² of each
 * difference.
 *
 * <p>Source: Y.-I. Ohta, T. Kanade, T. Sakai, "Color information for region segmentation" (1980);
 * N. Ahmed, T. Natarajan, K. R. Rao, "Discrete cosine transform" (1974).
 */
public final class CosineTransform implements Preprocessing {
  /** Of red, green and blue: brightness, and the two differences. */
  private static final double[][] COLOURS = {
    {1 / Math.sqrt(3), 1 / Math.sqrt(3), 1 / Math.sqrt(3)},
    {1 / Math.sqrt(2), 0, -1 / Math.sqrt(2)},
    {-1 / Math.sqrt(6), 2 / Math.sqrt(6), -1 / Math.sqrt(6)}
  };

  /** The slots of the pixels as rows, and of the rows' coefficients. */
  private static final int PIXELS = 0;

  private static final int ROWS = 1;

  private static final RowLoop COPY = new Copy();

  private final ImageShape shape;
  private final Layout layout;
  private final int brightness;
  private final int colours;
  private final Shape images;
  private final Shape coefficients;

  /**
   * An image is so many rows of numbers: of pixels, or in the layout CHW of one channel of pixels.
   */
  private final int rows;

  private final int rowLength;

  /** How many coefficients the first product gives for each row. */
  private final int rowCoefficients;

  /** [rowLength, rowCoefficients]: colours and A_Wᵀ; or in the layout CHW A_Wᵀ alone. */
  private final Tensor across;

  private final Tensor acrossInDouble;

  /** For each row of coefficients that comes out, its factor of each row that goes in. */
  private final Tensor down;

  private final Tensor downInDouble;

  /** Of each plane: how many frequencies, its first output, its first row coefficient. */
  private final int[] sizes;

  private final int[] starts;
  private final int[] offsets;

  private final RowLoop combine = new Combine();
  private final RowLoop spread = new Spread();

  /**
   * A layer for images of this shape.
   *
   * @param shape of the images
   * @param layout the order of an image's numbers
   * @param brightness how many frequencies of the brightness in either direction, at least 1 and at
   *     most as many as there are rows and columns
   * @param colours how many of each difference of colours, from 0 on; of grey images there is none
   * @throws IllegalArgumentException if there are not so many
   */
  public CosineTransform(ImageShape shape, Layout layout, int brightness, int colours) {
    int most = Math.min(shape.height(), shape.width());
    if (brightness < 1 || brightness > most || colours < 0 || colours > most) {
      throw new IllegalArgumentException(
          "CosineTransform: an image of "
              + shape
              + " has from 1 to "
              + most
              + " frequencies of brightness and from 0 to "
              + most
              + " of colours, got "
              + brightness
              + " and "
              + colours);
    }
    this.shape = shape;
    this.layout = layout;
    this.brightness = brightness;
    this.colours = shape.channels() == 1 ? 0 : colours;
    this.images = Shape.batchOf(shape.size());
    this.sizes = new int[this.colours == 0 ? 1 : 3];
    this.starts = new int[sizes.length];
    this.offsets = new int[sizes.length];
    boolean mixed = shape.channels() == 3 && layout == Layout.HWC;
    this.rows = mixed ? shape.height() : shape.height() * shape.channels();
    this.rowLength = mixed ? 3 * shape.width() : shape.width();
    int outputs = 0;
    int columns = 0;
    for (int plane = 0; plane < sizes.length; plane++) {
      sizes[plane] = plane == 0 ? brightness : this.colours;
      starts[plane] = outputs;
      outputs += sizes[plane] * sizes[plane];
      offsets[plane] = mixed ? columns : 0;
      columns += sizes[plane];
    }
    this.coefficients = Shape.batchOf(outputs);
    this.rowCoefficients = mixed ? columns : Math.max(brightness, this.colours);
    this.acrossInDouble = across(mixed);
    this.across = acrossInDouble.to(DType.FLOAT32);
    this.downInDouble = down(mixed, columns);
    this.down = downInDouble.to(DType.FLOAT32);
  }

  /** A_N[u, r]. */
  private static double cosine(int n, int u, int r) {
    return Math.sqrt((u == 0 ? 1.0 : 2.0) / n)
        * StrictMath.cos(Math.PI * ((2L * r + 1) * u % (4L * n)) / (2.0 * n));
  }

  private Tensor across(boolean mixed) {
    Tensor matrix = DoubleTensor.zeros(Shape.of(rowLength, rowCoefficients));
    int channels = mixed ? 3 : 1;
    for (int column = 0; column < shape.width(); column++) {
      for (int channel = 0; channel < channels; channel++) {
        int row = (column * channels + channel) * rowCoefficients;
        for (int plane = 0; mixed && plane < sizes.length; plane++) {
          for (int v = 0; v < sizes[plane]; v++) {
            matrix.set(
                row + offsets[plane] + v,
                COLOURS[plane][channel] * cosine(shape.width(), v, column));
          }
        }
        for (int v = 0; !mixed && v < rowCoefficients; v++) {
          matrix.set(row + v, cosine(shape.width(), v, column));
        }
      }
    }
    return matrix;
  }

  /** A_H for each plane, one after the other; of channels apart with the colours. */
  private Tensor down(boolean mixed, int outputRows) {
    Tensor matrix = DoubleTensor.zeros(Shape.of(outputRows, rows));
    int out = 0;
    for (int plane = 0; plane < sizes.length; plane++) {
      for (int u = 0; u < sizes[plane]; u++) {
        for (int row = 0; row < rows; row++) {
          double factor = cosine(shape.height(), u, row % shape.height());
          boolean apart = !mixed && shape.channels() == 3;
          matrix.set(
              out * rows + row, apart ? COLOURS[plane][row / shape.height()] * factor : factor);
        }
        out++;
      }
    }
    return matrix;
  }

  /** {@return the shape of the images} */
  public ImageShape imageShape() {
    return shape;
  }

  /** {@return how many frequencies of the brightness are kept, in either direction} */
  public int brightness() {
    return brightness;
  }

  /** {@return how many of each difference of colours; 0 of grey images} */
  public int colours() {
    return colours;
  }

  @Override
  public Shape outputShape(Shape input) {
    if (!images.accepts(input)) {
      throw new ShapeException(this, images, input);
    }
    return input.withLast(coefficients.last());
  }

  /** Those of both products. */
  @Override
  public long multiplyAdds(Shape example) {
    return (long) rows * rowLength * rowCoefficients + (long) rows * coefficients.last();
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    Tensor pixels = pass.rowBuffer(this, PIXELS, rows, rowLength);
    COPY.over(pixels, input);
    Tensor products = pass.rowBuffer(this, ROWS, rows, rowCoefficients);
    Products.multiply(pixels, in(input.dtype(), across, acrossInDouble), null, products);
    combine.over(output, products, in(input.dtype(), down, downInDouble));
    return output;
  }

  private static Tensor in(DType dtype, Tensor floats, Tensor doubles) {
    return dtype == DType.FLOAT32 ? floats : doubles;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    Tensor input = pass.recall(this, outputGradient);
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor inputGradient = pass.inputGradient(this);
    Tensor products = pass.rowBuffer(this, ROWS, rows, rowCoefficients);
    spread.over(products, outputGradient, in(input.dtype(), down, downInDouble));
    Tensor pixels = pass.rowBuffer(this, PIXELS, rows, rowLength);
    Products.multiplyTransposedRight(products, in(input.dtype(), across, acrossInDouble), pixels);
    COPY.over(inputGradient, pixels);
    return inputGradient;
  }

  /** Of two tensors of as many numbers; the rows are the first's. */
  private static final class Copy extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      System.arraycopy(arrays[1], from, arrays[0], from, to - from);
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      System.arraycopy(arrays[1], from, arrays[0], from, to - from);
    }
  }

  /** Of the outputs, the rows' coefficients and the factors: C = A_H times the rows of an image. */
  private final class Combine extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] y = arrays[0];
      float[] x = arrays[1];
      float[] factors = arrays[2];
      int image = from / (to - from) * rows * rowCoefficients;
      int factor = 0;
      for (int plane = 0; plane < sizes.length; plane++) {
        int size = sizes[plane];
        int first = image + offsets[plane];
        for (int u = 0; u < size; u++, factor += rows) {
          int out = from + starts[plane] + u * size;
          for (int v = 0; v < size; v++) {
            y[out + v] = 0;
          }
          // Four rows at once, for one look at y.
          int row = 0;
          for (; row + 3 < rows; row += 4) {
            float f0 = factors[factor + row];
            float f1 = factors[factor + row + 1];
            float f2 = factors[factor + row + 2];
            float f3 = factors[factor + row + 3];
            int x0 = first + row * rowCoefficients;
            int x1 = x0 + rowCoefficients;
            int x2 = x1 + rowCoefficients;
            int x3 = x2 + rowCoefficients;
            for (int v = 0; v < size; v++) {
              y[out + v] += f0 * x[x0 + v] + f1 * x[x1 + v] + (f2 * x[x2 + v] + f3 * x[x3 + v]);
            }
          }
          for (; row < rows; row++) {
            float f = factors[factor + row];
            int x0 = first + row * rowCoefficients;
            for (int v = 0; v < size; v++) {
              y[out + v] += f * x[x0 + v];
            }
          }
        }
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] y = arrays[0];
      double[] x = arrays[1];
      double[] factors = arrays[2];
      int image = from / (to - from) * rows * rowCoefficients;
      int factor = 0;
      for (int plane = 0; plane < sizes.length; plane++) {
        int size = sizes[plane];
        int first = image + offsets[plane];
        for (int u = 0; u < size; u++, factor += rows) {
          int out = from + starts[plane] + u * size;
          for (int v = 0; v < size; v++) {
            y[out + v] = 0;
          }
          for (int row = 0; row < rows; row++) {
            double f = factors[factor + row];
            int x0 = first + row * rowCoefficients;
            for (int v = 0; v < size; v++) {
              y[out + v] += f * x[x0 + v];
            }
          }
        }
      }
    }
  }

  /** Of the rows' gradients, the outputs' and the factors: A_Hᵀ dC, a row of an image at a time. */
  private final class Spread extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] dx = arrays[0];
      float[] dy = arrays[1];
      float[] factors = arrays[2];
      int row = from / (to - from);
      int image = row / rows * coefficients.last();
      int factor = row % rows;
      for (int i = from; i < to; i++) {
        dx[i] = 0;
      }
      for (int plane = 0; plane < sizes.length; plane++) {
        int size = sizes[plane];
        for (int u = 0; u < size; u++, factor += rows) {
          int out = image + starts[plane] + u * size;
          for (int v = 0; v < size; v++) {
            dx[from + offsets[plane] + v] += factors[factor] * dy[out + v];
          }
        }
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] dx = arrays[0];
      double[] dy = arrays[1];
      double[] factors = arrays[2];
      int row = from / (to - from);
      int image = row / rows * coefficients.last();
      int factor = row % rows;
      for (int i = from; i < to; i++) {
        dx[i] = 0;
      }
      for (int plane = 0; plane < sizes.length; plane++) {
        int size = sizes[plane];
        for (int u = 0; u < size; u++, factor += rows) {
          int out = image + starts[plane] + u * size;
          for (int v = 0; v < size; v++) {
            dx[from + offsets[plane] + v] += factors[factor] * dy[out + v];
          }
        }
      }
    }
  }

  /** How files keep this layer. */
  static LayerFormat<CosineTransform> format() {
    return LayerFormat.of(
            "lamella.CosineTransform",
            CosineTransform.class,
            saved ->
                new CosineTransform(
                    ImageShape.of(saved.text("image")),
                    Layout.of(saved.text("layout")),
                    saved.integer("brightness"),
                    saved.integer("colours")))
        .withOption("image", transform -> transform.shape)
        .withOption("layout", transform -> transform.layout.toString().toLowerCase(Locale.ROOT))
        .withOption("brightness", transform -> transform.brightness)
        .withOption("colours", transform -> transform.colours)
        .withOnnx(CosineTransform::toOnnx);
  }

  /** Both products for all rows that come out and all their columns, of which some are taken. */
  private String toOnnx(OnnxGraph graph, String x) {
    int[] image = {-1, rows, rowLength};
    String pixels = graph.node("Reshape", x, integers(graph, image));
    String products =
        graph.node(
            "MatMul", pixels, graph.constant("across", in(graph.dtype(), across, acrossInDouble)));
    String matrix = graph.constant("down", in(graph.dtype(), down, downInDouble));
    int outputRows = down.shape().dimension(0);
    int[] flat = {-1, outputRows * rowCoefficients};
    String all =
        graph.node("Reshape", graph.node("MatMul", matrix, products), integers(graph, flat));
    int[] taken = new int[coefficients.last()];
    int out = 0;
    int outputRow = 0;
    for (int plane = 0; plane < sizes.length; plane++) {
      for (int u = 0; u < sizes[plane]; u++) {
        for (int v = 0; v < sizes[plane]; v++) {
          taken[out] = outputRow * rowCoefficients + offsets[plane] + v;
          out++;
        }
        outputRow++;
      }
    }
    return graph.node("Gather", Map.of("axis", 1), all, integers(graph, taken));
  }

  private static String integers(OnnxGraph graph, int[] numbers) {
    return graph.node("Constant", Map.of("value_ints", numbers));
  }

  /** For example {@code CosineTransform(32x32x3, HWC, brightness 16, colours 8)}. */
  @Override
  public String toString() {
    return "CosineTransform("
        + shape
        + ", "
        + layout
        + ", brightness "
        + brightness
        + (shape.channels() == 1 ? ")" : ", colours " + colours + ")");
  }
}
