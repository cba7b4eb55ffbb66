package lamella.data.cifar;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A response's body as it arrives, to be read piece by piece with a limit on the wait for each; the
 * client's own time limit covers the headers only, and its streams wait for ever.
 */
final class BodyQueue implements Flow.Subscriber<List<ByteBuffer>>, AutoCloseable {
  private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
  private volatile Flow.@Nullable Subscription subscription;

  /** Some bytes, or the end: a good one without an error. */
  private record Piece(List<ByteBuffer> bytes, boolean last, @Nullable Throwable error) {}

  /**
   * The next bytes; null at the end.
   *
   * @throws HttpTimeoutException if nothing arrives in this time
   * @throws IOException if the connection broke
   */
  @Nullable List<ByteBuffer> next(Duration limit) throws IOException, InterruptedException {
    Piece piece = pieces.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
    if (piece == null) {
      throw new HttpTimeoutException("no data for " + Fetch.seconds(limit));
    }
    if (piece.error() != null) {
      throw new IOException(piece.error());
    }
    if (piece.last()) {
      return null;
    }
    Flow.Subscription open = subscription;
    if (open != null) {
      open.request(1);
    }
    return piece.bytes();
  }

  @Override
  public void onSubscribe(Flow.Subscription opened) {
    subscription = opened;
    opened.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    pieces.add(new Piece(bytes, false, null));
  }

  @Override
  public void onError(Throwable error) {
    pieces.add(new Piece(List.of(), true, error));
  }

  @Override
  public void onComplete() {
    pieces.add(new Piece(List.of(), true, null));
  }

  /** Tells the connection that no more is wanted. */
  @Override
  public void close() {
    Flow.Subscription open = subscription;
    if (open != null) {
      open.cancel();
    }
  }
}
