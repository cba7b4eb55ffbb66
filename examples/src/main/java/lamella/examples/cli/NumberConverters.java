package lamella.examples.cli;

import lamella.examples.WholeNumber;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Numbers on the command line. Those that are too large for their type are left to their range. */
final class NumberConverters {
  private NumberConverters() {}

  /** A whole number; one that does not fit is the nearest that does. */
  static final class Whole implements ITypeConverter<Long> {
    Whole() {}

    @Override
    public Long convert(String value) {
      try {
        return WholeNumber.of(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
