/**
 * Networks and tensors in files.
 *
 * <ul>
 *   <li><b>Networks:</b> {@link lamella.core.io.ModelFile} writes one and makes it again; {@link
 *       lamella.core.io.OnnxExport} writes one in ONNX, which most other runtimes open, and the
 *       module {@code lamella.onnx} reads it.
 *   <li><b>Layers:</b> how files keep one class of layer, a {@link lamella.core.io.LayerFormat}
 *       says; a library's {@link lamella.core.io.LayerFormats} are found by {@link
 *       java.util.ServiceLoader}. Layers are made of a {@link lamella.core.io.SavedLayer} or a
 *       {@link lamella.core.io.OnnxNode}, and added to an {@link lamella.core.io.OnnxGraph}.
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
