module lamella.losses {
  requires transitive lamella.core;
  requires static org.jspecify;

  exports lamella.losses;
}
