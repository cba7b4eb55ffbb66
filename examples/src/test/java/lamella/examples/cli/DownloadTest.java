package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {
  @TempDir Path directory;

  @Test
  void anArchiveThatIsNotThereIsOneLineAndNothingIsLeft() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      Thread.ofPlatform().daemon().start(() -> answer404(server));
      String url = "http://127.0.0.1:" + server.getLocalPort() + "/cifar.tar.gz";
      StringWriter out = new StringWriter();
      StringWriter err = new StringWriter();
      Path folder = directory.resolve("folder");
      int status =
          Lamella.run(
              new PrintWriter(out, true),
              new PrintWriter(err, true),
              "data",
              "fetch",
              "--url",
              url,
              folder.toString());
      assertEquals(1, status);
      assertEquals(1, err.toString().lines().count(), err.toString());
      assertTrue(err.toString().startsWith("lamella data fetch: "), err.toString());
      assertTrue(err.toString().contains(url), err.toString());
      assertTrue(err.toString().contains("404"), err.toString());
      assertTrue(out.toString().contains("fetching " + url + " to " + folder), out.toString());
      assertFalse(Files.exists(folder.resolve("cifar-10-binary.tar.gz")));
    }
  }

  private static void answer404(ServerSocket server) {
    try {
      while (true) {
        try (Socket socket = server.accept()) {
          byte[] request = new byte[10_000];
          int read = socket.getInputStream().read(request);
          if (read > 0) {
            socket
                .getOutputStream()
                .write(
                    "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
          }
        }
      }
    } catch (IOException e) {
      // The test has closed the server.
    }
  }

  @Test
  void linesTellEveryTenthOnceAndWhyItTriesAgain() {
    StringWriter out = new StringWriter();
    try (DownloadProgress.Lines lines = new DownloadProgress.Lines(new PrintWriter(out, true))) {
      for (long mb = 0; mb <= 50; mb++) {
        lines.progress(mb * 1_000_000, 50_000_000);
      }
      lines.retrying("connection reset", Duration.ofSeconds(2));
    }
    StringBuilder expected = new StringBuilder();
    for (int mb = 0; mb <= 50; mb += 5) {
      expected.append(mb).append(" of 50 MB\n");
    }
    expected.append("connection reset; trying again in 2 s\n");
    assertEquals(expected.toString(), out.toString().replace(System.lineSeparator(), "\n"));
  }
}
