module lamella.optim {
  requires transitive lamella.core;
  requires static org.jspecify;

  exports lamella.optim;
  exports lamella.optim.tensorboard;
}
