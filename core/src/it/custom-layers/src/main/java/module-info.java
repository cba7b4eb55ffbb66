module org.example.layers {
  requires transitive lamella.core;

  exports org.example.layers;
}
