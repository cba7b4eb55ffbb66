/** Jobs for Apache Spark. */
@NullMarked
package lamella.examples.spark;

import org.jspecify.annotations.NullMarked;
