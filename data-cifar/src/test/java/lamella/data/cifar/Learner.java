package lamella.data.cifar;

import java.util.Arrays;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.FloatTensor;
import lamella.core.Sampler;
import lamella.core.kernel.Kernels;
import lamella.core.random.NumPyRandom;

/**
 * The report's training on float32 kernels, to see how hard a set of images is: y = relu(x W1 + b1)
 * W2 + b2, or y = x W + b without hidden units; batches of 200, l2 1, rate 1e-3. Weights begin
 * larger than the report's 1e-4, which would spend the first 150 steps on a plateau.
 */
final class Learner {
  private static final int BATCH = 200;
  private static final float RATE = 1e-3f;
  private static final int CLASSES = Cifar10.CLASSES;
  private static final int INPUTS = ImageSet.IMAGE_BYTES;

  private final Kernels kernels = Kernels.instance();
  private final int hidden;
  private final float[] w1;
  private final float[] b1;
  private final float[] w2;
  private final float[] b2;
  private final float[] sums;
  private final float[] activations;
  private final float[] logits = new float[BATCH * CLASSES];

  private Learner(int hidden, NumPyRandom random) {
    this.hidden = hidden;
    int last = hidden == 0 ? INPUTS : hidden;
    w1 = normal(INPUTS * hidden, 1e-3, random);
    w2 = normal(last * CLASSES, hidden == 0 ? 1e-3 : 0.1, random);
    b1 = new float[hidden];
    b2 = new float[CLASSES];
    sums = new float[BATCH * hidden];
    activations = new float[BATCH * hidden];
  }

  /** The accuracy on the test set after training. */
  static double accuracy(Cifar10.Split data, int hidden, int iterations) {
    NumPyRandom random = new NumPyRandom(1);
    MeanImage mean = MeanImage.of(data.train());
    ImageDataset train = new ImageDataset(data.train(), mean);
    Learner learner = new Learner(hidden, random);
    learner.train(train, Sampler.withReplacement(train.size(), random), iterations);
    return learner.accuracyOn(new ImageDataset(data.test(), mean));
  }

  private static float[] normal(int size, double deviation, NumPyRandom random) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }

  private void train(ImageDataset train, Sampler sampler, int iterations) {
    Batch<int[]> batch = train.newBatch(BATCH, DType.FLOAT32);
    float[] x = ((FloatTensor) batch.inputs()).array();
    int[] indices = new int[BATCH];
    float[] dLogits = new float[logits.length];
    float[] dActivations = new float[activations.length];
    float[] dSums = new float[sums.length];
    float[] dw1 = new float[w1.length];
    float[] dw2 = new float[w2.length];
    float[] db1 = new float[hidden];
    float[] db2 = new float[CLASSES];
    for (int t = 0; t < iterations; t++) {
      sampler.next(indices);
      train.read(indices, batch);
      forward(x);
      kernels.softmaxCrossEntropy(BATCH, CLASSES, logits, batch.targets(), dLogits, 1f / BATCH);
      float[] last = hidden == 0 ? x : activations;
      int width = hidden == 0 ? INPUTS : hidden;
      kernels.multiplyTransposedLeft(BATCH, width, CLASSES, last, dLogits, dw2, false);
      kernels.sumRows(BATCH, CLASSES, dLogits, db2, false);
      if (hidden > 0) {
        kernels.multiplyTransposedRight(BATCH, hidden, CLASSES, dLogits, w2, dActivations);
        kernels.reluGradient(sums, dActivations, dSums);
        kernels.multiplyTransposedLeft(BATCH, INPUTS, hidden, x, dSums, dw1, false);
        kernels.sumRows(BATCH, hidden, dSums, db1, false);
        kernels.sgd(w1, dw1, RATE, 1);
        kernels.sgd(b1, db1, RATE, 0);
      }
      kernels.sgd(w2, dw2, RATE, 1);
      kernels.sgd(b2, db2, RATE, 0);
    }
  }

  private void forward(float[] x) {
    if (hidden == 0) {
      kernels.multiply(BATCH, INPUTS, CLASSES, x, w2, b2, logits);
    } else {
      kernels.multiply(BATCH, INPUTS, hidden, x, w1, b1, sums);
      kernels.relu(sums, activations);
      kernels.multiply(BATCH, hidden, CLASSES, activations, w2, b2, logits);
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
      forward(((FloatTensor) batch.inputs()).array());
      for (int i = 0; i < Math.min(BATCH, images.size() - from); i++) {
        float[] scores = Arrays.copyOfRange(logits, i * CLASSES, (i + 1) * CLASSES);
        right += best(scores) == batch.targets()[i] ? 1 : 0;
      }
    }
    return (double) right / images.size();
  }

  private static int best(float[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }
}
