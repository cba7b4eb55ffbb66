@NullMarked
package lamella.layers;

import org.jspecify.annotations.NullMarked;
