package lamella.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import lamella.core.Description;
import lamella.core.Fingerprint;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Shape;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.Layout;
import lamella.layers.Ensemble;
import lamella.table.TableSchema;
import org.jspecify.annotations.Nullable;

/**
 * Several models as one, whose prediction is the mean of theirs, over views of an image or not:
 * what {@code lamella ensemble} writes.
 *
 * <p>The models agree in inputs, outputs and what these mean, in the type of their numbers, and in
 * what their files say of it: the layout and size of images, the columns of a table, the names of
 * the classes. What else the files say is kept: once where they say the same, else for each model
 * by itself. The metadata {@code member_1}, {@code member_2} and so on name the files and the
 * fingerprints of their parameters, {@code views} the views.
 *
 * @param network the mean
 * @param metadata what a file says of it
 */
public record EnsembleModel(Network network, Map<String, String> metadata) {
  /** The key of the metadata that names the views. */
  public static final String VIEWS = "views";

  private static final String MEMBER = "member_";

  /** The key of the metadata with the description of a table. */
  private static final String TABLE = "table";

  private static final String HINT =
      "; models of one ensemble agree in inputs, outputs and what these mean";

  /** A map that does not change. */
  public EnsembleModel {
    metadata = new LinkedHashMap<>(metadata);
  }

  /**
   * A model that becomes a part of the ensemble.
   *
   * @param file where it was read
   * @param network takes inputs as the file has them
   * @param metadata the file's text, by keys
   */
  public record Member(Path file, Network network, Map<String, String> metadata) {
    /** What a file holds. */
    public static Member of(OpenModel model) {
      return new Member(model.file(), model.network(), model.metadata());
    }

    private boolean says(String key, @Nullable String text) {
      return Objects.equals(metadata.get(key), text);
    }
  }

  // The network.

  /**
   * {@return the mean of the predictions of some networks, over views of each image}
   *
   * <p>Where all begin with the same preparation of the inputs, it is there once and is computed
   * once; see {@link #of(List)}.
   *
   * @param networks of images, without views of their own
   * @param views of each image
   * @param shape of an image
   * @param layout the order of an image's numbers
   * @throws IllegalArgumentException if they do not agree; names the network
   */
  public static Network of(List<Network> networks, Views views, ImageShape shape, Layout layout) {
    return views.over(of(networks), shape, layout);
  }

  /**
   * {@return the mean of the predictions of some networks, whose parameters it shares; of one, that
   * one} Where all begin with the same layers that prepare the inputs, of the same numbers, these
   * stand before the mean of the rest, and are computed once and not for each.
   *
   * @param networks at least one
   * @throws IllegalArgumentException if they do not agree; names the network
   */
  public static Network of(List<Network> networks) {
    if (networks.size() == 1) {
      return networks.getFirst();
    }
    Network whole = Ensemble.of(networks.toArray(Network[]::new));
    List<Layer> head = networks.getFirst().head();
    for (Network network : networks) {
      boolean more = network.layers().size() > head.size();
      if (head.isEmpty() || !more || !isSame(head, network.head(), network.inputShape())) {
        return whole;
      }
    }
    Network[] bodies = networks.stream().map(Network::withoutHead).toArray(Network[]::new);
    List<Layer> layers = new ArrayList<>(head);
    layers.addAll(Ensemble.of(bodies).layers());
    return Network.of(whole.inputShape(), layers);
  }

  /** Whether files would keep the same of both: layers, options and numbers. */
  private static boolean isSame(List<Layer> head, List<Layer> other, Shape inputs) {
    if (head.equals(other)) {
      return true;
    }
    try {
      return head.size() == other.size()
          && Arrays.equals(
              ModelFile.of(Network.of(inputs, head)).toBytes(),
              ModelFile.of(Network.of(inputs, other)).toBytes());
    } catch (IllegalArgumentException e) {
      return false; // a layer that files do not keep
    }
  }

  /**
   * {@return the parameters that were trained, in the order of the networks: without those of the
   * preparation of the inputs} The same ones whether or not a network predicts over views, and
   * whether the preparation stands once before the members or in each of them.
   *
   * @param network an ensemble, or any other
   */
  public static List<Parameter> trained(Network network) {
    Set<Parameter> trained = new LinkedHashSet<>(); // a parameter equals itself only
    addTrained(network, trained);
    return List.copyOf(trained);
  }

  private static void addTrained(Network network, Set<Parameter> trained) {
    Network body = Views.without(network).withoutHead();
    if (body.layers().size() == 1 && body.layers().getFirst() instanceof Ensemble ensemble) {
      for (Layer member : ensemble.layers()) {
        addTrained((Network) member, trained);
      }
    } else {
      trained.addAll(body.parameters());
    }
  }

  /**
   * {@return what a network is, in the words of a line: an ensemble by what it is the mean of, any
   * other by its layers}
   */
  public static String describe(Network network) {
    int views = Views.count(network);
    if (views > 1) {
      return "the mean over " + views + " views of " + describe(Views.without(network));
    }
    Layer last = network.layers().getLast();
    if (!(last instanceof Ensemble ensemble)) {
      return Description.of(network);
    }
    Set<String> texts = new LinkedHashSet<>();
    for (Layer member : ensemble.layers()) {
      texts.add(describe((Network) member));
    }
    StringBuilder text = new StringBuilder();
    if (network.layers().size() > 1) {
      text.append(network.inputShape()).append(" -> ");
      for (Layer layer : network.layers().subList(0, network.layers().size() - 1)) {
        text.append(Description.of(layer)).append(" -> ");
      }
    }
    int members = ensemble.layers().size();
    return text.append("the mean of ")
        .append(members)
        .append(texts.size() == 1 ? " networks such as " : " networks, ")
        .append(String.join("; ", texts))
        .toString();
  }

  /** {@return of how many networks it is the mean, whatever these are; 1 for most networks} */
  public static int members(Network network) {
    Layer last = Views.without(network).layers().getLast();
    return last instanceof Ensemble ensemble ? ensemble.layers().size() : 1;
  }

  /** {@return the network itself, or of an ensemble the first one of those it is the mean of} */
  public static Network first(Network network) {
    Network plain = Views.without(network);
    return plain.layers().getFirst() instanceof Ensemble ensemble
            && ensemble.layers().getFirst() instanceof Network member
        ? first(member)
        : plain;
  }

  // The model.

  /**
   * {@return the mean of the predictions of models}
   *
   * @param members at least one
   * @param views in place of those that the models have; null for what they have, which is then the
   *     same for all or stays with each
   * @throws FileFormatException if the models do not agree, naming the file and both sides, or
   *     views are asked for of what is no model of images
   */
  public static EnsembleModel of(List<Member> members, @Nullable Views views)
      throws FileFormatException {
    Member first = members.getFirst();
    for (Member member : members.subList(1, members.size())) {
      requireAgreement(first, member);
    }
    Views common = views == null ? commonViews(members) : views;
    List<Network> networks = new ArrayList<>();
    for (Member member : members) {
      networks.add(common == null ? member.network : Views.without(member.network));
    }
    Network network = of(networks);
    if (common != null && common.count() > 1) {
      network = over(common, network, first);
    }
    return new EnsembleModel(network, metadata(members, network, common));
  }

  /**
   * {@return a model whose prediction is the mean over views of an image}
   *
   * @param model of images
   * @param views in place of those that it has
   * @throws FileFormatException if it is no model of images, and views are asked for
   */
  public static OpenModel over(OpenModel model, Views views) throws FileFormatException {
    EnsembleModel ensemble = of(List.of(Member.of(model)), views);
    return new OpenModel(
        model.file(), model.kind(), ensemble.network, model.example(), ensemble.metadata);
  }

  /** The views that all have; null if they differ, or are none that can be named. */
  private static @Nullable Views commonViews(List<Member> members) {
    Views common = null;
    for (Member member : members) {
      String text = member.metadata.get(VIEWS);
      boolean plain = Views.without(member.network).equals(member.network);
      Views own;
      try {
        own = text == null || plain ? Views.NONE : Views.of(text);
      } catch (IllegalArgumentException e) {
        return null;
      }
      if ((!plain && text == null) || (common != null && !common.equals(own))) {
        return null;
      }
      common = own;
    }
    return common;
  }

  private static Network over(Views views, Network network, Member member)
      throws FileFormatException {
    Optional<Layout> layout =
        Optional.ofNullable(member.metadata.get(Model.LAYOUT_KEY)).flatMap(Layout::named);
    if (layout.isEmpty()) {
      throw new FileFormatException(
          member.file.toString(),
          "no model of images whose file says in its metadata "
              + Model.LAYOUT_KEY
              + " how it takes them; only of these there are views");
    }
    try {
      return views.over(network, ImageShape.of(shape(member)), layout.get());
    } catch (IllegalArgumentException e) {
      throw FileFormatException.because(member.file.toString(), "views " + views, e);
    }
  }

  /** Of images, as a text; files that do not say it are of CIFAR-10's. */
  private static String shape(Member member) {
    return member.metadata.getOrDefault(Model.IMAGE_KEY, Model.DEFAULT_SHAPE);
  }

  // Agreement.

  private static void requireAgreement(Member first, Member other) throws FileFormatException {
    Map<String, String> expected = facts(first);
    Map<String, String> found = facts(other);
    for (Map.Entry<String, String> fact : expected.entrySet()) {
      String theirs = found.get(fact.getKey());
      if (!fact.getValue().equals(theirs)) {
        throw new FileFormatException(
            other.file.toString(),
            fact.getKey()
                + " "
                + fact.getValue()
                + " expected as in "
                + first.file
                + ", found "
                + theirs
                + HINT);
      }
    }
  }

  /** What models of one ensemble have in common, by what it is. */
  private static Map<String, String> facts(Member member) throws FileFormatException {
    Network network = member.network;
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("inputs", network.inputShape().toString());
    facts.put("outputs", network.outputShape().toString());
    facts.put("outputs that are", network.outputs().toString());
    facts.put("numbers of type", network.dtype().toString());
    facts.put("layout of images", said(member, Model.LAYOUT_KEY));
    facts.put("size of images", shape(member));
    facts.put("columns of a table", columns(member));
    facts.put("classes", said(member, Model.CLASSES));
    return facts;
  }

  private static String said(Member member, String key) {
    String text = member.metadata.get(key);
    return text == null ? "(nothing said)" : text;
  }

  /** What goes in and comes out; columns that were left out may differ. */
  private static String columns(Member member) throws FileFormatException {
    if (!TableSchema.isIn(member.metadata)) {
      return "(no table)";
    }
    try {
      TableSchema schema = TableSchema.parse(said(member, TABLE));
      return schema.inputs() + " -> " + schema.target();
    } catch (IllegalArgumentException e) {
      throw FileFormatException.because(member.file.toString(), "description of the table", e);
    }
  }

  // What is said of it.

  private static Map<String, String> metadata(
      List<Member> members, Network network, @Nullable Views views) {
    Map<String, String> metadata = new LinkedHashMap<>();
    Map<String, String> ofMembers = new LinkedHashMap<>();
    for (int i = 0; i < members.size() && members.size() > 1; i++) {
      Member member = members.get(i);
      ofMembers.put(
          MEMBER + (i + 1),
          member.file + ", parameters sha256 " + Fingerprint.of(trained(member.network)));
    }
    for (String key : keys(members)) {
      String first = members.getFirst().metadata.get(key);
      boolean same = members.stream().allMatch(member -> member.says(key, first));
      if (first != null && (same || key.equals(TABLE))) {
        metadata.put(key, first);
      } else {
        for (int i = 0; i < members.size(); i++) {
          String text = members.get(i).metadata.get(key);
          if (text != null) {
            ofMembers.put(MEMBER + (i + 1) + "_" + key, text);
          }
        }
      }
    }
    if (metadata.containsKey(Model.LAYOUT_KEY)) {
      metadata.put(Model.FINGERPRINT, Fingerprint.of(trained(network)));
    }
    metadata.putAll(ofMembers);
    if (views != null && views.count() > 1) {
      metadata.put(VIEWS, views.toString());
    }
    return metadata;
  }

  /** Of what the members' files say, but for what is said anew. */
  private static Set<String> keys(List<Member> members) {
    Set<String> keys = new LinkedHashSet<>();
    for (Member member : members) {
      keys.addAll(member.metadata.keySet());
    }
    keys.removeIf(
        key -> key.startsWith("lamella.") || key.equals(Model.FINGERPRINT) || key.equals(VIEWS));
    return keys;
  }

  /**
   * Writes the file; it appears under its name only when it is complete.
   *
   * @throws IllegalArgumentException if a layer is none that files keep; names it
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    new ModelFile(network, Map.of(), metadata).write(file);
  }
}
