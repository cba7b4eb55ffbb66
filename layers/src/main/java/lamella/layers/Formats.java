package lamella.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import lamella.core.io.LayerFormat;
import lamella.core.io.LayerFormats;
import org.jspecify.annotations.Nullable;

/** Lets files hold the layers of this package. */
public final class Formats implements LayerFormats {
  private static final List<String> TYPES =
      List.of(
          "lamella.BatchNorm",
          "lamella.Columns",
          "lamella.ContrastNorm",
          "lamella.Dropout",
          "lamella.ELU",
          "lamella.Embedding",
          "lamella.Ensemble",
          "lamella.EnsembleLinear",
          "lamella.FillMissing",
          "lamella.GELU",
          "lamella.GaussianNoise",
          "lamella.HardSwish",
          "lamella.InputNorm",
          "lamella.LayerNorm",
          "lamella.LeakyReLU",
          "lamella.Linear",
          "lamella.MemberMean",
          "lamella.Mish",
          "lamella.MissingIndicator",
          "lamella.OneHot",
          "lamella.PeriodicEmbedding",
          "lamella.PiecewiseLinear",
          "lamella.ReLU",
          "lamella.Residual",
          "lamella.RobustScale",
          "lamella.SELU",
          "lamella.Scale",
          "lamella.Sigmoid",
          "lamella.Softmax",
          "lamella.Softplus",
          "lamella.Swish",
          "lamella.Tanh",
          "lamella.Whitening");

  /** Called by {@link java.util.ServiceLoader}. */
  public Formats() {}

  @Override
  public List<LayerFormat<?>> formats() {
    List<LayerFormat<?>> formats = new ArrayList<>();
    for (String type : TYPES) {
      formats.add(Objects.requireNonNull(format(type)));
    }
    return formats;
  }

  /** Only the class of this layer is loaded. */
  @Override
  public @Nullable LayerFormat<?> format(String type) {
    return switch (type) {
      case "lamella.BatchNorm" -> BatchNorm.format();
      case "lamella.Columns" -> Columns.format();
      case "lamella.ContrastNorm" -> ContrastNorm.format();
      case "lamella.Dropout" -> Dropout.format();
      case "lamella.ELU" -> ELU.format();
      case "lamella.Embedding" -> Embedding.format();
      case "lamella.Ensemble" -> Ensemble.format();
      case "lamella.EnsembleLinear" -> EnsembleLinear.format();
      case "lamella.FillMissing" -> FillMissing.format();
      case "lamella.GELU" -> GELU.format();
      case "lamella.GaussianNoise" -> GaussianNoise.format();
      case "lamella.HardSwish" -> HardSwish.format();
      case "lamella.InputNorm" -> InputNorm.format();
      case "lamella.LayerNorm" -> LayerNorm.format();
      case "lamella.LeakyReLU" -> LeakyReLU.format();
      case "lamella.Linear" -> Linear.format();
      case "lamella.MemberMean" -> MemberMean.format();
      case "lamella.Mish" -> Mish.format();
      case "lamella.MissingIndicator" -> MissingIndicator.format();
      case "lamella.OneHot" -> OneHot.format();
      case "lamella.PeriodicEmbedding" -> PeriodicEmbedding.format();
      case "lamella.PiecewiseLinear" -> PiecewiseLinear.format();
      case "lamella.ReLU" -> ReLU.format();
      case "lamella.Residual" -> Residual.format();
      case "lamella.RobustScale" -> RobustScale.format();
      case "lamella.SELU" -> SELU.format();
      case "lamella.Scale" -> Scale.format();
      case "lamella.Sigmoid" -> Sigmoid.format();
      case "lamella.Softmax" -> Softmax.format();
      case "lamella.Softplus" -> Softplus.format();
      case "lamella.Swish" -> Swish.format();
      case "lamella.Tanh" -> Tanh.format();
      case "lamella.Whitening" -> Whitening.format();
      default -> null;
    };
  }
}
