module lamella.layers {
  requires transitive lamella.core;
  requires static org.jspecify;

  exports lamella.layers;
}
