/**
 * Functions of single numbers written once, as formulas: from one come values, slopes, vectors and
 * file formats.
 *
 * <p>Begin with {@link lamella.core.formula.Formula}; {@link lamella.core.formula.Expression} has
 * the operations there are.
 */
@NullMarked
package lamella.core.formula;

import org.jspecify.annotations.NullMarked;
