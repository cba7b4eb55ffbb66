/**
 * Proof by numbers that a backward is the derivative of its forward: {@link
 * lamella.check.GradientCheck} and what it finds, a {@link lamella.check.GradientReport}. Needs no
 * test framework.
 */
@NullMarked
package lamella.check;

import org.jspecify.annotations.NullMarked;
