package lamella.core;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an object says it is, in words that are the same in every run of a program.
 *
 * <p>Where a class has no {@code toString} of its own, Java's names it and where the object lies in
 * memory, as in {@code Scale@1b2c3d}; here that is {@code Scale}, also in the middle of a text. A
 * lambda is {@code lambda}.
 */
public final class Description {
  // Example$$Lambda/0x00007f5b3c001a00@6d06d69c
  private static final Pattern LAMBDA =
      Pattern.compile("[\\w$.]*\\$\\$Lambda[\\w$.]*(/0x[0-9a-f]+)?(@[0-9a-f]{1,8})?");

  // example.Program$1Scale@1b2c3d, [D@1b2c3d; but not an address of mail.
  private static final Pattern IDENTITY =
      Pattern.compile("(\\[*[\\w$.]+;?)@[0-9a-f]{1,8}(?![\\w.@-])");

  /** A class within a method has a number, which changes with the program around it. */
  private static final Pattern NUMBER = Pattern.compile("\\$\\d+");

  private Description() {}

  /**
   * {@return an object's {@code toString}, without any place in memory}
   *
   * @param object any
   */
  public static String of(Object object) {
    String text = String.valueOf(object.toString());
    // Most texts have neither.
    if (text.contains("$$Lambda")) {
      text = LAMBDA.matcher(text).replaceAll("lambda");
    }
    return text.indexOf('@') < 0 ? text : IDENTITY.matcher(text).replaceAll(Description::name);
  }

  private static String name(MatchResult identity) {
    String name = NUMBER.matcher(identity.group(1)).replaceAll("\\$").replace(";", "");
    return Matcher.quoteReplacement(name);
  }
}
