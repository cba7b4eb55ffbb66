/**
 * Functions of single numbers written once, as formulas: from one come values, slopes, vectors and
 * file formats.
 */
@NullMarked
package lamella.core.formula;

import org.jspecify.annotations.NullMarked;
