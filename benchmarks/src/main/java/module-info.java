module lamella.benchmarks {
  requires jmh.core;
  requires lamella.core;
  requires lamella.data.cifar;
  requires lamella.layers;
  requires lamella.losses;
  requires lamella.optim;
  requires static org.jspecify;
}
