/** What every optimiser and every schedule promises, as tests to inherit from. */
module lamella.optim.contract {
  requires transitive lamella.contract;
  requires transitive lamella.optim;
  requires static org.jspecify;

  exports lamella.optim.contract;

  // jqwik calls the contracts' methods.
  opens lamella.optim.contract;
}
