/**
 * Tensors in files.
 *
 * <p>{@link lamella.core.io.SafeTensors} reads and writes the safetensors format, {@link
 * lamella.core.io.NpyArray} and {@link lamella.core.io.Npz} NumPy's. {@link
 * lamella.core.io.Parameters} takes a network's parameters there and back; {@link
 * lamella.core.io.FileFormatException} says what is wrong with a file. For formats of one's own:
 * {@link lamella.core.io.AtomicFile}, {@link lamella.core.io.LittleEndian}.
 */
@NullMarked
package lamella.core.io;

import org.jspecify.annotations.NullMarked;
