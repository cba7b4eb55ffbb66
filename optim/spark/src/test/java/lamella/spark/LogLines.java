package lamella.spark;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;

/** What our own classes write into Spark's log, from now until it is closed. */
final class LogLines implements AutoCloseable {
  private static final String OURS = "lamella.spark";

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final AbstractAppender appender =
      new AbstractAppender("lines", null, null, true, Property.EMPTY_ARRAY) {
        @Override
        public void append(LogEvent event) {
          lines.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
        }
      };

  LogLines() {
    Configurator.setLevel(OURS, Level.INFO);
    appender.start();
    logger().addAppender(appender);
    logger().setAdditive(false);
  }

  private static Logger logger() {
    return ((LoggerContext) LogManager.getContext(false)).getLogger(OURS);
  }

  /** For example {@code WARN executor 0 is gone}. */
  List<String> lines() {
    return lines;
  }

  /** Those that begin so. */
  List<String> lines(String start) {
    return lines.stream().filter(line -> line.startsWith(start)).toList();
  }

  @Override
  public void close() {
    logger().removeAppender(appender);
    appender.stop();
    Configurator.setLevel(OURS, Level.OFF);
  }
}
