package lamella.optim;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import lamella.core.Description;
import lamella.core.Layer;
import lamella.core.Parameter;

/**
 * Parameters that an optimiser treats otherwise than the rest: their learning rate, and their
 * penalty and decay, times a factor, or not at all. A parameter in several groups takes the product
 * of their factors.
 *
 * {@snippet file="SnippetsTest.java" region="groups"}
 *
 * <p>A parameter's name is its path in the network, as {@code 1.0.weight}, once the optimiser knows
 * the network: a {@link Trainer} tells it, by hand {@link Optimizer#begin} does. Before, it is the
 * name that the parameter has in its layer, as {@code weight}.
 */
public final class Group {
  private final String name;
  private final BiPredicate<String, Parameter> members;
  private final double rateFactor;
  private final double decayFactor;

  private Group(
      String name, BiPredicate<String, Parameter> members, double rateFactor, double decayFactor) {
    this.name = name;
    this.members = members;
    this.rateFactor = rateFactor;
    this.decayFactor = decayFactor;
  }

  /**
   * {@return the parameters that a predicate holds for}
   *
   * @param name says which these are, in checkpoints and errors
   * @param members is asked once for each parameter, with its name
   */
  public static Group of(String name, BiPredicate<String, Parameter> members) {
    return new Group(name, members, 1, 1);
  }

  /**
   * {@return the parameters of these roles}
   *
   * @param roles at least one
   */
  public static Group of(Parameter.Role... roles) {
    Set<Parameter.Role> chosen = Set.of(roles);
    return of(text(List.of(roles)), (name, parameter) -> chosen.contains(parameter.role()));
  }

  /**
   * {@return the parameters of these very layers}
   *
   * @param layers at least one; a network, too
   */
  public static Group of(Layer... layers) {
    Set<Parameter> chosen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Layer layer : layers) {
      chosen.addAll(layer.parameters());
    }
    return of(text(List.of(layers)), (name, parameter) -> chosen.contains(parameter));
  }

  /**
   * {@return the parameters at these places in the network, or below}
   *
   * @param paths of a layer, as {@code 0} or {@code 1.0}, or of one parameter, as {@code 0.weight}
   */
  public static Group under(String... paths) {
    List<String> places = List.of(paths);
    return of(
        "under " + text(places),
        (name, parameter) -> {
          for (String place : places) {
            if (name.equals(place) || name.startsWith(place + ".")) {
              return true;
            }
          }
          return false;
        });
  }

  private static String text(List<?> parts) {
    StringBuilder text = new StringBuilder();
    for (Object part : parts) {
      text.append(text.isEmpty() ? "" : ", ").append(Description.of(part));
    }
    return text.toString();
  }

  /**
   * {@return a group like this one whose learning rate is the optimiser's times a factor}
   *
   * @param factor 0 leaves the parameters as they are, see {@link #frozen}
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Group withRateFactor(double factor) {
    require("rate", factor);
    return new Group(name, members, factor, decayFactor);
  }

  /**
   * {@return a group like this one whose penalty and decay are the optimiser's times a factor} They
   * fall on those only whose role is decayed.
   *
   * @param factor 0 for none
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Group withDecayFactor(double factor) {
    require("decay", factor);
    return new Group(name, members, rateFactor, factor);
  }

  /**
   * {@return a group like this one that is left as it is: a rate factor of 0} Its parameters, and
   * what the optimiser keeps for them, do not change. Where nothing else needs their gradients,
   * freezing the parameters themselves also saves computing these.
   */
  public Group frozen() {
    return withRateFactor(0);
  }

  private void require(String what, double factor) {
    if (!(factor >= 0 && factor < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "Group " + name + ": " + what + " factor must be finite and >= 0, got " + factor);
    }
  }

  boolean contains(String parameterName, Parameter parameter) {
    return members.test(parameterName, parameter);
  }

  String name() {
    return name;
  }

  double rateFactor() {
    return rateFactor;
  }

  double decayFactor() {
    return decayFactor;
  }

  /** For example {@code group BIAS: rate x 2.0, decay x 1.0}, or {@code group under 0: frozen}. */
  @Override
  public String toString() {
    return "group "
        + name
        + (rateFactor == 0 ? ": frozen" : ": rate x " + rateFactor + ", decay x " + decayFactor);
  }
}
