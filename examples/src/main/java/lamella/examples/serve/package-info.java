/** A saved network as an HTTP service: {@link lamella.examples.serve.PredictionService}. */
@NullMarked
package lamella.examples.serve;

import org.jspecify.annotations.NullMarked;
