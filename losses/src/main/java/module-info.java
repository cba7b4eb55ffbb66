module lamella.losses {
  requires transitive lamella.core;
  requires static transitive org.jspecify;

  exports lamella.losses;
}
