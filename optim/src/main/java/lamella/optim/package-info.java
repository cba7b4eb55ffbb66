@NullMarked
package lamella.optim;

import org.jspecify.annotations.NullMarked;
