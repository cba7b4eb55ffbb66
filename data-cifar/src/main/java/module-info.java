/** The CIFAR-10 data set. Beside core it uses Apache Commons Compress, to read a {@code tar.gz}. */
module lamella.data.cifar {
  requires transitive lamella.core;
  requires java.net.http;
  requires org.apache.commons.compress;
  requires static org.jspecify;

  exports lamella.data.cifar;

  provides lamella.core.io.LayerFormats with
      lamella.data.cifar.Formats;
}
