package lamella.core.io;

import static lamella.core.io.FileFormatException.quote;

import java.util.List;
import java.util.Map;
import lamella.core.Layer;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/** What a model file says of one layer. */
public final class SavedLayer {
  private final String file;
  private final String who;
  private final Map<String, String> options;
  private final List<Layer> layers;
  private final String tensorPrefix;
  private final SafeTensors content;

  SavedLayer(
      String file,
      String who,
      Map<String, String> options,
      List<Layer> layers,
      String tensorPrefix,
      SafeTensors content) {
    this.file = file;
    this.who = who;
    this.options = options;
    this.layers = layers;
    this.tensorPrefix = tensorPrefix;
    this.content = content;
  }

  /**
   * {@return the saved value of the parameter of this name}
   *
   * @param parameter its name
   * @throws FileFormatException if there is none
   */
  public Tensor tensor(String parameter) throws FileFormatException {
    return content.tensor(tensorPrefix + parameter);
  }

  /**
   * {@return an option}
   *
   * @param option its name
   * @throws FileFormatException if it is not there
   */
  public String text(String option) throws FileFormatException {
    String text = options.get(option);
    if (text == null) {
      throw new FileFormatException(
          file, who + ": option " + quote(option) + " expected, not found");
    }
    return text;
  }

  /** An option that need not be there. */
  @Nullable String textIfThere(String option) {
    return options.get(option);
  }

  /**
   * {@return an option that is an integer}
   *
   * @param option its name
   * @throws FileFormatException if it is none or not there
   */
  public int integer(String option) throws FileFormatException {
    String text = text(option);
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw wrong(option, "an integer", text);
    }
  }

  /**
   * {@return an option that is a number}
   *
   * @param option its name
   * @throws FileFormatException if it is none or not there
   */
  public double number(String option) throws FileFormatException {
    String text = text(option);
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw wrong(option, "a number", text);
    }
  }

  private FileFormatException wrong(String option, String expected, String found) {
    return new FileFormatException(
        file,
        who + ": option " + quote(option) + ": " + expected + " expected, found " + quote(found));
  }

  /** {@return the layers that it is made of; none for most} */
  public List<Layer> layers() {
    return layers;
  }
}
