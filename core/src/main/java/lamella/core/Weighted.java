package lamella.core;

/**
 * The targets of a batch, and how much each of its examples counts: made by {@link
 * Dataset#withWeights}, taken by a loss with weights of examples.
 *
 * @param <T> the targets: {@code int[]} labels, or a {@link Tensor}
 * @param targets one target for each row
 * @param weights one weight for each row, finite and not negative; live, not copied
 */
public record Weighted<T>(T targets, double[] weights) {}
