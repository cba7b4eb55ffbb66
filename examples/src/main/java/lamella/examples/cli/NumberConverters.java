package lamella.examples.cli;

import java.math.BigInteger;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Numbers on the command line. Those that are too large for their type are left to their range. */
final class NumberConverters {
  private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

  private NumberConverters() {}

  /** A whole number; one that does not fit is the nearest that does. */
  static final class Whole implements ITypeConverter<Long> {
    Whole() {}

    @Override
    public Long convert(String value) {
      try {
        return new BigInteger(value).max(LEAST).min(MOST).longValueExact();
      } catch (NumberFormatException e) {
        throw new TypeConversionException("expected a whole number, got " + value);
      }
    }
  }

  /** Any number. */
  static final class Decimal implements ITypeConverter<Double> {
    Decimal() {}

    @Override
    public Double convert(String value) {
      try {
        return Double.valueOf(value);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("expected a number such as 0.001 or 1e-3, got " + value);
      }
    }
  }
}
