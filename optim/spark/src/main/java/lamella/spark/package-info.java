/** Lamella on a cluster of Apache Spark: networks score frames, are searched for, and train. */
@NullMarked
package lamella.spark;

import org.jspecify.annotations.NullMarked;
