/**
 * TensorBoard: the files it reads, without anything of TensorFlow.
 *
 * <p>{@link lamella.optim.tensorboard.EventFile} writes one.
 */
@NullMarked
package lamella.optim.tensorboard;

import org.jspecify.annotations.NullMarked;
