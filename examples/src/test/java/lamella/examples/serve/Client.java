package lamella.examples.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** One connection to a service, kept open from request to request. */
final class Client implements AutoCloseable {
  private final Socket socket = new Socket();
  private final InputStream in;
  private final OutputStream out;

  record Answer(int status, Map<String, String> headers, String body) {}

  Client(InetSocketAddress address) throws IOException {
    socket.connect(address);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    in = new BufferedInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /** POST of a JSON text to /predict. */
  Answer post(String json) throws IOException {
    return ask("POST", "", json.getBytes(UTF_8));
  }

  /**
   * Any request to /predict.
   *
   * @param headers each with its line's end
   */
  Answer ask(String method, String headers, byte[] body) throws IOException {
    send(method, headers + "Content-Length: " + body.length + "\r\n", body);
    return receive(method);
  }

  /**
   * Any request.
   *
   * @param headers each with its line's end
   */
  Answer ask(String method, String path, String headers, byte[] body) throws IOException {
    send(method, path, headers + "Content-Length: " + body.length + "\r\n", body);
    return receive(method);
  }

  /** A request without a body. */
  Answer ask(String method, String path) throws IOException {
    write((method + " " + path + " HTTP/1.1\r\nHost: test\r\n\r\n").getBytes(UTF_8));
    return receive(method);
  }

  /** A request to /predict, or its beginning. */
  void send(String method, String headers, byte[] body) throws IOException {
    send(method, "/predict", headers, body);
  }

  private void send(String method, String path, String headers, byte[] body) throws IOException {
    byte[] head =
        (method + " " + path + " HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n").getBytes(UTF_8);
    byte[] all = new byte[head.length + body.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    write(all);
  }

  void write(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  Answer receive(String method) throws IOException {
    int status = Integer.parseInt(line().split(" ", 3)[1]);
    if (status == 100) {
      while (!line().isEmpty()) {}
      status = Integer.parseInt(line().split(" ", 3)[1]);
    }
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    byte[] body = method.equals("HEAD") ? new byte[0] : in.readNBytes(length);
    return new Answer(status, headers, new String(body, UTF_8));
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the service closed the connection");
      }
      line.append((char) c);
    }
    return line.toString().stripTrailing();
  }

  /** Sends no more; what the service answers can still be read. */
  void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Waits until the service closes the connection; what it sent before is skipped. */
  void awaitEnd() throws IOException {
    try {
      while (in.read() >= 0) {}
    } catch (SocketException e) {
      return; // reset is closed, too
    }
  }

  /** Ends the connection at once, without a word. */
  void reset() throws IOException {
    socket.setOption(StandardSocketOptions.SO_LINGER, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
