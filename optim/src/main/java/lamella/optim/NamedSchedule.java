package lamella.optim;

/** A schedule of {@link Schedule}'s that says what it is. */
record NamedSchedule(String name, Schedule rates) implements Schedule {
  @Override
  public double at(long step) {
    return rates.at(step);
  }

  @Override
  public String toString() {
    return name;
  }
}
