package lamella.core;

/**
 * Something that changes while a network is trained, and can be put back to where it stood: what a
 * checkpoint asks optimisers, samplers, random numbers and listeners for, and those layers, losses
 * and datasets that are one.
 *
 * <p>Whoever holds nothing from one step to the next has nothing to do. After {@code load} of what
 * {@code save} put, everything goes on bit for bit as it would have gone on from there.
 */
public interface Stateful {

  /**
   * Puts all that {@link #load} needs into the state. Tensors that change later may be put as they
   * are: they are written before this object is used again.
   *
   * @param state this object's part of it
   * @throws IllegalStateException if it cannot be saved; says why
   */
  default void save(SavedState state) {}

  /**
   * Takes up where {@link #save} stood.
   *
   * @param state this object's part of it
   * @throws IllegalArgumentException if something is missing or cannot be right; names it
   */
  default void load(SavedState state) {}
}
