package lamella.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * Something to time, the same for Lamella and for its peers; its name says all of it.
 *
 * <ul>
 *   <li>{@code step:200x3072-64-10} one training step of the network 3072-64-10 with ReLU between
 *       its layers, batch 200: forward, softmax cross-entropy, backward, gradient descent with L2
 *       on the weights.
 *   <li>{@code modern:256x3072-1024-1024-10} the same with LayerNorm and GELU between its layers,
 *       and with AdamW: its products, which are what {@link #flops} counts, are those of {@code
 *       step}.
 *   <li>{@code loop:200x3072-64-10} as {@code step} with the choice and the gathering of its batch
 *       from 49,000 images.
 *   <li>{@code forward:200x3072-64-10} forward only; with batch 1 a prediction.
 *   <li>{@code predict:1x784-256-128-10} the same by what each library has for those who use a
 *       model: ours fills the caller's array from the caller's array, peers their tensors, which
 *       are made once.
 *   <li>{@code xw:200x3072x64} the product y = x W, x [200, 3072], W [3072, 64].
 *   <li>{@code xtdy:200x3072x64} dW = xᵀ dy of the same layer, dy [200, 64].
 *   <li>{@code dywt:200x3072x64} dx = dy Wᵀ of the same layer.
 *   <li>{@code peak:1}, {@code peak:all} nothing but fused multiply-adds, on one core and on all
 *       ({@link FmaPeak}).
 * </ul>
 *
 * @param task what is done
 * @param batch rows n; 0 for a peak
 * @param widths the widths of a network's layers, or inputs and outputs of a product; of a peak the
 *     threads
 */
public record Workload(Task task, int batch, List<Integer> widths) {

  /** What is done. */
  public enum Task {
    /** One training step. */
    STEP("step"),
    /** One training step with LayerNorm, GELU and AdamW. */
    MODERN("modern"),
    /** One training step with its batch gathered. */
    LOOP("loop"),
    /** A network's output. */
    FORWARD("forward"),
    /** A network's output, as who uses a model gets it. */
    PREDICT("predict"),
    /** y = x W. */
    XW("xw"),
    /** dW = xᵀ dy. */
    XTDY("xtdy"),
    /** dx = dy Wᵀ. */
    DYWT("dywt"),
    /** Fused multiply-adds alone. */
    PEAK("peak");

    private final String text;

    Task(String text) {
      this.text = text;
    }

    /** Whether it runs a network; the sizes are then those of its layers. */
    public boolean isNetwork() {
      return isTraining() || this == FORWARD || this == PREDICT;
    }

    /** Whether it runs a network backward, too, and updates it. */
    public boolean isTraining() {
      return this == STEP || this == MODERN || this == LOOP;
    }

    private static Task of(String text) {
      for (Task task : values()) {
        if (task.text.equals(text)) {
          return task;
        }
      }
      throw new IllegalArgumentException("Workload: no task is called '" + text + "'");
    }
  }

  /** Lists are copied. */
  public Workload {
    widths = List.copyOf(widths);
  }

  /**
   * The workload of this name.
   *
   * @throws IllegalArgumentException if it is none; says what is wrong
   */
  public static Workload parse(String name) {
    int colon = name.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "Workload: expects TASK:SIZES such as step:200x3072-64-10, got '" + name + "'");
    }
    Task task = Task.of(name.substring(0, colon));
    String sizes = name.substring(colon + 1);
    if (task == Task.PEAK) {
      int threads =
          sizes.equals("all") ? Runtime.getRuntime().availableProcessors() : number(name, sizes);
      return new Workload(task, 0, List.of(threads));
    }
    List<Integer> numbers = new ArrayList<>();
    for (String part : sizes.split("[x-]", -1)) {
      numbers.add(number(name, part));
    }
    if (task.isNetwork() ? numbers.size() < 3 : numbers.size() != 3) {
      throw new IllegalArgumentException(
          "Workload: expects "
              + (task.isNetwork() ? "BATCHxWIDTH-...-WIDTH" : "ROWSxINPUTSxOUTPUTS")
              + ", got '"
              + name
              + "'");
    }
    return new Workload(task, numbers.getFirst(), numbers.subList(1, numbers.size()));
  }

  private static int number(String name, String text) {
    try {
      int number = Integer.parseInt(text);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Workload: '" + text + "' in '" + name + "' is no size", e);
    }
    throw new IllegalArgumentException("Workload: sizes are at least 1, got '" + name + "'");
  }

  /** The width of the input. */
  public int inputs() {
    return widths.getFirst();
  }

  /** The width of the output. */
  public int outputs() {
    return widths.getLast();
  }

  /**
   * Floating-point operations of one run: a multiply-add counts 2, and only those of matrix
   * products count; of a training step the input gradient of the first layer does not, because
   * nobody needs it.
   */
  public double flops() {
    if (task == Task.PEAK) {
      return (double) FmaPeak.FLOPS * inputs();
    }
    double forward = 0;
    double inputGradients = 0;
    for (int i = 0; i + 1 < widths.size(); i++) {
      double product = 2.0 * batch * widths.get(i) * widths.get(i + 1);
      forward += product;
      inputGradients += i == 0 ? 0 : product;
    }
    return task.isTraining() ? 2 * forward + inputGradients : forward;
  }

  /** The network's widths, such as {@code 784-256-128-10}. */
  public String network() {
    StringBuilder text = new StringBuilder();
    for (int width : widths) {
      text.append(text.isEmpty() ? "" : "-").append(width);
    }
    return text.toString();
  }

  /** The name that {@link #parse} reads. */
  public String name() {
    if (task == Task.PEAK) {
      return task.text + ":" + inputs();
    }
    StringBuilder name = new StringBuilder(task.text).append(':').append(batch);
    char separator = 'x';
    for (int width : widths) {
      name.append(separator).append(width);
      separator = task.isNetwork() ? '-' : 'x';
    }
    return name.toString();
  }

  @Override
  public String toString() {
    return name();
  }
}
