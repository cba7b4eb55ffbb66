module org.example.xor {
  requires lamella.layers;
  requires lamella.losses;
  requires lamella.optim;
}
