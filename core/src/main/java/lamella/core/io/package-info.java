/**
 * Tensors in files.
 *
 * <p>{@link lamella.core.io.SafeTensors} reads and writes the safetensors format; {@link
 * lamella.core.io.FileFormatException} says what is wrong with a file.
 */
@NullMarked
package lamella.core.io;

import org.jspecify.annotations.NullMarked;
