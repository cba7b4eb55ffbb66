package lamella.data.cifar;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which proxy leads to an address: Java's system properties ({@code https.proxyHost} and the like)
 * where one is set, else the environment's {@code https_proxy}, {@code http_proxy}, {@code
 * all_proxy} and {@code no_proxy}, as curl reads them.
 */
final class Proxies {
  private final Map<String, String> environment;

  Proxies(Map<String, String> environment) {
    this.environment = environment;
  }

  /** What an HTTP client is to ask. */
  ProxySelector selectorFor(URI source) throws DownloadException {
    ProxySelector system = ProxySelector.getDefault();
    if (system != null && (isConfigured("http") || isConfigured("https"))) {
      return system;
    }
    Optional<URI> proxy = environmentProxy(source);
    if (proxy.isEmpty()) {
      return system != null ? system : ProxySelector.of(null);
    }
    URI uri = proxy.get();
    if (!"http".equals(uri.getScheme())) {
      throw new DownloadException(
          "proxy " + withoutLogin(uri) + ": only http:// proxies can be used");
    }
    // Redirects may lead to other hosts: each is judged on its own.
    return new EnvironmentSelector(uri);
  }

  /** The login in a proxy's address, {@code http://user:password@host:port}, if there is one. */
  Optional<Authenticator> loginFor(URI source) throws DownloadException {
    return environmentProxy(source)
        .map(URI::getUserInfo)
        .map(login -> {
          int colon = login.indexOf(':');
          String user = colon < 0 ? login : login.substring(0, colon);
          String password = colon < 0 ? "" : login.substring(colon + 1);
          return new ProxyLogin(new PasswordAuthentication(user, password.toCharArray()));
        });
  }

  private static boolean isConfigured(String scheme) {
    return !System.getProperty(scheme + ".proxyHost", "").isEmpty();
  }

  private Optional<URI> environmentProxy(URI target) throws DownloadException {
    if (isExempt(target)) {
      return Optional.empty();
    }
    String value = variable(target.getScheme() + "_proxy");
    value = value.isEmpty() ? variable("all_proxy") : value;
    if (value.isEmpty()) {
      return Optional.empty();
    }
    try {
      URI uri = new URI(value.contains("://") ? value : "http://" + value);
      if (uri.getHost() != null) {
        return Optional.of(uri);
      }
      throw new URISyntaxException(value, "no host");
    } catch (URISyntaxException e) {
      throw new DownloadException(
          target.getScheme() + "_proxy is not an address (expected http://host:port)", e);
    }
  }

  private String variable(String name) {
    String lower = environment.getOrDefault(name, "");
    return (lower.isBlank() ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "") : lower)
        .strip();
  }

  /** Whether no_proxy lists the host, a domain above it, or {@code *}; an entry may name a port. */
  private boolean isExempt(URI target) {
    String host = String.valueOf(target.getHost()).toLowerCase(Locale.ROOT);
    for (String entry : variable("no_proxy").toLowerCase(Locale.ROOT).split("[,\\s]+", -1)) {
      String name = entry.startsWith("*.") ? entry.substring(1) : entry;
      int colon = name.lastIndexOf(':');
      if (colon > 0 && name.indexOf(':') == colon && !name.endsWith("]")) {
        if (!name.substring(colon + 1).equals(Integer.toString(port(target)))) {
          continue;
        }
        name = name.substring(0, colon);
      }
      String domain = name.startsWith(".") ? name.substring(1) : name;
      if (name.equals("*")
          || (!domain.isEmpty() && (host.equals(domain) || host.endsWith("." + domain)))) {
        return true;
      }
    }
    return false;
  }

  private static int port(URI uri) {
    return uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
  }

  private static String withoutLogin(URI proxy) {
    return proxy.getScheme() + "://" + proxy.getHost() + ":" + port(proxy);
  }

  private final class EnvironmentSelector extends ProxySelector {
    private final List<Proxy> proxies;

    EnvironmentSelector(URI proxy) {
      proxies =
          List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.getHost(), port(proxy))));
    }

    @Override
    public List<Proxy> select(URI uri) {
      return isExempt(uri) ? List.of(Proxy.NO_PROXY) : proxies;
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException e) {}
  }

  private static final class ProxyLogin extends Authenticator {
    private final PasswordAuthentication login;

    ProxyLogin(PasswordAuthentication login) {
      this.login = login;
    }

    @Override
    protected @Nullable PasswordAuthentication getPasswordAuthentication() {
      return getRequestorType() == RequestorType.PROXY ? login : null;
    }
  }
}
