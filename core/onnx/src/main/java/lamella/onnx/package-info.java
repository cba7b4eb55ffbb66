/**
 * ONNX models of other programs: run by the names of their inputs and outputs, or made networks of.
 * What Lamella itself writes is {@link lamella.core.io.OnnxExport}.
 */
@NullMarked
package lamella.onnx;

import org.jspecify.annotations.NullMarked;
