/** ONNX models of other programs. Depends on core only; layers are found by their formats. */
module lamella.onnx {
  requires transitive lamella.core;
  requires static org.jspecify;

  exports lamella.onnx;
}
