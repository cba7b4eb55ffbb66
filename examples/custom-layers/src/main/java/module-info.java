module org.example.layers {
  requires transitive lamella.core;

  exports org.example.layers;

  provides lamella.core.io.LayerFormats with
      org.example.layers.Formats;
}
