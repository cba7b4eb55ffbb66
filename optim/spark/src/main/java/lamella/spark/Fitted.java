package lamella.spark;

import java.io.Serial;
import java.io.Serializable;
import lamella.core.Network;
import org.jspecify.annotations.Nullable;

/** What a model of Spark ML has of the training that made it. */
final class Fitted implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  private final String uid;

  /** Null in a model without a network, as Spark Connect makes one to ask what it is. */
  private final @Nullable SavedModel saved;

  /** Null in a model that was loaded. */
  private final transient @Nullable Trained summary;

  Fitted(String uid, @Nullable SavedModel saved, @Nullable Trained summary) {
    this.uid = uid;
    this.saved = saved;
    this.summary = summary;
  }

  boolean hasNetwork() {
    return saved != null;
  }

  SavedModel saved() {
    if (saved == null) {
      throw new IllegalStateException(uid + ": has no network; fit or load one");
    }
    return saved;
  }

  Network network() {
    return saved().network();
  }

  boolean hasSummary() {
    return summary != null;
  }

  Trained summary() {
    if (summary == null) {
      throw new IllegalStateException(
          uid + ": was loaded; a summary has only what was just fitted");
    }
    return summary;
  }

  int features() {
    return saved == null ? -1 : network().inputShape().size();
  }
}
