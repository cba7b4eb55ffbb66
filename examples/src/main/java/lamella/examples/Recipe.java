package lamella.examples;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A training that is known to go far on CIFAR-10 in its time. It is nothing but a text of options
 * of {@code lamella train}: whoever types them has the same parameters, bit for bit.
 *
 * <p>The times are about those of the whole command on two cores that each do 110 billion float32
 * operations a second, as a laptop's do with vectors of 256 bits at 3.5 GHz.
 */
public enum Recipe {
  /** For a first try. */
  MINUTE(
      Duration.ofMinutes(1),
      """
      --preprocess "contrast cosine(15,4,1)"
      --network "dropout(0.1) 1024 gelu dropout(0.4) 512 gelu dropout(0.4)"
      --init-std he --init-last zero
      --optimizer adamw --learning-rate 4e-3 --beta2 0.99 --weight-decay 0.5 --l2 0 --schedule one-cycle
      --batch-size 512 --epochs 28 --order shuffled --measure validation
      --label-smoothing 0.1 --views mirrored
      """,
      """
      --preprocess "contrast cosine(18,5,1)"
      --network "1024 layer-norm gelu dropout(0.1) 512 layer-norm gelu dropout(0.1)"
      --init-std he --init-last zero
      --optimizer adamw --learning-rate 1.6e-2 --beta2 0.99 --weight-decay 0.1 --l2 0 --schedule one-cycle
      --batch-size 512 --epochs 18 --order shuffled --measure validation
      --label-smoothing 0.1 --augment "flip(alternating) crop(2,reflect)" --views mirrored
      """,
      """
      --preprocess "contrast whiten(256,10)"
      --network "dropout(0.1) 1024 gelu dropout(0.4) 512 gelu dropout(0.4)"
      --init-std he --init-last zero
      --optimizer adamw --learning-rate 4e-3 --beta2 0.99 --weight-decay 0.5 --l2 0 --schedule one-cycle
      --batch-size 512 --epochs 15 --order shuffled --measure validation
      --label-smoothing 0.1 --members 2
      """),

  /** For a break. */
  TEN_MINUTES(
      Duration.ofMinutes(10),
      """
      --preprocess "contrast cosine(15,4,1)"
      --network "dropout(0.1) 1024 gelu dropout(0.3) 512 gelu dropout(0.3)"
      --init-std he --init-last zero
      --optimizer adamw --learning-rate 4e-3 --beta2 0.99 --weight-decay 0.5 --l2 0 --schedule one-cycle
      --batch-size 512 --epochs 88 --order shuffled --measure validation --measure-every 5
      --label-smoothing 0.1 --mixup 0.5 --members 4 --views mirrored
      """,
      """
      --preprocess "contrast cosine(18,5,1)"
      --network "2048 layer-norm gelu dropout(0.2) 1024 layer-norm gelu dropout(0.2)"
      --init-std he --init-last zero
      --optimizer adamw --learning-rate 8e-3 --beta2 0.99 --weight-decay 0.1 --l2 0 --schedule one-cycle
      --batch-size 512 --epochs 100 --order shuffled --measure validation --measure-every 5
      --label-smoothing 0.1 --augment "flip(alternating) affine(shift=3,rotate=10,scale=0.1)" --views mirrored
      """,
      """
      --preprocess "contrast whiten(256,10)"
      --network "dropout(0.1) 1024 gelu dropout(0.3) 512 gelu dropout(0.3)"
      --init-std he --init-last zero
      --optimizer adamw --learning-rate 4e-3 --beta2 0.99 --weight-decay 0.5 --l2 0 --schedule one-cycle
      --batch-size 512 --epochs 88 --order shuffled --measure validation --measure-every 5
      --label-smoothing 0.1 --mixup 0.5 --members 4
      """),

  /** For the best. */
  HOUR(
      Duration.ofHours(1),
      """
      --preprocess "contrast cosine(15,4,1)"
      --network "dropout(0.1) 1024 gelu dropout(0.3) 512 gelu dropout(0.3)"
      --init-std he --init-last zero
      --optimizer adamw --learning-rate 4e-3 --beta2 0.99 --weight-decay 0.5 --l2 0 --schedule one-cycle
      --batch-size 512 --epochs 150 --order shuffled --measure validation --measure-every 10
      --label-smoothing 0.1 --mixup 0.5 --members 14 --views mirrored
      """,
      """
      --preprocess "contrast cosine(18,5,1)"
      --network "2048 layer-norm gelu dropout(0.2) 1024 layer-norm gelu dropout(0.2)"
      --init-std he --init-last zero
      --optimizer adamw --learning-rate 8e-3 --beta2 0.99 --weight-decay 0.1 --l2 0 --schedule one-cycle
      --batch-size 512 --epochs 600 --order shuffled --measure validation --measure-every 10
      --label-smoothing 0.1 --augment "flip(alternating) affine(shift=3,rotate=10,scale=0.1)" --views mirrored
      """,
      """
      --preprocess "contrast whiten(256,10)"
      --network "dropout(0.1) 1024 gelu dropout(0.3) 512 gelu dropout(0.3)"
      --init-std he --init-last zero
      --optimizer adamw --learning-rate 4e-3 --beta2 0.99 --weight-decay 0.5 --l2 0 --schedule one-cycle
      --batch-size 512 --epochs 150 --order shuffled --measure validation --measure-every 10
      --label-smoothing 0.1 --mixup 0.5 --members 14
      """);

  /** What may be made of the training images. */
  public enum Kind {
    /** Nothing: they are learned from as they are. */
    PLAIN,
    /** Changes at random, which are other images of the same things. */
    AUGMENTED,
    /** Nothing, and the network does not know which pixels are neighbours either. */
    PERMUTATION_INVARIANT
  }

  private final Duration time;
  private final String plain;
  private final String augmented;
  private final String permutationInvariant;

  Recipe(Duration time, String plain, String augmented, String permutationInvariant) {
    this.time = time;
    this.plain = plain;
    this.augmented = augmented;
    this.permutationInvariant = permutationInvariant;
  }

  /**
   * The recipe of a name: {@code ten-minutes}.
   *
   * @throws IllegalArgumentException if there is none; says which there are
   */
  public static Recipe of(String name) {
    return OptionKind.named(Recipe.class).read(name);
  }

  /** How long it trains. */
  public Duration time() {
    return time;
  }

  /** The options that it stands for. */
  public Map<RunOption<?>, String> options(Kind kind) {
    return RunOption.texts(
        switch (kind) {
          case PLAIN -> plain;
          case AUGMENTED -> augmented;
          case PERMUTATION_INVARIANT -> permutationInvariant;
        });
  }

  /**
   * The options that it stands for with as many epochs as another time is long: the recipe's times
   * that time by its own, rounded down, but at least 1.
   */
  public Map<RunOption<?>, String> options(Kind kind, Duration other) {
    Map<RunOption<?>, String> options = new LinkedHashMap<>(options(kind));
    options.put(RunOption.EPOCHS, Long.toString(epochs(epochs(kind), other)));
    return options;
  }

  /** How many epochs it has. */
  public long epochs(Kind kind) {
    return WholeNumber.of(options(kind).getOrDefault(RunOption.EPOCHS, ""));
  }

  private long epochs(long own, Duration other) {
    double epochs = Math.floor(own * (double) other.toMillis() / time.toMillis());
    return (long) Math.clamp(epochs, 1, Integer.MAX_VALUE);
  }

  /** The name on the command line: {@code ten-minutes}. */
  @Override
  public String toString() {
    return OptionKind.name(this);
  }

  /** The names of all. */
  public static List<String> names() {
    List<String> names = new ArrayList<>();
    for (Recipe recipe : values()) {
      names.add(recipe.toString());
    }
    return names;
  }
}
