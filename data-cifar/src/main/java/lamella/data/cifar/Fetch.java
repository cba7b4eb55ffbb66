package lamella.data.cifar;

import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The attempts that together bring one file of known size to disk; each goes on where the file
 * ends.
 */
final class Fetch implements Closeable {
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");

  private final URI source;
  private final long size;
  private final Path part;
  private final Download.Options options;
  private final HttpClient client;
  private final boolean proxied;
  private long length;

  /** Whether a server has ever answered: before that, no network is a reason to give up at once. */
  private boolean answered;

  /**
   * The strong entity tag of the bytes that are here, so that a file that changes meanwhile is
   * noticed.
   */
  private @Nullable String entityTag;

  /** A failure that another attempt may mend. */
  static final class CutException extends IOException {
    private static final long serialVersionUID = 1L;

    CutException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  Fetch(URI source, long size, Path part, Download.Options options) throws IOException {
    this.source = source;
    this.size = size;
    this.part = part;
    this.options = options;
    this.length = Files.exists(part) ? Files.size(part) : 0;
    if (length > size) {
      length = 0;
    }
    requireSpace();
    Proxies proxies = new Proxies(options.environment());
    ProxySelector selector = proxies.selectorFor(source);
    this.proxied =
        selector.select(source).stream()
            .anyMatch(proxy -> proxy.type() != java.net.Proxy.Type.DIRECT);
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(options.connectLimit())
            .proxy(selector);
    proxies.loginFor(source).ifPresent(builder::authenticator);
    this.client = builder.build();
  }

  /** The bytes that are on disk. */
  long length() {
    return length;
  }

  private void requireSpace() throws IOException {
    Path directory = part.toAbsolutePath().getParent();
    if (directory != null) {
      long free = options.disk().usableSpace(directory);
      if (free < size - length) {
        throw new DownloadException(
            directory
                + ": "
                + (size - length)
                + " more bytes needed, "
                + free
                + " free; free some space and run it again");
      }
    }
  }

  /**
   * Asks for the rest of the file and writes what comes.
   *
   * @throws CutException if another attempt may bring more
   * @throws DownloadException if none will
   */
  void attempt() throws IOException, InterruptedException {
    options.listener().progress(length, size);
    HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = send();
    answered = true;
    long from = firstByte(response);
    length = from;
    entityTag = response.headers().firstValue("ETag").filter(t -> !t.startsWith("W/")).orElse(null);
    try (BodyQueue body = new BodyQueue()) {
      response.body().subscribe(body);
      write(body);
    }
    if (length < size) {
      throw new CutException("the connection ended early", null);
    }
  }

  private HttpResponse<Flow.Publisher<List<ByteBuffer>>> send()
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(source);
    if (length > 0) {
      request.header("Range", "bytes=" + length + "-");
      if (entityTag != null) {
        request.header("If-Range", entityTag);
      }
    }
    // Not the request's own time limit: in newer JDKs that one ends the body, too.
    CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> answer =
        client.sendAsync(request.build(), BodyHandlers.ofPublisher());
    try {
      return answer.get(options.stallLimit().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new CutException("no answer for " + seconds(options.stallLimit()), e);
    } catch (ExecutionException e) {
      throw failure(e.getCause() != null ? e.getCause() : e);
    } finally {
      answer.cancel(true);
    }
  }

  /** Where in the file the response's body begins. */
  private long firstByte(HttpResponse<?> response) throws IOException {
    int status = response.statusCode();
    return switch (status) {
      case 200 -> {
        requireSize(response.headers().firstValueAsLong("Content-Length").orElse(size));
        yield 0;
      }
      case 206 -> {
        Optional<String> range = response.headers().firstValue("Content-Range");
        Matcher matcher = CONTENT_RANGE.matcher(range.orElse(""));
        if (!matcher.matches() || !matcher.group(1).equals(Long.toString(length))) {
          throw startAgain("the server sent another range than was asked for");
        }
        if (!matcher.group(2).equals("*")) {
          requireSize(Long.parseLong(matcher.group(2)));
        }
        yield length;
      }
      case 416 -> throw startAgain("the server's file ends before byte " + length);
      case 407 ->
          throw new DownloadException(
              source
                  + ": the proxy asks for a login (https_proxy=http://user:password@host:port; for https also"
                  + " -Djdk.http.auth.tunneling.disabledSchemes=)");
      case 408, 429, 500, 502, 503, 504 -> throw new CutException("HTTP status " + status, null);
      default ->
          throw new DownloadException(
              source + ": HTTP status " + status + (status == 404 ? " (not found)" : ""));
    };
  }

  /** Forgets what is here, so that the next attempt asks for the whole file. */
  private IOException startAgain(String reason) throws IOException {
    if (length == 0) {
      return new DownloadException(source + ": " + reason);
    }
    length = 0;
    entityTag = null;
    Files.deleteIfExists(part);
    return new CutException(reason, null);
  }

  private void requireSize(long offered) throws DownloadException {
    if (offered != size) {
      throw new DownloadException(
          source + ": " + size + " bytes expected, the server's file has " + offered);
    }
  }

  private void write(BodyQueue body) throws IOException, InterruptedException {
    try (Disk.Output file = options.disk().open(part, length)) {
      while (true) {
        List<ByteBuffer> bytes;
        try {
          bytes = body.next(options.stallLimit());
        } catch (IOException e) {
          throw failure(e);
        }
        if (bytes == null) {
          break;
        }
        for (ByteBuffer piece : bytes) {
          int n = piece.remaining();
          if (n > size - length) {
            throw new DownloadException(source + ": " + size + " bytes expected, more came");
          }
          file.write(piece);
          length += n;
        }
        options.listener().progress(length, size);
      }
      file.force();
    } catch (CutException | DownloadException | ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      throw diskFailure(e);
    }
  }

  private DownloadException diskFailure(IOException e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    // What Linux and macOS say, and what Windows says.
    boolean full = message.contains("no space left") || message.contains("not enough space");
    return new DownloadException(
        full
            ? part
                + ": the disk is full after "
                + length
                + " of "
                + size
                + " bytes; free some space and run it again to go on from there"
            : "cannot write " + part + ": " + Reason.of(e),
        e);
  }

  /** A broken connection may come back; one that never was, is reported at once. */
  private IOException failure(Throwable e) {
    String what = connectionProblem(e);
    if (what == null) {
      return new CutException("the connection broke (" + Reason.of(e) + ")", e);
    }
    return answered ? new CutException(what, e) : new DownloadException(source + ": " + what, e);
  }

  private @Nullable String connectionProblem(Throwable e) {
    String whom = proxied ? "the proxy for " + source.getHost() : source.getHost();
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof UnresolvedAddressException || t instanceof UnknownHostException) {
        return "cannot find "
            + whom
            + (proxied ? " (see " : " (no network? behind a proxy, set ")
            + source.getScheme()
            + "_proxy)";
      }
    }
    if (e instanceof HttpConnectTimeoutException) {
      return "no connection to " + whom + " within " + seconds(options.connectLimit());
    }
    if (e instanceof ConnectException) {
      return "cannot connect to " + whom + " (" + Reason.of(e) + ")";
    }
    if (e instanceof SSLException) {
      return "no secure connection to " + whom + " (" + Reason.of(e) + ")";
    }
    return null;
  }

  static String seconds(Duration limit) {
    double seconds = limit.toMillis() / 1000.0;
    return (seconds == Math.rint(seconds) ? Long.toString((long) seconds) : seconds) + " s";
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
