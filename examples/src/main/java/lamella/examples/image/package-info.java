/** Image files as pixels: {@link lamella.examples.image.Picture}. */
@NullMarked
package lamella.examples.image;

import org.jspecify.annotations.NullMarked;
