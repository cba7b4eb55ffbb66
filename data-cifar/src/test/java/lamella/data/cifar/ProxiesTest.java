package lamella.data.cifar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {
  private static final String PROXY = "http://127.0.0.1:3128";

  /** The proxy's port, 0 without a proxy. */
  private static int port(Map<String, String> environment, String uri) throws IOException {
    URI source = URI.create(uri);
    Proxy proxy = new Proxies(environment).selectorFor(source).select(source).getFirst();
    return proxy.address() instanceof InetSocketAddress address ? address.getPort() : 0;
  }

  @Test
  void eachSchemeHasItsVariableAndAllProxyIsForBoth() throws IOException {
    Map<String, String> both =
        Map.of("http_proxy", "http://127.0.0.1:1", "HTTPS_PROXY", "127.0.0.1:2");
    assertEquals(1, port(both, "http://example.org/"));
    assertEquals(2, port(both, "https://example.org/"));
    assertEquals(3128, port(Map.of("all_proxy", PROXY), "https://example.org/"));
    assertEquals(80, port(Map.of("all_proxy", "http://127.0.0.1"), "https://example.org/"));
    assertEquals(0, port(Map.of("http_proxy", PROXY), "https://example.org/"));
    assertEquals(0, port(Map.of("http_proxy", " "), "http://example.org/"));
  }

  @ParameterizedTest
  @CsvSource({
    "*, 0",
    "example.org, 0",
    "EXAMPLE.org, 0",
    ".example.org, 0",
    "*.example.org, 0",
    "'localhost, example.org', 0",
    "org, 0",
    "example.org:80, 0",
    "example.org:81, 3128",
    "ample.org, 3128",
    "www.example.org, 3128",
    "'', 3128",
  })
  void hostsInNoProxyAreReachedDirectly(String noProxy, int expected) throws IOException {
    Map<String, String> environment = Map.of("http_proxy", PROXY, "no_proxy", noProxy);
    assertEquals(expected, port(environment, "http://example.org/"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://", "::", "http://a b", "host:port:more"})
  void addressThatIsNoneIsAnError(String value) {
    assertEquals(
        "http_proxy is not an address (expected http://host:port)",
        assertThrows(
                DownloadException.class,
                () -> port(Map.of("http_proxy", value), "http://example.org/"))
            .getMessage());
  }

  @Test
  void otherKindsOfProxiesAreRefusedWithoutShowingTheLogin() {
    assertEquals(
        "proxy socks5://127.0.0.1:1080: only http:// proxies can be used",
        assertThrows(
                DownloadException.class,
                () ->
                    port(
                        Map.of("all_proxy", "socks5://me:secret@127.0.0.1:1080"),
                        "http://example.org/"))
            .getMessage());
  }
}
