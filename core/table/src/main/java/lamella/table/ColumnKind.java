package lamella.table;

/** What the values of a column are, and so whether and how a model takes them. */
public enum ColumnKind {
  /** Numbers; a model takes them as they are. */
  NUMBER,

  /** One of some values, as text; a model takes which of them it is. */
  CATEGORY,

  /** Texts that look like dates or times; no model takes them as they are. */
  DATE,

  /** Other texts of which nearly every row has its own; no model takes them. */
  TEXT,

  /** The same value in every row, or none at all; a model learns nothing from it. */
  CONSTANT,

  /** A number or text that names the row; a model would learn it by heart. */
  ID
}
