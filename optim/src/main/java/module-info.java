module lamella.optim {
  requires transitive lamella.core;
  requires static transitive org.jspecify;

  exports lamella.optim;
}
