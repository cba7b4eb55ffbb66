package lamella.core;

/**
 * A layer at the head of a network that makes its inputs fit, with numbers that were taken from the
 * training data beforehand: it subtracts a mean, for example. It is saved, exported, served and
 * checked like any other layer, so that nobody has to carry those numbers beside the network.
 *
 * <p>Training does not change it. A dataset that prepares its inputs by itself, while it reads them
 * for example, or by such layers as a {@link PreparedDataset}, trains {@link Network#withoutHead},
 * which has the same parameters; {@link Network#withHead} puts the preparation before a network
 * that was trained so.
 */
public interface Preprocessing extends Layer {}
