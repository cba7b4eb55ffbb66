module lamella.data.cifar {
  requires transitive lamella.core;
  requires java.net.http;
  requires org.apache.commons.compress;
  requires static org.jspecify;

  exports lamella.data.cifar;
}
