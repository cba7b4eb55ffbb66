package lamella.data.cifar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DownloadTest {
  private static final int SIZE = 300_000;
  private static final Duration SHORT = Duration.ofMillis(1);

  private final byte[] file = randomBytes(1);
  private final List<String> retries = new ArrayList<>();
  private final List<Long> progress = new ArrayList<>();

  @TempDir private Path directory;
  private FileServer server;
  private Path target;
  private Path part;

  private static byte[] randomBytes(long seed) {
    byte[] bytes = new byte[SIZE];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @BeforeEach
  void start() throws IOException {
    server = new FileServer(file);
    target = directory.resolve("file.bin");
    part = directory.resolve("file.bin.part");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Download download() {
    return downloadFrom(server.uri());
  }

  private Download downloadFrom(URI uri) {
    Download.Listener listener =
        new Download.Listener() {
          @Override
          public void progress(long bytes, long total) {
            assertEquals(SIZE, total);
            progress.add(bytes);
          }

          @Override
          public void retrying(String reason, Duration pause) {
            retries.add(reason);
          }
        };
    return Download.of(uri, SIZE, sha256(file))
        .withAttempts(4, SHORT)
        .withLimits(Duration.ofSeconds(5), Duration.ofSeconds(5))
        .withEnvironment(Map.of())
        .withListener(listener);
  }

  private static String sha256(byte[] bytes) {
    var digest = Sha256.newDigest();
    digest.update(bytes);
    return Sha256.finish(digest);
  }

  private void assertComplete() throws IOException {
    assertArrayEquals(file, Files.readAllBytes(target));
    assertEquals(List.of("file.bin"), names());
    assertEquals(SIZE, progress.getLast());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private String errorOf(Download download) {
    String message = assertThrows(DownloadException.class, () -> download.to(target)).getMessage();
    assertFalse(message.contains("\n"), message);
    return message;
  }

  @Test
  void fetchesTheFileAndLeavesNothingElse() throws Exception {
    download().to(target);
    assertComplete();
    assertEquals(List.of("whole"), server.requests());
    assertTrue(retries.isEmpty());
    List<Long> ascending = progress.stream().sorted().toList();
    assertEquals(ascending, progress);
  }

  @Test
  void makesTheDirectory() throws Exception {
    Path deep = directory.resolve("a").resolve("b").resolve("file.bin");
    download().to(deep);
    assertArrayEquals(file, Files.readAllBytes(deep));
  }

  @Test
  void fetchesNothingIfTheRightFileIsThere() throws Exception {
    Files.write(target, file);
    download().to(target);
    assertComplete();
    assertEquals(List.of(), server.requests());
  }

  @Test
  void replacesAFileOfOtherContent() throws Exception {
    Files.write(target, randomBytes(2));
    download().to(target);
    assertComplete();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // links need rights there
  void aLinkStaysAndItsFileIsFetched() throws Exception {
    Path shared = Files.createDirectory(directory.resolve("shared"));
    Files.createSymbolicLink(target, Path.of("shared", "other.bin"));
    download().to(target);
    assertTrue(Files.isSymbolicLink(target));
    assertArrayEquals(file, Files.readAllBytes(shared.resolve("other.bin")));
    assertEquals(List.of("file.bin", "shared"), names());
    Files.createSymbolicLink(part, part);
    assertThrows(DownloadException.class, () -> download().to(part));
  }

  @Test
  void goesOnWhereAnEarlierDownloadEnded() throws Exception {
    Files.write(part, Arrays.copyOf(file, 123_456));
    download().to(target);
    assertComplete();
    assertEquals(List.of("bytes=123456-"), server.requests());
    assertEquals(123_456, progress.getFirst());
  }

  @Test
  void completePartIsCheckedAndRenamedWithoutARequest() throws Exception {
    Files.write(part, file);
    download().to(target);
    assertArrayEquals(file, Files.readAllBytes(target));
    assertEquals(List.of(), server.requests());
  }

  @Test
  void goesOnAfterEachCutOfTheConnection() throws Exception {
    server.then(server.cutAfter(100_000)).then(server.cutAfter(0)).then(server.cutAfter(50_000));
    download().to(target);
    assertComplete();
    assertEquals(
        List.of("whole", "bytes=100000-", "bytes=100000-", "bytes=150000-"), server.requests());
    assertEquals(3, retries.size());
  }

  @Test
  void givesUpAfterSomeAttemptsAndKeepsWhatCame() throws Exception {
    for (int i = 0; i < 4; i++) {
      server.then(server.cutAfter(10_000));
    }
    String message = errorOf(download());
    assertTrue(message.startsWith(server.uri() + ": the connection broke ("), message);
    assertTrue(
        message.endsWith("; 40000 of 300000 bytes are here, run it again to go on from there"),
        message);
    assertEquals(List.of("file.bin.part"), names());
    download().to(target);
    assertComplete();
    assertEquals("bytes=40000-", server.requests().getLast());
  }

  @Test
  void attemptsCountAnewAfterAMegabyte() throws Exception {
    byte[] large = new byte[5 << 20];
    new Random(4).nextBytes(large);
    server.replaceFile(large, "\"large\"");
    for (int i = 0; i < 4; i++) {
      server.then(server.cutAfter(1 << 20));
    }
    Download.of(server.uri(), large.length, sha256(large))
        .withEnvironment(Map.of())
        .withAttempts(2, SHORT)
        .to(target);
    assertArrayEquals(large, Files.readAllBytes(target));
    assertEquals(5, server.requests().size());
  }

  @Test
  void serverThatIgnoresRangeIsReadFromTheStart() throws Exception {
    Files.write(part, randomBytes(3));
    Files.write(part, Arrays.copyOf(file, 100_000));
    server.then(server.ignoringRange());
    download().to(target);
    assertComplete();
    assertEquals(List.of("bytes=100000-"), server.requests());
  }

  @Test
  void serverThatSendsAnotherRangeIsAskedForTheWhole() throws Exception {
    Files.write(part, Arrays.copyOf(file, 100_000));
    server.then(server.status(206, "Content-Range", "bytes 5-299999/300000"));
    download().to(target);
    assertComplete();
    assertEquals(List.of("bytes=100000-", "whole"), server.requests());
    assertEquals(List.of("the server sent another range than was asked for"), retries);
  }

  @Test
  void rangeThatTheServerDoesNotHaveStartsAgain() throws Exception {
    Files.write(part, Arrays.copyOf(file, 299_999));
    server.then(server.status(416, "Content-Range", "bytes */1000"));
    download().to(target);
    assertComplete();
    assertEquals(List.of("bytes=299999-", "whole"), server.requests());
  }

  @Test
  void partLongerThanTheFileIsThrownAway() throws Exception {
    Files.write(part, new byte[SIZE + 1]);
    download().to(target);
    assertComplete();
    assertEquals(List.of("whole"), server.requests());
  }

  @Test
  void fileThatChangesBetweenTwoAttemptsIsReadFromTheStart() throws Exception {
    server.replaceFile(randomBytes(8), "\"old\"");
    server.then(exchange -> {
      server.cutAfter(100_000).to(exchange);
      server.replaceFile(file, "\"new\"");
    });
    download().to(target);
    assertComplete();
    assertEquals(List.of("whole", "bytes=100000-"), server.requests());
  }

  @Test
  void partOfAnotherFileIsNoticedByTheChecksumAndFetchedAgain() throws Exception {
    Files.write(part, Arrays.copyOf(randomBytes(5), 100_000));
    download().to(target);
    assertComplete();
    assertEquals(List.of("bytes=100000-", "whole"), server.requests());
    assertEquals(List.of("wrong checksum after resuming"), retries);
  }

  @Test
  void wrongChecksumIsAnErrorAndNothingStays() throws Exception {
    byte[] other = randomBytes(6);
    server.replaceFile(other, "\"other\"");
    assertEquals(
        server.uri()
            + ": wrong checksum: SHA-256 "
            + sha256(file)
            + " expected, "
            + sha256(other)
            + " got",
        errorOf(download()));
    assertEquals(List.of(), names());
    assertEquals(List.of("whole"), server.requests());
  }

  @Test
  void wrongSizeIsAnErrorBeforeTheBodyIsRead() throws Exception {
    server.replaceFile(new byte[SIZE - 1], "\"short\"");
    assertEquals(
        server.uri() + ": 300000 bytes expected, the server's file has 299999",
        errorOf(download()));
    Files.write(part, new byte[1000]);
    assertEquals(
        server.uri() + ": 300000 bytes expected, the server's file has 299999",
        errorOf(download()));
    assertEquals(List.of("whole", "bytes=1000-"), server.requests());
  }

  @Test
  void bodyOfUnknownLengthThatIsTooLongOrTooShortIsAnError() throws Exception {
    server.then(server.withoutLength(SIZE + 1));
    assertEquals(server.uri() + ": 300000 bytes expected, more came", errorOf(download()));
    Files.deleteIfExists(part);
    for (int i = 0; i < 4; i++) {
      server.then(server.withoutLength(SIZE - 1));
    }
    assertEquals(
        server.uri()
            + ": the connection ended early; 299999 of 300000 bytes are here, run it again to go on from"
            + " there",
        errorOf(download()));
    assertFalse(Files.exists(target));
  }

  @Test
  void statusOfFailureIsAnErrorAtOnceButABusyServerIsAskedAgain() throws Exception {
    server.then(server.status(404));
    assertEquals(server.uri() + ": HTTP status 404 (not found)", errorOf(download()));
    assertEquals(1, server.requests().size());
    assertEquals(List.of(), names());
    server.then(server.status(503)).then(server.status(429));
    download().to(target);
    assertComplete();
    assertEquals(List.of("HTTP status 503", "HTTP status 429"), retries);
  }

  @Test
  void followsRedirects() throws Exception {
    server.then(server.status(302, "Location", "/elsewhere"));
    download().to(target);
    assertComplete();
    assertEquals(2, server.requests().size());
  }

  @Test
  void stalledConnectionIsGivenUpAndResumed() throws Exception {
    server.then(server.stallAfter(100_000));
    download().withLimits(Duration.ofSeconds(5), Duration.ofMillis(500)).to(target);
    assertComplete();
    assertEquals(List.of("whole", "bytes=100000-"), server.requests());
    assertEquals(List.of("the connection broke (no data for 0.5 s)"), retries);
  }

  @Test
  void serverThatNeverAnswersIsAnError() throws Exception {
    server.then(server.silence()).then(server.silence());
    String message =
        errorOf(
            download()
                .withAttempts(2, SHORT)
                .withLimits(Duration.ofSeconds(5), Duration.ofMillis(200)));
    assertTrue(message.startsWith(server.uri() + ": no answer for 0.2 s"), message);
    assertEquals(List.of(), names());
  }

  @Test
  void withoutNetworkTheErrorComesAtOnceAndSaysSo() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    String refused = errorOf(downloadFrom(URI.create("http://127.0.0.1:" + closed + "/f")));
    assertTrue(
        refused.startsWith("http://127.0.0.1:" + closed + "/f: cannot connect to 127.0.0.1"),
        refused);
    assertEquals(
        "http://nowhere.invalid/f: cannot find nowhere.invalid (no network? behind a proxy, set"
            + " http_proxy)",
        errorOf(downloadFrom(URI.create("http://nowhere.invalid/f"))));
    assertEquals(List.of(), names());
    assertTrue(retries.isEmpty());
  }

  /** A disk with room for so many bytes. */
  private static Disk diskOf(int room) {
    Disk system = Disk.system();
    return new Disk() {
      @Override
      public long usableSpace(Path directory) {
        return Long.MAX_VALUE;
      }

      @Override
      public Output open(Path path, long length) throws IOException {
        Output output = system.open(path, length);
        return new Output() {
          private long left = room - length;

          @Override
          public void write(ByteBuffer bytes) throws IOException {
            int limit = bytes.limit();
            bytes.limit((int) Math.min(limit, bytes.position() + left));
            left -= bytes.remaining();
            output.write(bytes);
            bytes.limit(limit);
            if (bytes.hasRemaining()) {
              throw new IOException("No space left on device");
            }
          }

          @Override
          public void force() throws IOException {
            output.force();
          }

          @Override
          public void close() throws IOException {
            output.close();
          }
        };
      }
    };
  }

  @Test
  void diskThatFillsUpIsAnErrorAndTheNextDownloadGoesOn() throws Exception {
    String message = errorOf(download().withDisk(diskOf(200_000)));
    assertTrue(message.startsWith(part + ": the disk is full after "), message);
    assertTrue(
        message.endsWith(" of 300000 bytes; free some space and run it again to go on from there"),
        message);
    assertEquals(List.of("file.bin.part"), names());
    assertEquals(200_000, Files.size(part));
    assertEquals(1, server.requests().size());
    download().to(target);
    assertComplete();
    assertEquals("bytes=200000-", server.requests().getLast());
  }

  @Test
  void deviceThatIsFullIsTheSame() throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "needs Linux' /dev/full");
    Files.createSymbolicLink(part, full);
    assertEquals(
        part
            + ": the disk is full after 0 of 300000 bytes; free some space and run it again to go on from"
            + " there",
        errorOf(download()));
    assertFalse(Files.exists(target));
  }

  @Test
  void tooLittleSpaceIsAnErrorBeforeAnythingIsFetched() throws Exception {
    Files.write(part, Arrays.copyOf(file, 1000));
    Disk small =
        new Disk() {
          @Override
          public long usableSpace(Path in) {
            return 298_999;
          }

          @Override
          public Output open(Path path, long length) {
            throw new AssertionError("nothing is to be written");
          }
        };
    assertEquals(
        directory + ": 299000 more bytes needed, 298999 free; free some space and run it again",
        errorOf(download().withDisk(small)));
    assertEquals(List.of(), server.requests());
  }

  @Test
  void targetThatCannotBeWrittenIsAnError() throws Exception {
    assertEquals(
        directory + " is a directory (expected the name of a file)",
        assertThrows(DownloadException.class, () -> download().to(directory)).getMessage());
    Path notADirectory = Files.write(directory.resolve("plain"), new byte[1]);
    Path below = notADirectory.resolve("file.bin");
    String message = assertThrows(DownloadException.class, () -> download().to(below)).getMessage();
    assertEquals("cannot write " + below + ": " + notADirectory + " is no directory", message);
    assertEquals(List.of(), server.requests());
  }

  @Test
  void secondDownloadToTheSameFileIsRefusedAndTheFirstGoesOn() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    server.then(exchange -> {
      begun.countDown();
      mayGoOn.await();
      server.properly().to(exchange);
    });
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread first =
        Thread.ofPlatform()
            .start(() -> {
              try {
                download().to(target);
              } catch (Throwable e) {
                failure.set(e);
              }
            });
    assertTrue(begun.await(30, TimeUnit.SECONDS));
    assertEquals(target + ": another download to this file is running", errorOf(download()));
    mayGoOn.countDown();
    first.join();
    assertEquals(null, failure.get());
    assertComplete();
  }

  @Test
  void downloadOfAnotherProcessIsNoticedAndItsDeathToo() throws Exception {
    Path lock = directory.resolve("file.bin.lock");
    Path classes =
        Path.of(LockHolder.class.getResource("LockHolder.class").toURI()).resolve("../../../..");
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes.normalize().toString(),
                LockHolder.class.getName(),
                lock.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = other.inputReader()) {
      assertEquals("locked", output.readLine());
      assertEquals(target + ": another download to this file is running", errorOf(download()));
    } finally {
      other.destroyForcibly().waitFor();
    }
    assertTrue(Files.exists(lock));
    download().to(target);
    assertComplete();
  }

  @Test
  void interruptedDownloadEndsSoonAndTheNextGoesOn() throws Exception {
    CountDownLatch some = new CountDownLatch(1);
    server.then(server.stallAfter(100_000));
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread first =
        Thread.ofPlatform()
            .start(() -> {
              try {
                download()
                    .withListener((bytes, total) -> {
                      if (bytes == 100_000) {
                        some.countDown();
                      }
                    })
                    .to(target);
              } catch (Throwable e) {
                failure.set(e);
              }
            });
    assertTrue(some.await(30, TimeUnit.SECONDS));
    first.interrupt();
    first.join(3000);
    assertTrue(failure.get() instanceof InterruptedException, String.valueOf(failure.get()));
    assertEquals(List.of("file.bin.part"), names());
    download().to(target);
    assertComplete();
    assertEquals(List.of("whole", "bytes=100000-"), server.requests());
  }

  @Test
  void threadInterruptedBeforehandFetchesNothing() throws Exception {
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, () -> download().to(target));
    assertFalse(Thread.interrupted());
    assertFalse(Files.exists(target));
    download().to(target);
    assertComplete();
  }

  @Test
  void proxyOfTheEnvironmentIsUsed() throws Exception {
    // The server takes any path, so it can stand for a proxy: the host asked for does not exist.
    String proxy = "http://127.0.0.1:" + server.port();
    downloadFrom(URI.create("http://nowhere.invalid/f"))
        .withEnvironment(Map.of("http_proxy", proxy))
        .to(target);
    assertComplete();
  }

  @Test
  void proxyThatAsksForALoginGetsTheOneInItsAddress() throws Exception {
    AtomicReference<String> login = new AtomicReference<>();
    server.then(server.status(407, "Proxy-Authenticate", "Basic realm=\"p\""));
    server.then(exchange -> {
      login.set(exchange.getRequestHeaders().getFirst("Proxy-Authorization"));
      server.properly().to(exchange);
    });
    downloadFrom(URI.create("http://nowhere.invalid/f"))
        .withEnvironment(Map.of("http_proxy", "http://user:secret@127.0.0.1:" + server.port()))
        .to(target);
    assertComplete();
    // Base64 of user:secret.
    assertEquals("Basic dXNlcjpzZWNyZXQ=", login.get());
  }

  @Test
  void proxyWithoutALoginSaysWhatIsMissing() {
    server.then(server.status(407, "Proxy-Authenticate", "Basic realm=\"p\""));
    String message =
        errorOf(
            downloadFrom(URI.create("http://nowhere.invalid/f"))
                .withEnvironment(Map.of("http_proxy", "127.0.0.1:" + server.port())));
    assertTrue(message.contains("the proxy asks for a login"), message);
  }

  @Test
  void proxyOfTheSystemPropertiesComesFirst() throws Exception {
    System.setProperty("http.proxyHost", "127.0.0.1");
    System.setProperty("http.proxyPort", Integer.toString(server.port()));
    try {
      downloadFrom(URI.create("http://nowhere.invalid/f"))
          .withEnvironment(Map.of("http_proxy", "http://nobody.invalid:9"))
          .to(target);
    } finally {
      System.clearProperty("http.proxyHost");
      System.clearProperty("http.proxyPort");
    }
    assertComplete();
  }

  @Test
  void proxyThatIsNotThereIsNamed() {
    String message =
        errorOf(
            downloadFrom(URI.create("http://nowhere.invalid/f"))
                .withEnvironment(Map.of("http_proxy", "http://nobody.invalid:9")));
    assertEquals(
        "http://nowhere.invalid/f: cannot find the proxy for nowhere.invalid (see http_proxy)",
        message);
  }

  @Test
  void refusesWhatCannotBeDownloaded() {
    String sha = sha256(file);
    assertThrows(IllegalArgumentException.class, () -> Download.of(URI.create("file:/x"), 1, sha));
    assertThrows(IllegalArgumentException.class, () -> Download.of(URI.create("http:/x"), 1, sha));
    assertThrows(IllegalArgumentException.class, () -> Download.of(server.uri(), 0, sha));
    assertThrows(IllegalArgumentException.class, () -> Download.of(server.uri(), 1, "abc"));
    assertThrows(IllegalArgumentException.class, () -> download().withAttempts(0, SHORT));
  }

  @Test
  void officialArchiveIsTheDefault() {
    assertEquals(
        URI.create("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"),
        Download.official().source());
    assertEquals("cifar-10-binary.tar.gz", Download.FILE_NAME);
    assertEquals(170_052_171, Download.ARCHIVE_BYTES);
  }
}
