/** Layers of dense networks. Depends on core only. */
module lamella.layers {
  requires transitive lamella.core;
  requires static org.jspecify;

  exports lamella.layers;

  provides lamella.core.io.LayerFormats with
      lamella.layers.Formats;
}
