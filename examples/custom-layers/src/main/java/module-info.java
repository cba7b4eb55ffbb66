module org.example.layers {
  requires transitive lamella.core;
  requires transitive lamella.optim;

  exports org.example.data;
  exports org.example.layers;
  exports org.example.optim;

  provides lamella.core.io.LayerFormats with
      org.example.layers.Formats;
}
