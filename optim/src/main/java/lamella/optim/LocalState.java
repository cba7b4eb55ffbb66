package lamella.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.core.DType;
import lamella.core.Parameter;
import lamella.core.SavedState;
import lamella.core.Shape;
import lamella.core.Tensor;

/**
 * What a shard's local steps leave beside numbers that are averaged, and must be the same in every
 * shard: the rates of the steps, the texts of the optimiser's state, and the names and shapes of
 * its tensors.
 */
final class LocalState {
  private static final String WHO = "Node";
  private static final int KIND = 0x4C53_0001; // "LS", version 1

  private final double[] rates;
  private final Map<String, String> texts;
  private final List<Place> tensors;

  private LocalState(double[] rates, Map<String, String> texts, List<Place> tensors) {
    this.rates = rates;
    this.texts = texts;
    this.tensors = tensors;
  }

  /** A tensor's name and kind. */
  record Place(String name, DType dtype, Shape shape) {}

  /** Of each step. */
  double rate(int step) {
    return rates[step];
  }

  Map<String, String> texts() {
    return texts;
  }

  List<Place> tensors() {
    return tensors;
  }

  static LocalState of(double[] rates, SavedState state) {
    List<Place> tensors = new ArrayList<>();
    state
        .tensors()
        .forEach((name, tensor) -> tensors.add(new Place(name, tensor.dtype(), tensor.shape())));
    return new LocalState(rates, new LinkedHashMap<>(state.texts()), tensors);
  }

  byte[] toBytes() {
    Block.Writer out = new Block.Writer(WHO, KIND).put(rates).put(texts.size());
    texts.forEach((name, text) -> out.put(name).put(text));
    out.put(tensors.size());
    for (Place place : tensors) {
      out.put(place.name).put(place.dtype.bytes()).put(Block.dimensions(place.shape));
    }
    return out.toBytes();
  }

  static LocalState fromBytes(byte[] bytes) {
    Block.Reader in = new Block.Reader(WHO, KIND, bytes);
    double[] rates = in.doubles();
    Map<String, String> texts = new LinkedHashMap<>();
    for (int i = in.integer(0, Integer.MAX_VALUE); i > 0; i--) {
      texts.put(in.text(), in.text());
    }
    List<Place> tensors = new ArrayList<>();
    for (int i = in.integer(0, Integer.MAX_VALUE); i > 0; i--) {
      String name = in.text();
      DType dtype =
          in.integer(Float.BYTES, Double.BYTES) == Float.BYTES ? DType.FLOAT32 : DType.FLOAT64;
      tensors.add(new Place(name, dtype, Shape.of(in.integers())));
    }
    in.end();
    return new LocalState(rates, texts, tensors);
  }

  /** The state of these texts and of tensors that are read, in their order. */
  SavedState state(List<Parameter> parameters, FlatNumbers.Reader numbers, int divisor) {
    Map<String, Tensor> read = new LinkedHashMap<>();
    for (Place place : tensors) {
      Tensor tensor = Tensor.zeros(place.dtype, place.shape);
      numbers.take(tensor, divisor);
      read.put(place.name, tensor);
    }
    return SavedState.of(parameters, read, texts);
  }

  /** What two of them do not have in common, in words. */
  static String difference(byte[] left, byte[] right) {
    if (left.length == 0 || right.length == 0) {
      return "one is of a step of all shards, the other one of local steps";
    }
    LocalState a = fromBytes(left);
    LocalState b = fromBytes(right);
    if (!Arrays.equals(a.rates, b.rates)) {
      return "learning rates are " + Arrays.toString(a.rates) + " and " + Arrays.toString(b.rates);
    }
    for (Map.Entry<String, String> text : a.texts.entrySet()) {
      String other = b.texts.get(text.getKey());
      if (!text.getValue().equals(other)) {
        return text.getKey() + " is '" + text.getValue() + "' and '" + other + "'";
      }
    }
    return a.tensors.equals(b.tensors)
        ? "texts are " + a.texts.keySet() + " and " + b.texts.keySet()
        : "tensors are " + a.tensors + " and " + b.tensors;
  }
}
