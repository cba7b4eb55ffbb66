@NullMarked
package lamella.losses;

import org.jspecify.annotations.NullMarked;
