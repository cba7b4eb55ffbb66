/** Tables: reads them, makes numbers of their rows, trains networks on them, and predicts rows. */
module lamella.table {
  requires de.siegmar.fastcsv;
  requires transitive lamella.core;
  requires transitive lamella.layers;
  requires transitive lamella.losses;
  requires transitive lamella.optim;
  requires static org.jspecify;

  exports lamella.table;
}
