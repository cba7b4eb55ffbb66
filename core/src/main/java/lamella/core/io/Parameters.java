package lamella.core.io;

import static lamella.core.io.FileFormatException.quote;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A network's parameters by name, from and to tensors by name as files hold them.
 *
 * <p>The names are the layer's position and the parameter's name, {@code 0.weight}, {@code 0.bias},
 * {@code 2.weight}; in a network within a network, and in any layer that names its {@link
 * Layer#layers}, {@code 1.0.weight}. They are those of PyTorch's {@code nn.Sequential} of the same
 * layers, so that its {@code state_dict} can be loaded:
 *
 * {@snippet file="SnippetsTest.java" region="parameters"}
 *
 * <p>Tensors of other names are loaded with a function that gives the name in the file for a
 * parameter's, and some of the parameters with {@link #loadPart}:
 *
 * {@snippet file="SnippetsTest.java" region="load-part"}
 */
public final class Parameters {
  private Parameters() {}

  /**
   * What {@link #loadPart} did.
   *
   * @param loaded the parameters that have their tensor's values now
   * @param kept the parameters without a tensor, which are as they were
   * @param unused the tensors that belong to no parameter
   */
  public record Part(List<String> loaded, List<String> kept, List<String> unused) {
    /** Lists of names, which are copied. */
    public Part {
      loaded = List.copyOf(loaded);
      kept = List.copyOf(kept);
      unused = List.copyOf(unused);
    }
  }

  /**
   * {@return the values by name, in the order of the layers: the live tensors} A layer that appears
   * twice has the name of its first position.
   *
   * @param network whose parameters are meant
   * @throws IllegalArgumentException if two parameters would have one name, as in a layer that is
   *     made of others and does not name them
   */
  public static Map<String, Tensor> of(Network network) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Layers.parameters(network).forEach((name, parameter) -> tensors.put(name, parameter.value()));
    return Collections.unmodifiableMap(tensors);
  }

  // Loading.

  /**
   * Copies these tensors into the network's parameters of the same names, rounding where a tensor's
   * type is wider. All of them or, if there is an error, none.
   *
   * <p>A parameter of one dimension takes {@code [1, n]} and {@code [n, 1]} for {@code [n]}.
   *
   * @param network whose parameters are set
   * @param tensors by the names that {@link #of} gives
   * @param layout how the tensors hold weights of two dimensions: as the layers do, or transposed.
   *     A square matrix fits either way, so nothing but this tells
   * @throws IllegalArgumentException if a parameter has no tensor, a tensor no parameter, or their
   *     shapes differ; names both sides
   */
  public static void load(
      Network network, Map<String, ? extends Tensor> tensors, WeightLayout layout) {
    load(network, tensors, layout, name -> name);
  }

  /**
   * Does the same with tensors of other names.
   *
   * @param network whose parameters are set
   * @param tensors by names of their own
   * @param layout how the tensors hold weights of two dimensions
   * @param names gives the tensor's name for a parameter's: {@code name -> "module." + name}, or
   *     the {@code get} of a map
   * @throws IllegalArgumentException as for {@link #load(Network, Map, WeightLayout)}, or if two
   *     parameters are to have one tensor
   */
  public static void load(
      Network network,
      Map<String, ? extends Tensor> tensors,
      WeightLayout layout,
      Function<? super String, @Nullable String> names) {
    Plan plan = new Plan(network, tensors, layout, names);
    plan.requireAll();
    plan.carryOut();
  }

  /**
   * Copies those of these tensors that parameters of the network have the names of, and leaves the
   * other parameters as they are: for a network that begins like the one in the file, or a file
   * without biases.
   *
   * @param network some of whose parameters are set
   * @param tensors by the names that {@link #of} gives
   * @param layout how the tensors hold weights of two dimensions
   * @return what was loaded and what was not, which says whether the names were right
   * @throws IllegalArgumentException if no parameter has a tensor, or one has a tensor of another
   *     shape; then nothing has changed
   */
  public static Part loadPart(
      Network network, Map<String, ? extends Tensor> tensors, WeightLayout layout) {
    return loadPart(network, tensors, layout, name -> name);
  }

  /**
   * Does the same with tensors of other names.
   *
   * @param network some of whose parameters are set
   * @param tensors by names of their own
   * @param layout how the tensors hold weights of two dimensions
   * @param names gives the tensor's name for a parameter's; null for one that is to stay as it is
   * @return what was loaded and what was not
   * @throws IllegalArgumentException as for {@link #loadPart(Network, Map, WeightLayout)}, or if
   *     two parameters are to have one tensor
   */
  public static Part loadPart(
      Network network,
      Map<String, ? extends Tensor> tensors,
      WeightLayout layout,
      Function<? super String, @Nullable String> names) {
    Plan plan = new Plan(network, tensors, layout, names);
    plan.requireSome();
    plan.carryOut();
    return new Part(List.copyOf(plan.given.keySet()), plan.missing, plan.surplus());
  }

  /** Which parameter gets which tensor; made and checked before anything changes. */
  private static final class Plan {
    private final Network network;
    private final Map<String, ? extends Tensor> tensors;
    private final WeightLayout layout;
    private final Map<String, Parameter> parameters;

    /** By the parameters' names. */
    private final Map<String, Tensor> given = new LinkedHashMap<>();

    private final List<String> missing = new ArrayList<>();

    /** Which parameter a tensor is for, by the tensors' names. */
    private final Map<String, String> used = new LinkedHashMap<>();

    Plan(
        Network network,
        Map<String, ? extends Tensor> tensors,
        WeightLayout layout,
        Function<? super String, @Nullable String> names) {
      this.network = network;
      this.tensors = tensors;
      this.layout = layout;
      this.parameters = Layers.parameters(network);
      parameters.forEach((name, parameter) -> {
        String inFile = names.apply(name);
        Tensor tensor = inFile == null ? null : tensors.get(inFile);
        if (inFile == null || tensor == null) {
          missing.add(name);
          return;
        }
        String other = used.put(inFile, name);
        if (other != null) {
          throw new IllegalArgumentException(
              "Parameters: "
                  + quote(other)
                  + " and "
                  + quote(name)
                  + " are both to have the tensor "
                  + quote(inFile));
        }
        given.put(name, fitted(name, parameter, tensor));
      });
    }

    List<String> surplus() {
      return tensors.keySet().stream()
          .<String>map(name -> name)
          .filter(name -> !used.containsKey(name))
          .toList();
    }

    void requireAll() {
      List<String> surplus = surplus();
      if (!missing.isEmpty() || !surplus.isEmpty()) {
        boolean isBiases = surplus.isEmpty();
        for (String name : missing) {
          isBiases &= Objects.requireNonNull(parameters.get(name)).role() == Role.BIAS;
        }
        throw new IllegalArgumentException(
            "Parameters: the network has "
                + listed(missing)
                + " that the tensors do not, the tensors "
                + listed(surplus)
                + " that the network does not"
                + (isBiases ? "; without biases: use loadPart, which leaves them as they are" : "")
                + leftOut());
      }
    }

    void requireSome() {
      if (given.isEmpty()) {
        throw new IllegalArgumentException(
            "Parameters: no parameter has a tensor: the network has "
                + listed(missing)
                + ", the tensors are "
                + listed(surplus())
                + leftOut());
      }
    }

    /** What a file had besides these tensors. */
    private String leftOut() {
      return tensors instanceof FileTensors file ? SafeTensors.describe(file.leftOut()) : "";
    }

    /** The tensor in the parameter's own shape. */
    private Tensor fitted(String name, Parameter parameter, Tensor tensor) {
      Shape expected = layout.inFile(parameter);
      Tensor fitted = asVector(tensor, expected);
      if (!fitted.shape().equals(expected)) {
        throw new IllegalArgumentException(wrongShape(name, parameter, tensor.shape()));
      }
      return layout.isTransposed(parameter) ? transposed(fitted) : fitted;
    }

    private String wrongShape(String name, Parameter parameter, Shape shape) {
      WeightLayout other =
          layout == WeightLayout.IN_OUT ? WeightLayout.OUT_IN : WeightLayout.IN_OUT;
      String hint =
          shape.equals(other.inFile(parameter)) ? "; are they WeightLayout." + other + "?" : "";
      return "Parameters: "
          + quote(name)
          + ", "
          + network.describe(parameter)
          + ", expects "
          + layout.inFile(parameter)
          + " for WeightLayout."
          + layout
          + ", got "
          + shape
          + hint;
    }

    void carryOut() {
      Set<Object> own = Collections.newSetFromMap(new IdentityHashMap<>());
      parameters.values().forEach(parameter -> own.add(array(parameter.value())));
      // A network's own tensors under other names would change while they are copied.
      given.replaceAll((name, tensor) -> own.contains(array(tensor)) ? tensor.copy() : tensor);
      parameters.forEach((name, parameter) -> {
        Tensor tensor = given.get(name);
        if (tensor != null) {
          parameter.value().copyFrom(tensor);
        }
      });
    }
  }

  private static Object array(Tensor tensor) {
    return switch (tensor) {
      case FloatTensor floats -> floats.array();
      case DoubleTensor doubles -> doubles.array();
    };
  }

  private static String listed(Collection<String> names) {
    int shown = Math.min(names.size(), 10);
    String list =
        String.join(", ", names.stream().limit(shown).map(FileFormatException::quote).toList());
    return names.isEmpty()
        ? "none"
        : shown == names.size() ? list : list + " and " + (names.size() - shown) + " more";
  }

  /**
   * The same elements as {@code [n]}, not copied, where they are {@code [1, n]} or {@code [n, 1]}
   * and that is expected; else the tensor.
   */
  static Tensor asVector(Tensor tensor, Shape expected) {
    Shape shape = tensor.shape();
    boolean isVector =
        expected.rank() == 1
            && shape.rank() == 2
            && shape.size() == expected.size()
            && (shape.dimension(0) == 1 || shape.dimension(1) == 1);
    if (!isVector) {
      return tensor;
    }
    return switch (tensor) {
      case FloatTensor floats -> FloatTensor.wrap(expected, floats.array());
      case DoubleTensor doubles -> DoubleTensor.wrap(expected, doubles.array());
    };
  }

  private static Tensor transposed(Tensor tensor) {
    int rows = tensor.shape().dimension(0);
    int columns = tensor.shape().dimension(1);
    Tensor result = Tensor.zeros(tensor.dtype(), Shape.of(columns, rows));
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        result.set(column * rows + row, tensor.get(row * columns + column));
      }
    }
    return result;
  }
}
