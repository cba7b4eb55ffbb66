package lamella.data.cifar;

import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.FloatTensor;
import lamella.core.Loop;
import lamella.core.Products;
import lamella.core.Sampler;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;

/**
 * The report's training in float32, to see how hard a set of images is: y = relu(x W1 + b1) W2 +
 * b2, or y = x W + b without hidden units; batches of 200, l2 1, rate 1e-3. Weights begin larger
 * than the report's 1e-4, which would spend the first 150 steps on a plateau.
 */
final class Learner {
  private static final int BATCH = 200;
  private static final float RATE = 1e-3f;
  private static final int CLASSES = Cifar10.CLASSES;
  private static final int INPUTS = ImageShape.CIFAR10.size();

  /** y = max(x, 0). */
  private static final Loop RELU =
      new FloatLoop() {
        @Override
        protected void run(float[][] arrays, int from, int to) {
          for (int i = from; i < to; i++) {
            arrays[0][i] = Math.max(arrays[1][i], 0);
          }
        }
      };

  /** dx = dy where x > 0, else 0. */
  private static final Loop RELU_GRADIENT =
      new FloatLoop() {
        @Override
        protected void run(float[][] arrays, int from, int to) {
          for (int i = from; i < to; i++) {
            arrays[0][i] = arrays[1][i] > 0 ? arrays[2][i] : 0;
          }
        }
      };

  /** w = w - rate (g + w). */
  private static final Loop DECAYED_STEP =
      new FloatLoop() {
        @Override
        protected void run(float[][] arrays, int from, int to) {
          for (int i = from; i < to; i++) {
            arrays[0][i] -= RATE * (arrays[1][i] + arrays[0][i]);
          }
        }
      };

  /** b = b - rate g. */
  private static final Loop STEP =
      new FloatLoop() {
        @Override
        protected void run(float[][] arrays, int from, int to) {
          for (int i = from; i < to; i++) {
            arrays[0][i] -= RATE * arrays[1][i];
          }
        }
      };

  private abstract static class FloatLoop extends Loop {
    @Override
    protected final void run(double[][] arrays, int from, int to) {
      throw new UnsupportedOperationException("float32 only");
    }
  }

  private final int hidden;
  private final FloatTensor w1;
  private final FloatTensor b1;
  private final FloatTensor w2;
  private final FloatTensor b2 = FloatTensor.zeros(Shape.of(CLASSES));
  private final FloatTensor sums;
  private final FloatTensor activations;
  private final FloatTensor logits = FloatTensor.zeros(Shape.of(BATCH, CLASSES));

  private Learner(int hidden, NumPyRandom random) {
    this.hidden = hidden;
    int units = Math.max(1, hidden);
    w1 = normal(Shape.of(INPUTS, units), hidden == 0 ? 0 : 1e-3, random);
    w2 = normal(Shape.of(hidden == 0 ? INPUTS : hidden, CLASSES), hidden == 0 ? 1e-3 : 0.1, random);
    b1 = FloatTensor.zeros(Shape.of(units));
    sums = FloatTensor.zeros(Shape.of(BATCH, units));
    activations = FloatTensor.zeros(Shape.of(BATCH, units));
  }

  /** The accuracy on the test set after training. */
  static double accuracy(LabelledImages.Split data, int hidden, int iterations) {
    NumPyRandom random = new NumPyRandom(1);
    MeanImage mean = MeanImage.of(data.train());
    ImageDataset train = new ImageDataset(data.train(), mean);
    Learner learner = new Learner(hidden, random);
    learner.train(train, Sampler.withReplacement(train.size(), random), iterations);
    return learner.accuracyOn(new ImageDataset(data.test(), mean));
  }

  private static FloatTensor normal(Shape shape, double deviation, NumPyRandom random) {
    FloatTensor values = FloatTensor.zeros(shape);
    if (deviation > 0) {
      for (int i = 0; i < values.size(); i++) {
        values.set(i, deviation * random.nextGaussian());
      }
    }
    return values;
  }

  private void train(ImageDataset train, Sampler sampler, int iterations) {
    Batch<int[]> batch = train.newBatch(BATCH, DType.FLOAT32);
    int[] indices = new int[BATCH];
    Tensor dLogits = FloatTensor.zeros(logits.shape());
    Tensor dActivations = FloatTensor.zeros(activations.shape());
    Tensor dSums = FloatTensor.zeros(sums.shape());
    Tensor dw1 = FloatTensor.zeros(w1.shape());
    Tensor dw2 = FloatTensor.zeros(w2.shape());
    Tensor db1 = FloatTensor.zeros(b1.shape());
    Tensor db2 = FloatTensor.zeros(b2.shape());
    for (int t = 0; t < iterations; t++) {
      sampler.next(indices);
      train.read(indices, batch);
      Tensor x = batch.inputs();
      forward(x);
      lossGradient(batch.targets(), dLogits);
      Products.multiplyTransposedLeft(hidden == 0 ? x : activations, dLogits, dw2, false);
      Products.sumRows(dLogits, db2, false);
      if (hidden > 0) {
        Products.multiplyTransposedRight(dLogits, w2, dActivations);
        RELU_GRADIENT.over(dSums, sums, dActivations);
        Products.multiplyTransposedLeft(x, dSums, dw1, false);
        Products.sumRows(dSums, db1, false);
        DECAYED_STEP.over(w1, dw1);
        STEP.over(b1, db1);
      }
      DECAYED_STEP.over(w2, dw2);
      STEP.over(b2, db2);
    }
  }

  private void forward(Tensor x) {
    if (hidden == 0) {
      Products.multiply(x, w2, b2, logits);
    } else {
      Products.multiply(x, w1, b1, sums);
      RELU.over(activations, sums);
      Products.multiply(activations, w2, b2, logits);
    }
  }

  /** Of the mean softmax cross-entropy: (softmax - 1 at the label) / n. */
  private void lossGradient(int[] labels, Tensor gradient) {
    for (int i = 0; i < BATCH; i++) {
      double max = logits.get(i, logits.argMax(i));
      double sum = 0;
      for (int j = 0; j < CLASSES; j++) {
        sum += Math.exp(logits.get(i, j) - max);
      }
      for (int j = 0; j < CLASSES; j++) {
        double softmax = Math.exp(logits.get(i, j) - max) / sum;
        gradient.set(i, j, (softmax - (j == labels[i] ? 1 : 0)) / BATCH);
      }
    }
  }

  private double accuracyOn(ImageDataset images) {
    Batch<int[]> batch = images.newBatch(BATCH, DType.FLOAT32);
    int[] indices = new int[BATCH];
    int right = 0;
    for (int from = 0; from < images.size(); from += BATCH) {
      for (int i = 0; i < BATCH; i++) {
        indices[i] = Math.min(from + i, images.size() - 1);
      }
      images.read(indices, batch);
      forward(batch.inputs());
      for (int i = 0; i < Math.min(BATCH, images.size() - from); i++) {
        right += logits.argMax(i) == batch.targets()[i] ? 1 : 0;
      }
    }
    return (double) right / images.size();
  }
}
