package lamella.examples.page;

import java.util.List;

/**
 * A chart on the page.
 *
 * @param name unique in the page: {@code residuals}
 * @param title a few words
 * @param description what it shows, for those who do not see it
 * @param marks drawn in this order
 */
record Chart(
    String name, String title, String description, Axis x, Axis y, List<? extends Mark> marks) {}
