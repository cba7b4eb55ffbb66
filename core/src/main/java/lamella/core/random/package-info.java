/**
 * Random numbers that can be reproduced elsewhere.
 *
 * <p>Wherever Lamella draws, it is given a {@link java.util.random.RandomGenerator}, and any will
 * do; {@link lamella.core.random.NumPyRandom} gives the numbers of NumPy's {@code RandomState}.
 */
@NullMarked
package lamella.core.random;

import org.jspecify.annotations.NullMarked;
