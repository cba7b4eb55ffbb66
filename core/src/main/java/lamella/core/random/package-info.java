/**
 * Random numbers that can be reproduced elsewhere.
 *
 * <p>Wherever Lamella draws, it is given a {@link java.util.random.RandomGenerator}, and any will
 * do; {@link lamella.core.random.NumPyRandom} gives the numbers of NumPy's {@code RandomState},
 * {@link lamella.core.random.SplitMix64} has a stream for whatever one can name. What layers draw
 * in training is a function and no stream: {@link lamella.core.KeyedRandom}.
 */
@NullMarked
package lamella.core.random;

import org.jspecify.annotations.NullMarked;
