package lamella.table;

/**
 * One part of a table to test with, and the others to train with.
 *
 * @param train the rows of the other parts
 * @param test the rows of this part
 */
public record Fold(Table train, Table test) {}
