/**
 * Tensors in files.
 *
 * <p>{@link lamella.core.io.SafeTensors} reads and writes the safetensors format; {@link
 * lamella.core.io.FileFormatException} says what is wrong with a file. For formats of one's own:
 * {@link lamella.core.io.AtomicFile}, {@link lamella.core.io.LittleEndian}.
 */
@NullMarked
package lamella.core.io;

import org.jspecify.annotations.NullMarked;
