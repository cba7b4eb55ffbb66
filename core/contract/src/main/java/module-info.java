/**
 * What every layer, loss, dataset, sampler and reader of files promises, as tests to inherit from.
 * Depends on core, on the gradient checks, and on jqwik, which draws the cases.
 */
module lamella.contract {
  requires transitive lamella.check;
  requires transitive lamella.core;
  requires transitive net.jqwik.api;
  requires static org.jspecify;

  exports lamella.contract;

  // jqwik calls the contracts' methods.
  opens lamella.contract;
}
