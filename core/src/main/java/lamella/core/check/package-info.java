/**
 * Proof by numbers that a backward is the derivative of its forward: {@link
 * lamella.core.check.GradientCheck} and what it finds, a {@link lamella.core.check.GradientReport}.
 * Needs no test framework.
 */
@NullMarked
package lamella.core.check;

import org.jspecify.annotations.NullMarked;
