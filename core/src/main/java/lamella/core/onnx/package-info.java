/**
 * Networks as ONNX files, which most other runtimes open.
 *
 * <p>{@link lamella.core.onnx.OnnxExport} writes them; a layer that implements {@link
 * lamella.core.onnx.OnnxLayer} says in terms of an {@link lamella.core.onnx.OnnxGraph} what it is
 * there.
 *
 * <p>Source: "Open Neural Network Exchange Intermediate Representation", version 8, and the
 * operators of version 17 (the ONNX project).
 */
@NullMarked
package lamella.core.onnx;

import org.jspecify.annotations.NullMarked;
