package lamella.optim;

import java.util.List;
import lamella.contract.DatasetContract;
import lamella.core.Dataset;
import lamella.core.Tensor;

class MixupContractTest extends DatasetContract<Tensor> {
  private static final Dataset<int[]> POINTS = Toy.points(23, 1);

  @Override
  protected Dataset<Tensor> dataset() {
    return Mixup.of(POINTS, Toy.CLASSES, 0.4, 5).forEpoch(2);
  }

  @Override
  protected List<Dataset<Tensor>> others() {
    return List.of(
        Mixup.of(Toy.points(23, 2), Toy.CLASSES, 0.4, 5),
        Mixup.of(POINTS, 4, 0.4, 5),
        Mixup.of(POINTS, Toy.CLASSES, 0.5, 5),
        Mixup.of(POINTS, Toy.CLASSES, 0.4, 6));
  }
}
