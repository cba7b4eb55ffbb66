/** JMH benchmarks, and the processes and the program that compare Lamella with its peers. */
module lamella.benchmarks {
  requires java.management;
  requires jdk.incubator.vector;
  requires jdk.management;
  requires jmh.core;
  requires lamella.core;
  requires lamella.data.cifar;
  requires lamella.layers;
  requires lamella.losses;
  requires lamella.onnx;
  requires lamella.optim;
  requires lamella.table;
  requires static org.jspecify;
}
