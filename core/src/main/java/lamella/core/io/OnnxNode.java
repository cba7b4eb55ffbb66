package lamella.core.io;

import java.util.List;
import lamella.core.DType;
import lamella.core.Layer;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A node of an ONNX graph that a layer is made of, see {@link LayerFormat#fromOnnx(String,
 * LayerFormat.OnnxMaker)}.
 *
 * <p>The layer stands for this node and for those before it that were asked for with {@link
 * #input}. All of their constants and attributes must be asked for: what nobody asks for would be
 * lost, and is an error. One value remains, which is the layer's input.
 */
public interface OnnxNode {
  /** {@return the operator's ONNX name} */
  String operator();

  /** {@return the number of inputs that are named, of which some may be left out} */
  int inputs();

  /**
   * {@return whether there is an input at this place}
   *
   * @param index from 0
   */
  boolean hasInput(int index);

  /**
   * {@return whether an input is there and constant}
   *
   * @param index from 0
   */
  boolean isConstant(int index);

  /**
   * {@return the value of an input that is constant, in a tensor of its own}
   *
   * @param index from 0
   * @throws FileFormatException if there is none, or it is computed, or no tensor can hold it
   */
  Tensor constant(int index) throws FileFormatException;

  /**
   * {@return the value of an input that is constant, repeated, as ONNX does, to one number for each
   * of the layer's input, in a tensor of its own of the shape of one example}
   *
   * @param index from 0
   * @throws FileFormatException if there is none, or it is computed, or its shape does not fit an
   *     example
   */
  Tensor features(int index) throws FileFormatException;

  /**
   * {@return the shape of one example of the node's output}
   *
   * @throws FileFormatException if it cannot be told
   */
  Shape example() throws FileFormatException;

  /** {@return the type of the network's numbers} */
  DType dtype();

  /** {@return the version of the operators} */
  int opset();

  /**
   * {@return the value of an input that is constant: a list of integers}
   *
   * @param index from 0
   * @throws FileFormatException if there is none, or it is computed, or no list of integers
   */
  List<Long> integers(int index) throws FileFormatException;

  /**
   * {@return the node that computes an input, for a layer of several nodes; null if none does, or
   * one of another operator}
   *
   * @param index from 0
   * @param operator which it must be
   */
  @Nullable OnnxNode input(int index, String operator);

  /**
   * {@return an attribute that is a float: the shortest decimal that rounds to it}
   *
   * @param attribute its name
   * @param otherwise what it is where it is left out
   * @throws FileFormatException if it is no float
   */
  double number(String attribute, double otherwise) throws FileFormatException;

  /**
   * {@return an attribute that is some floats, each the shortest decimal that rounds to it; empty
   * where it is left out}
   *
   * @param attribute its name
   * @throws FileFormatException if it is no list of floats
   */
  double[] numbers(String attribute) throws FileFormatException;

  /**
   * {@return an attribute that is an integer}
   *
   * @param attribute its name
   * @param otherwise what it is where it is left out
   * @throws FileFormatException if it is no integer
   */
  long integer(String attribute, long otherwise) throws FileFormatException;

  /**
   * {@return the dimensions that a reduction is over, an attribute of the older operators and the
   * second input of the newer ones; empty where nothing is said, which is all of them}
   *
   * @throws FileFormatException if they are no constant integers
   */
  List<Long> axes() throws FileFormatException;

  /**
   * {@return an attribute that is a string}
   *
   * @param attribute its name
   * @param otherwise what it is where it is left out
   * @throws FileFormatException if it is no string
   */
  String text(String attribute, String otherwise) throws FileFormatException;

  /**
   * {@return the layers that compute one of this node's two inputs from the other, as around a skip
   * connection; null if one of the two is constant} The other input is that of the layer.
   *
   * @throws FileFormatException if no layers compute one from the other
   */
  @Nullable List<Layer> branch() throws FileFormatException;

  /**
   * {@return for each of this node's inputs the layers that compute it from one value, that of the
   * layer's input; null if one of the inputs is constant}
   *
   * @throws FileFormatException if no layers compute one from that value
   */
  @Nullable List<List<Layer>> branches() throws FileFormatException;
}
