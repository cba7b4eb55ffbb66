/**
 * Networks and tensors in files.
 *
 * <ul>
 *   <li><b>Networks:</b> {@link lamella.core.io.ModelFile} writes one and makes it again. How each
 *       class of layer is kept, a {@link lamella.core.io.LayerFormat} says; a library's {@link
 *       lamella.core.io.LayerFormats} are found by {@link java.util.ServiceLoader}, and make layers
 *       of a {@link lamella.core.io.SavedLayer}.
 *   <li><b>Tensors:</b> {@link lamella.core.io.SafeTensors} reads and writes the safetensors
 *       format; {@link lamella.core.io.NpyArray} and {@link lamella.core.io.Npz} are NumPy's.
 *   <li><b>Parameters:</b> {@link lamella.core.io.Parameters} takes a network's there and back.
 *   <li><b>For formats of one's own:</b> {@link lamella.core.io.AtomicFile}, {@link
 *       lamella.core.io.LittleEndian}.
 *   <li>{@link lamella.core.io.FileFormatException} says what is wrong with a file.
 * </ul>
 */
@NullMarked
package lamella.core.io;

import org.jspecify.annotations.NullMarked;
