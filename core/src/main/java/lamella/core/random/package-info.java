/** Random number generators that can be reproduced elsewhere. */
@NullMarked
package lamella.core.random;

import org.jspecify.annotations.NullMarked;
