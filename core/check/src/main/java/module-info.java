/** Gradient checks: a tool for tests, which needs no test framework. Depends on core only. */
module lamella.check {
  requires transitive lamella.core;
  requires static org.jspecify;

  exports lamella.check;
}
