/**
 * The arithmetic: plain loops and Vector API loops that give the same bits. Not part of the public
 * API.
 */
@NullMarked
package lamella.core.kernel;

import org.jspecify.annotations.NullMarked;
