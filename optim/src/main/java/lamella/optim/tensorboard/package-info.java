/**
 * TensorBoard: the files it reads, without anything of TensorFlow.
 *
 * <p>{@link lamella.optim.tensorboard.TensorBoardListener} shows a training there; {@link
 * lamella.optim.tensorboard.EventFile} writes one such file, for a loop of one's own.
 */
@NullMarked
package lamella.optim.tensorboard;

import org.jspecify.annotations.NullMarked;
