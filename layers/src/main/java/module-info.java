module lamella.layers {
  requires transitive lamella.core;
  requires static transitive org.jspecify;

  exports lamella.layers;
}
