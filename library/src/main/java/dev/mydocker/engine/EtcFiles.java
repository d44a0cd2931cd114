package dev.mydocker.engine;

import dev.mydocker.engine.NamespaceMode.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of /etc that a container gets from the engine: host name, hosts(5) and resolv.conf(5).
 */
final class EtcFiles {
  private static final String LOCALHOST =
      """
      127.0.0.1\tlocalhost
      ::1\tlocalhost ip6-localhost ip6-loopback
      fe00::\tip6-localnet
      ff00::\tip6-mcastprefix
      ff02::1\tip6-allnodes
      ff02::2\tip6-allrouters
      """;

  private EtcFiles() {}

  /** Returns the content of /etc/hostname. */
  static String hostname(String hostname) {
    return hostname + "\n";
  }

  /**
   * Returns the content of /etc/hosts.
   *
   * @param hostHosts the host's, which a container in its network gets
   */
  static String hosts(ContainerSpec spec, String hostname, String hostHosts) {
    StringBuilder out = new StringBuilder();
    boolean shared = spec.namespaces().network().kind() == Kind.HOST;
    out.append(shared ? hostHosts : LOCALHOST);
    if (shared && !hostHosts.isEmpty() && !hostHosts.endsWith("\n")) {
      out.append('\n');
    }
    for (String added : spec.network().addedHosts()) {
      int colon = added.indexOf(':');
      out.append(added, colon + 1, added.length()).append('\t').append(added, 0, colon);
      out.append('\n');
    }
    if (!shared) {
      // Without a network it has no other address; programs look their own name up.
      out.append("127.0.1.1\t");
      String domain = spec.network().domainname();
      if (domain != null) {
        out.append(hostname).append('.').append(domain).append(' ');
      }
      out.append(hostname);
      int dot = hostname.indexOf('.');
      if (dot > 0) {
        out.append(' ').append(hostname, 0, dot);
      }
      out.append('\n');
    }
    return out.toString();
  }

  /**
   * Returns the content of /etc/resolv.conf: the host's, but for what was asked for. A name server
   * on the host's loopback is left out of a network where it cannot be reached.
   */
  static String resolvConf(ContainerSpec spec, String hostConf) {
    NetworkOptions network = spec.network();
    boolean shared = spec.namespaces().network().kind() == Kind.HOST;
    boolean asked =
        !network.dns().isEmpty()
            || !network.dnsSearch().isEmpty()
            || !network.dnsOptions().isEmpty();
    if (shared && !asked) {
      return hostConf;
    }
    List<String> servers = new ArrayList<>();
    List<String> search = new ArrayList<>();
    List<String> options = new ArrayList<>();
    for (String line : hostConf.split("\n", -1)) {
      List<String> words = words(line);
      if (words.size() < 2) {
        continue;
      }
      List<String> values = words.subList(1, words.size());
      switch (words.get(0)) {
        case "nameserver" -> {
          if (shared || !isLoopback(values.get(0))) {
            servers.add(values.get(0));
          }
        }
        // The last one counts, and domain is an older word for a search of one.
        case "search", "domain" -> search = values;
        case "options" -> options.addAll(values);
        default -> {}
      }
    }
    StringBuilder out = new StringBuilder();
    List<String> domains = network.dnsSearch().isEmpty() ? search : network.dnsSearch();
    if (!domains.isEmpty() && !(domains.size() == 1 && domains.get(0).equals("."))) {
      out.append("search ").append(String.join(" ", domains)).append('\n');
    }
    for (String server : network.dns().isEmpty() ? servers : network.dns()) {
      out.append("nameserver ").append(server).append('\n');
    }
    List<String> flags = network.dnsOptions().isEmpty() ? options : network.dnsOptions();
    if (!flags.isEmpty()) {
      out.append("options ").append(String.join(" ", flags)).append('\n');
    }
    return out.toString();
  }

  /** Whether an address is one of the machine's own alone. */
  static boolean isLoopback(String address) {
    return address.startsWith("127.") || address.equals("::1");
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    int from = 0;
    while (from < line.length()) {
      int to = from;
      while (to < line.length() && line.charAt(to) != ' ' && line.charAt(to) != '\t') {
        to++;
      }
      if (to > from) {
        if (line.charAt(from) == '#' || line.charAt(from) == ';') {
          return words;
        }
        words.add(line.substring(from, to).strip());
      }
      from = to + 1;
    }
    return words;
  }
}
