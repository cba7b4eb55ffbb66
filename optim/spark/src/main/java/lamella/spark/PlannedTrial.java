package lamella.spark;

/**
 * A trial that may have to run.
 *
 * @param number its place among the sweep's settings
 * @param params what it is told, in words
 * @param settings all it is told
 * @param key of all that its result depends on
 * @param cost about the multiplications it takes
 */
record PlannedTrial(int number, String params, NetworkSettings settings, String key, double cost) {}
