package lamella.layers;

import java.util.Arrays;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Products;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.SplitMix64;

/**
 * The directions in which the examples of a dataset vary most, and how much.
 *
 * <p>The covariance C = (1/n) Σ (x - mean)(x - mean)ᵀ is taken from products of blocks of examples,
 * of which only one half is computed; the blocks are added up in float64. Its eigenvectors are
 * found at once where features are few, and else by subspace iteration: a fixed number of steps Q =
 * orthonormal(C Q) from fixed start vectors, and the eigenvectors of Qᵀ C Q at the end. (G. H.
 * Golub, C. F. Van Loan, "Matrix computations" (2013), 8.2.4.) So the same data give the same bits,
 * whatever the threads and vectors.
 */
final class PrincipalComponents {
  /** Numbers of a block of examples, so that it has 24 MB in float32. */
  private static final int BLOCK = 6_000_000;

  /** Columns that are multiplied with so many others at once. */
  private static final int PANEL = 512;

  /**
   * Multiply-adds for the covariance up to which they are done in float64: up to half a second.
   * Beyond, float32 is twice as fast.
   */
  private static final long EXACT = 20_000_000_000L;

  /** Features up to which all eigenvectors are computed at once. */
  private static final int FEW = 512;

  private static final int STEPS = 10;

  /** Vectors that are iterated beside those that are asked for: a quarter more, and some. */
  private static final int MORE = 16;

  /** Beside the largest variance, less than this is rounding. */
  private static final double NOTHING = 1e-12;

  /** The same for covariances in float32, or if found by iteration. */
  private static final double NOTHING_ITERATED = 1e-7;

  /** Of a column's length, squared, what must be left of it beside the columns before. */
  private static final double DEPENDENT = 1e-13;

  private final int features;
  private final DType type;
  private final double[] mean;

  /** C, both halves. */
  private final double[] covariance;

  private final double[] variances;
  private final double[][] components;

  private PrincipalComponents(int features, DType type, int count) {
    this.features = features;
    this.type = type;
    this.mean = new double[features];
    this.covariance = new double[features * features];
    this.variances = new double[count];
    this.components = new double[count][features];
  }

  /**
   * The components of the largest variances.
   *
   * @param count how many, at most as many as there are features
   */
  static PrincipalComponents of(Dataset<?> data, int count) {
    return of(data, count, EXACT, FEW);
  }

  /** The same with other limits of what is computed in float64, and at once. */
  static PrincipalComponents of(Dataset<?> data, int count, long exact, int few) {
    int features = data.exampleShape().size();
    DType type =
        (double) data.size() * features * features <= exact ? DType.FLOAT64 : DType.FLOAT32;
    PrincipalComponents all = new PrincipalComponents(features, type, count);
    all.addUp(data);
    int iterated = count + count / 4 + MORE;
    if (features <= few || iterated >= features) {
      SymmetricEigen eigen = SymmetricEigen.of(rows(all.covariance, features));
      all.take(eigen.values(), eigen.vectors(), type == DType.FLOAT64 ? NOTHING : NOTHING_ITERATED);
    } else {
      all.iterate(iterated);
    }
    return all;
  }

  /** {@return of each feature} */
  double[] mean() {
    return mean;
  }

  /** {@return of all features} */
  double meanVariance() {
    double trace = 0;
    for (int j = 0; j < features; j++) {
      trace += covariance[j * features + j];
    }
    return trace / features;
  }

  /** {@return from the largest down; 0 where there is none but rounding} */
  double[] variances() {
    return variances;
  }

  /**
   * {@return a row for each variance, of length 1, its number of the largest size positive; zeros
   * where the variance is 0}
   */
  double[][] components() {
    return components;
  }

  private void take(double[] values, double[][] vectors, double nothing) {
    for (int k = 0; k < variances.length && values[k] > nothing * values[0]; k++) {
      variances[k] = values[k];
      components[k] = signed(vectors[k]);
    }
  }

  private static double[] signed(double[] vector) {
    int largest = 0;
    for (int i = 1; i < vector.length; i++) {
      if (Math.abs(vector[i]) > Math.abs(vector[largest])) {
        largest = i;
      }
    }
    if (vector[largest] < 0) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] = -vector[i];
      }
    }
    return vector;
  }

  private static double[][] rows(double[] matrix, int count) {
    int width = matrix.length / count;
    double[][] rows = new double[count][];
    for (int i = 0; i < count; i++) {
      rows[i] = Arrays.copyOfRange(matrix, i * width, (i + 1) * width);
    }
    return rows;
  }

  // The covariance.

  /** Mean and covariance; examples are taken relative to the mean of the first block. */
  private <T> void addUp(Dataset<T> data) {
    int most = Math.clamp(BLOCK / features, 1, data.size());
    double[] centre = new double[features];
    double[] sums = new double[features];
    for (int from = 0; from < data.size(); from += most) {
      int[] indices = new int[Math.min(most, data.size() - from)];
      Arrays.setAll(indices, i -> i);
      for (int i = 0; i < indices.length; i++) {
        indices[i] += from;
      }
      Batch<T> batch = data.newBatch(indices.length, type);
      data.read(indices, batch);
      Tensor x = batch.inputs();
      if (from == 0) {
        sum(x, from, centre);
        for (int j = 0; j < features; j++) {
          // The float32 nearest to the mean, so that differences are of the same number.
          centre[j] = (float) (centre[j] / indices.length);
        }
      }
      double[] block = new double[features];
      subtract(x, centre);
      sum(x, from, block);
      for (int j = 0; j < features; j++) {
        sums[j] += block[j];
      }
      addProducts(x);
    }
    for (int j = 0; j < features; j++) {
      sums[j] /= data.size();
      mean[j] = centre[j] + sums[j];
    }
    for (int i = 0; i < features; i++) {
      for (int j = i; j < features; j++) {
        double entry = covariance[i * features + j] / data.size() - sums[i] * sums[j];
        covariance[i * features + j] = entry;
        covariance[j * features + i] = entry;
      }
    }
  }

  /** Adds the rows to sums. */
  private void sum(Tensor x, int firstExample, double[] sums) {
    for (int start = 0; start < x.size(); start += features) {
      switch (x) {
        case FloatTensor floats -> {
          float[] a = floats.array();
          for (int j = 0; j < sums.length; j++) {
            sums[j] += a[start + j];
          }
        }
        case DoubleTensor doubles -> {
          double[] a = doubles.array();
          for (int j = 0; j < sums.length; j++) {
            sums[j] += a[start + j];
          }
        }
      }
    }
    for (int j = 0; j < sums.length; j++) {
      if (!Double.isFinite(sums[j])) {
        throw notFinite(x, firstExample);
      }
    }
  }

  private IllegalArgumentException notFinite(Tensor x, int firstExample) {
    int place = 0;
    while (place < x.size() - 1 && Double.isFinite(x.get(place))) {
      place++;
    }
    return new IllegalArgumentException(
        "Whitening: feature "
            + place % features
            + " of example "
            + (firstExample + place / features)
            + " must be finite, got "
            + x.get(place));
  }

  private void subtract(Tensor x, double[] centre) {
    for (int start = 0; start < x.size(); start += features) {
      switch (x) {
        case FloatTensor floats -> {
          float[] a = floats.array();
          for (int j = 0; j < centre.length; j++) {
            a[start + j] -= (float) centre[j];
          }
        }
        case DoubleTensor doubles -> {
          double[] a = doubles.array();
          for (int j = 0; j < centre.length; j++) {
            a[start + j] -= centre[j];
          }
        }
      }
    }
  }

  /** Adds xᵀ x to the upper half, panel by panel. */
  private void addProducts(Tensor x) {
    int rows = x.size() / features;
    int panels = Math.ceilDiv(features, PANEL);
    Tensor[] parts = new Tensor[panels];
    for (int p = 0; p < panels; p++) {
      parts[p] = columns(x, rows, p * PANEL, Math.min(features, (p + 1) * PANEL));
    }
    for (int p = 0; p < panels; p++) {
      for (int q = p; q < panels; q++) {
        Tensor product =
            Tensor.zeros(type, Shape.of(parts[p].shape().last(), parts[q].shape().last()));
        Products.multiplyTransposedLeft(parts[p], parts[q], product, false);
        addTo(p * PANEL, q * PANEL, product);
      }
    }
  }

  private Tensor columns(Tensor x, int rows, int from, int to) {
    int width = to - from;
    Tensor part = Tensor.zeros(type, Shape.of(rows, width));
    Object source = x instanceof FloatTensor f ? f.array() : ((DoubleTensor) x).array();
    Object target = part instanceof FloatTensor f ? f.array() : ((DoubleTensor) part).array();
    for (int row = 0; row < rows; row++) {
      System.arraycopy(source, row * features + from, target, row * width, width);
    }
    return part;
  }

  private void addTo(int row, int column, Tensor product) {
    int width = product.shape().last();
    for (int i = 0; i < product.shape().dimension(0); i++) {
      int place = (row + i) * features + column;
      switch (product) {
        case FloatTensor floats -> {
          float[] a = floats.array();
          for (int j = 0; j < width; j++) {
            covariance[place + j] += a[i * width + j];
          }
        }
        case DoubleTensor doubles -> {
          double[] a = doubles.array();
          for (int j = 0; j < width; j++) {
            covariance[place + j] += a[i * width + j];
          }
        }
      }
    }
  }

  // The eigenvectors of the largest eigenvalues.

  private void iterate(int vectors) {
    Shape shape = Shape.of(features, vectors);
    DoubleTensor exact = DoubleTensor.wrap(Shape.of(features, features), covariance);
    Tensor matrix = exact.to(type);
    Tensor q = Tensor.zeros(type, shape);
    SplitMix64 random = new SplitMix64(0);
    for (int i = 0; i < q.size(); i++) {
      q.set(i, random.between(-1, 1));
    }
    Tensor product = Tensor.zeros(type, shape);
    for (int step = 0; step < STEPS; step++) {
      Products.multiply(matrix, q, null, product);
      q = orthonormal(product).to(type);
    }
    // Once more, for what rounding has left.
    DoubleTensor basis = orthonormal(q);
    DoubleTensor image = DoubleTensor.zeros(shape);
    Products.multiply(exact, basis, null, image);
    DoubleTensor small = DoubleTensor.zeros(Shape.of(vectors, vectors));
    Products.multiplyTransposedLeft(basis, image, small, false);
    double[][] matrixInBasis = rows(small.array(), vectors);
    for (int i = 0; i < vectors; i++) {
      for (int j = 0; j < i; j++) {
        double both = (matrixInBasis[i][j] + matrixInBasis[j][i]) / 2;
        matrixInBasis[i][j] = both;
        matrixInBasis[j][i] = both;
      }
    }
    SymmetricEigen eigen = SymmetricEigen.of(matrixInBasis);
    DoubleTensor turns = DoubleTensor.zeros(Shape.of(vectors, vectors));
    for (int i = 0; i < vectors; i++) {
      System.arraycopy(eigen.vectors()[i], 0, turns.array(), i * vectors, vectors);
    }
    DoubleTensor found = DoubleTensor.zeros(Shape.of(vectors, features));
    Products.multiplyTransposedRight(turns, basis, found);
    take(eigen.values(), rows(found.array(), vectors), NOTHING_ITERATED);
  }

  /**
   * Orthonormal columns that span what these do: Z R⁻¹, where Zᵀ Z = Rᵀ R is Cholesky's
   * factorisation. A column that depends on those before becomes 0.
   */
  private static DoubleTensor orthonormal(Tensor columns) {
    DoubleTensor z = (DoubleTensor) columns.to(DType.FLOAT64);
    int n = z.shape().last();
    DoubleTensor squares = DoubleTensor.zeros(Shape.of(n, n));
    Products.multiplyTransposedLeft(z, z, squares, false);
    double[] lengths = new double[n];
    for (int i = 0; i < n; i++) {
      lengths[i] = Math.sqrt(squares.array()[i * n + i]);
    }
    double[][] r = rows(squares.array(), n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double scale = lengths[i] * lengths[j];
        r[i][j] = scale == 0 ? 0 : r[i][j] / scale;
      }
    }
    factorise(r);
    double[][] inverse = inverse(r);
    DoubleTensor factors = DoubleTensor.zeros(Shape.of(n, n));
    for (int i = 0; i < n; i++) {
      for (int j = i; j < n && lengths[i] > 0; j++) {
        factors.array()[i * n + j] = inverse[i][j] / lengths[i];
      }
    }
    DoubleTensor result = DoubleTensor.zeros(z.shape());
    Products.multiply(z, factors, null, result);
    return result;
  }

  /** The upper half of a matrix with a diagonal of ones becomes R; a dependent row zeros. */
  private static void factorise(double[][] r) {
    int n = r.length;
    for (int j = 0; j < n; j++) {
      double[] row = r[j];
      for (int i = 0; i < j; i++) {
        double[] above = r[i];
        double factor = above[j];
        for (int k = j; k < n; k++) {
          row[k] -= factor * above[k];
        }
      }
      double divisor = row[j] > DEPENDENT ? Math.sqrt(row[j]) : 0;
      for (int k = j; k < n; k++) {
        row[k] = divisor == 0 ? 0 : row[k] / divisor;
      }
    }
  }

  /** That of an upper triangle; rows and columns of its rows of zeros are zeros. */
  private static double[][] inverse(double[][] r) {
    int n = r.length;
    double[][] inverse = new double[n][n];
    for (int i = n - 1; i >= 0; i--) {
      if (r[i][i] == 0) {
        continue;
      }
      double[] row = inverse[i];
      row[i] = 1;
      for (int k = i + 1; k < n; k++) {
        double factor = r[i][k];
        double[] below = inverse[k];
        for (int j = k; j < n; j++) {
          row[j] -= factor * below[j];
        }
      }
      for (int j = i; j < n; j++) {
        row[j] /= r[i][i];
      }
    }
    return inverse;
  }
}
