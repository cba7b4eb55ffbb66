/**
 * Files of NumPy's as models read and write them: named arrays of every type that an ONNX model
 * has, a few rows at a time.
 */
@NullMarked
package lamella.examples.numpy;

import org.jspecify.annotations.NullMarked;
