/** Losses. Depends on core only. */
module lamella.losses {
  requires transitive lamella.core;
  requires static org.jspecify;

  exports lamella.losses;
}
