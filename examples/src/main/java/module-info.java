module lamella.examples {
  requires info.picocli;
  requires java.desktop;
  requires jdk.httpserver;
  requires lamella.core;
  requires lamella.data.cifar;
  requires lamella.layers;
  requires lamella.losses;
  requires lamella.onnx;
  requires lamella.optim;
  requires lamella.table;
  requires me.tongfei.progressbar;
  requires static org.jspecify;
  requires xchart;

  opens lamella.examples.cli to
      info.picocli;
}
