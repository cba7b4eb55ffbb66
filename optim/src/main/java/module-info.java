/** Optimisers, schedules, the training loop and what listens to it. Depends on core only. */
module lamella.optim {
  requires transitive lamella.core;
  requires static org.jspecify;

  exports lamella.optim;
  exports lamella.optim.tensorboard;
}
