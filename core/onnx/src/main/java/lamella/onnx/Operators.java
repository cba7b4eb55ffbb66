package lamella.onnx;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The operators that can be computed, in all of their versions: of ONNX's own those of opsets 1 to
 * 28, of {@code ai.onnx.ml} those of 1 to 5.
 */
final class Operators {
  private static final String UNKNOWN = "no such operator is known";
  private static final String RANDOM = "what it gives is drawn at random";

  private Operators() {}

  /**
   * The operator of a node; null if there is none, or none in the node's opset. Made once for a
   * node, it may hold what follows from the node's attributes.
   *
   * @throws IllegalArgumentException by {@link Node#wrong} if an attribute is not as expected
   */
  static @Nullable Operator of(Node node) {
    return switch (node.domain()) {
      case "", "ai.onnx" -> standard(node);
      case Node.ML -> learning(node);
      default -> null;
    };
  }

  /** Why there is no operator for a node. */
  static String reason(Node node) {
    String name = node.operator();
    if (node.domain().equals(Node.ML)) {
      if (name.startsWith("Tree")) {
        return "decision trees are no dense networks, and are not computed";
      }
      if (name.startsWith("SVM")) {
        return "support vector machines are no dense networks, and are not computed";
      }
      return name.equals("CastMap") || name.equals("DictVectorizer")
          ? "inputs that are maps are not read"
          : UNKNOWN;
    }
    if (!node.domain().isEmpty() && !node.domain().equals("ai.onnx")) {
      return UNKNOWN;
    }
    return switch (name) {
      case "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike" -> RANDOM;
      case "Multinomial", "Bernoulli" -> RANDOM;
      case "If", "Loop", "Scan" -> "branches and loops are not computed";
      case "LSTM", "GRU", "RNN" -> "recurrent networks are not computed";
      case "Attention" -> "attention is not computed";
      default -> {
        if (name.contains("Conv") || name.endsWith("Pool")) {
          yield "convolutions and pooling are not computed";
        }
        if (name.contains("Quantize") || name.endsWith("Integer")) {
          yield "quantised networks are not computed";
        }
        if (name.startsWith("Sequence") || name.startsWith("Optional")) {
          yield "sequences and optional values are not computed";
        }
        yield isKnown(name) ? "there is no such operator in this version" : UNKNOWN;
      }
    };
  }

  /** Whether the newest opset has it. */
  private static boolean isKnown(String name) {
    Node newest =
        new Node(0, "", "", name, Integer.MAX_VALUE, List.of(), List.of(), Map.of("to", 1L));
    return standard(newest) != null;
  }

  /** An operator that came with an opset. */
  private static @Nullable Operator since(int opset, Node node, Supplier<Operator> operator) {
    return node.opset() < opset ? null : operator.get();
  }

  private static @Nullable Operator standard(Node node) {
    return switch (node.operator()) {
      case "Identity" -> Shapes.identity();

      // Products
      case "Gemm" -> Matrices.gemm();
      case "MatMul" -> Matrices.matmul();

      // Of two arrays or more, element by element
      case "Add" -> Arithmetic.binary(Arithmetic.ADD);
      case "Sub" -> Arithmetic.binary(Arithmetic.SUB);
      case "Mul" -> Arithmetic.binary(Arithmetic.MUL);
      case "Div" -> Arithmetic.binary(Arithmetic.DIV);
      case "Mod" -> since(10, node, () -> Arithmetic.mod(node));
      case "Pow" -> Arithmetic.pow();
      case "Max" -> Arithmetic.nary(Arithmetic.MAX);
      case "Min" -> Arithmetic.nary(Arithmetic.MIN);
      case "Sum" -> Arithmetic.nary(Arithmetic.ADD);
      case "Mean" -> Arithmetic.mean();
      case "PRelu" -> Arithmetic.prelu();
      case "Clip" -> Arithmetic.clip();
      case "Where" -> since(9, node, Arithmetic::where);
      case "Equal" -> Arithmetic.compare(order -> order == 0);
      case "Greater" -> Arithmetic.compare(order -> order > 0);
      case "Less" -> Arithmetic.compare(order -> order < 0);
      case "GreaterOrEqual" -> since(12, node, () -> Arithmetic.compare(order -> order >= 0));
      case "LessOrEqual" -> since(12, node, () -> Arithmetic.compare(order -> order <= 0));
      case "And" -> Arithmetic.logical((a, b) -> a & b);
      case "Or" -> Arithmetic.logical((a, b) -> a | b);
      case "Xor" -> Arithmetic.logical((a, b) -> a ^ b);

      // Of one array, element by element
      case "Not" -> Functions.not();
      case "Neg" -> Functions.numbers(x -> -x, x -> -x);
      case "Abs" -> Functions.numbers(Math::abs, Math::abs);
      case "Sign" -> since(9, node, () -> Functions.numbers(Math::signum, Long::signum));
      case "Sqrt" -> Functions.floats(Math::sqrt);
      case "Reciprocal" -> Functions.floats(x -> 1 / x);
      case "Floor" -> Functions.floats(Math::floor);
      case "Ceil" -> Functions.floats(Math::ceil);
      case "Round" -> since(11, node, () -> Functions.floats(Math::rint));
      case "Exp" -> Functions.formula(x -> x.exp());
      case "Log" -> Functions.formula(x -> x.log());
      case "Sin" -> since(7, node, () -> Functions.floats(StrictMath::sin));
      case "Cos" -> since(7, node, () -> Functions.floats(StrictMath::cos));
      case "Tan" -> since(7, node, () -> Functions.floats(StrictMath::tan));
      case "Asin" -> since(7, node, () -> Functions.floats(StrictMath::asin));
      case "Acos" -> since(7, node, () -> Functions.floats(StrictMath::acos));
      case "Atan" -> since(7, node, () -> Functions.floats(StrictMath::atan));
      case "Sinh" -> since(9, node, () -> Functions.floats(StrictMath::sinh));
      case "Cosh" -> since(9, node, () -> Functions.floats(StrictMath::cosh));
      case "Asinh" -> since(9, node, () -> Functions.floats(Functions::asinh));
      case "Acosh" -> since(9, node, () -> Functions.floats(Functions::acosh));
      case "Atanh" -> since(9, node, () -> Functions.floats(Functions::atanh));
      case "Erf" -> since(9, node, () -> Functions.formula(x -> x.erf()));
      case "IsNaN" -> since(9, node, Functions::isNaN);
      case "IsInf" -> since(10, node, () -> Functions.isInf(node));
      case "Relu" -> Functions.formula(x -> x.max(0), x -> Math.max(x, 0));
      case "LeakyRelu" -> Functions.leakyRelu(node);
      case "Elu" -> Functions.elu(node);
      case "Selu" -> Functions.selu(node);
      case "Celu" -> since(12, node, () -> Functions.celu(node));
      case "Shrink" -> since(9, node, () -> Functions.shrink(node));
      case "ThresholdedRelu" -> since(10, node, () -> Functions.thresholdedRelu(node));
      case "HardSigmoid" -> Functions.hardSigmoid(node);
      case "HardSwish" -> since(14, node, Functions::hardSwish);
      case "Sigmoid" -> Functions.formula(x -> x.sigmoid());
      case "Tanh" -> Functions.formula(x -> x.tanh());
      case "Softplus" -> Functions.formula(x -> x.softplus());
      case "Softsign" -> Functions.softsign();
      case "Gelu" -> since(20, node, () -> Functions.gelu(node));
      case "Mish" -> since(18, node, Functions::mish);
      case "Swish" -> since(24, node, () -> Functions.swish(node));
      case "Cast" -> Casts.cast(node);
      case "CastLike" -> since(15, node, Casts::like);

      // Normalisations
      case "Softmax" -> Normalisations.softmax();
      case "LogSoftmax" -> Normalisations.logSoftmax();
      case "Hardmax" -> Normalisations.hardmax();
      case "BatchNormalization" -> Normalisations.batchNormalization();
      case "LayerNormalization" -> since(17, node, Normalisations::layerNormalization);
      case "RMSNormalization" -> since(23, node, Normalisations::rmsNormalization);
      case "InstanceNormalization" -> Normalisations.instanceNormalization();
      case "GroupNormalization" -> since(18, node, Normalisations::groupNormalization);
      case "LpNormalization" -> Normalisations.lpNormalization();
      case "MeanVarianceNormalization" -> since(9, node, Normalisations::meanVarianceNormalization);
      case "Dropout" -> Shapes.dropout();

      // Other dimensions
      case "Shape" -> Shapes.shape();
      case "Size" -> Shapes.size();
      case "Reshape" -> Shapes.reshape();
      case "Flatten" -> Shapes.flatten();
      case "Squeeze" -> Shapes.squeeze();
      case "Unsqueeze" -> Shapes.unsqueeze();

      // Other places
      case "Transpose" -> Moves.transpose();
      case "Concat" -> Moves.concat();
      case "Split" -> Moves.split();
      case "Slice" -> Moves.slice();
      case "Gather" -> Moves.gather();
      case "GatherElements" -> since(11, node, Moves::gatherElements);
      case "GatherND" -> since(11, node, Moves::gatherNd);
      case "Expand" -> since(8, node, Moves::expand);
      case "Tile" -> Moves.tile();
      case "Pad" -> Moves.pad();
      case "Trilu" -> since(14, node, Moves::trilu);

      // Along axes
      case "ReduceSum" -> Reductions.reduce(Reductions.Kind.SUM);
      case "ReduceMean" -> Reductions.reduce(Reductions.Kind.MEAN);
      case "ReduceMax" -> Reductions.reduce(Reductions.Kind.MAX);
      case "ReduceMin" -> Reductions.reduce(Reductions.Kind.MIN);
      case "ReduceProd" -> Reductions.reduce(Reductions.Kind.PROD);
      case "ReduceL1" -> Reductions.reduce(Reductions.Kind.L1);
      case "ReduceL2" -> Reductions.reduce(Reductions.Kind.L2);
      case "ReduceLogSum" -> Reductions.reduce(Reductions.Kind.LOG_SUM);
      case "ReduceLogSumExp" -> Reductions.reduce(Reductions.Kind.LOG_SUM_EXP);
      case "ReduceSumSquare" -> Reductions.reduce(Reductions.Kind.SUM_SQUARE);
      case "ArgMax" -> Reductions.arg(true);
      case "ArgMin" -> Reductions.arg(false);
      case "CumSum" -> since(11, node, Reductions::cumulativeSum);
      case "TopK" -> Choices.topK();

      // Made of few numbers
      case "ConstantOfShape" -> since(9, node, Choices::constantOfShape);
      case "Range" -> since(11, node, Choices::range);
      case "OneHot" -> since(9, node, Choices::oneHot);
      case "EyeLike" -> since(9, node, Choices::eyeLike);
      case "NonZero" -> since(9, node, Choices::nonZero);
      default -> null;
    };
  }

  private static @Nullable Operator learning(Node node) {
    return switch (node.operator()) {
      case "ArrayFeatureExtractor" -> Learning.arrayFeatureExtractor();
      case "Binarizer" -> Learning.binarizer();
      case "CategoryMapper" -> Learning.categoryMapper(node);
      case "FeatureVectorizer" -> Learning.featureVectorizer();
      case "Imputer" -> Learning.imputer();
      case "LabelEncoder" -> Learning.labelEncoder(node);
      case "LinearClassifier" -> Learning.linearClassifier();
      case "LinearRegressor" -> Learning.linearRegressor();
      case "Normalizer" -> Learning.normalizer();
      case "OneHotEncoder" -> Learning.oneHotEncoder();
      case "Scaler" -> Learning.scaler();
      case "ZipMap" -> ZipMap::apply;
      default -> null;
    };
  }
}
