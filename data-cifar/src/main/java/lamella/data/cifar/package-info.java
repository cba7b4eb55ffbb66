@NullMarked
package lamella.data.cifar;

import org.jspecify.annotations.NullMarked;
