package dev.mydocker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EtcFilesTest {
  private static final ContainerSpec PLAIN = ContainerSpec.of("busybox");
  private static final String CONF =
      """
      # made by somebody
      nameserver 127.0.0.53
      nameserver\t10.0.0.1 # the router
      nameserver ::1
      domain old.example
      search a.example b.example
      options edns0 trust-ad
      options ndots:2
      """;

  @Test
  void hostsNamesTheContainerAndWhatWasAdded() {
    assertThat(EtcFiles.hosts(PLAIN.addHost("db", "10.0.0.2").addHost("v6", "::2"), "web.x", ""))
        .isEqualTo(
            """
            127.0.0.1\tlocalhost
            ::1\tlocalhost ip6-localhost ip6-loopback
            fe00::\tip6-localnet
            ff00::\tip6-mcastprefix
            ff02::1\tip6-allnodes
            ff02::2\tip6-allrouters
            10.0.0.2\tdb
            ::2\tv6
            127.0.1.1\tweb.x web
            """);
  }

  @Test
  void theWholeNameComesFirst() {
    assertThat(EtcFiles.hosts(PLAIN.domainname("example.org"), "web", ""))
        .endsWith("\n127.0.1.1\tweb.example.org web\n");
  }

  @Test
  void inTheHostsNetworkTheHostsFileIsTheBeginning() {
    ContainerSpec spec = PLAIN.network(NamespaceMode.HOST).addHost("db", "10.0.0.2");

    assertThat(EtcFiles.hosts(spec, "box", "127.0.0.1 box"))
        .isEqualTo("127.0.0.1 box\n10.0.0.2\tdb\n");
  }

  @Test
  void nameServersOnTheHostsLoopbackAreLeftOut() {
    assertThat(EtcFiles.resolvConf(PLAIN, CONF))
        .isEqualTo(
            """
            search a.example b.example
            nameserver 10.0.0.1
            options edns0 trust-ad ndots:2
            """);
  }

  @Test
  void inTheHostsNetworkItIsTheHostsFile() {
    assertThat(EtcFiles.resolvConf(PLAIN.network(NamespaceMode.HOST), CONF)).isEqualTo(CONF);
    assertThat(EtcFiles.resolvConf(PLAIN.network(NamespaceMode.HOST).dnsOption("rotate"), CONF))
        .isEqualTo(
            """
            search a.example b.example
            nameserver 127.0.0.53
            nameserver 10.0.0.1
            nameserver ::1
            options rotate
            """);
  }

  @Test
  void whatIsAskedForReplacesTheHosts() {
    ContainerSpec spec = PLAIN.dns("1.1.1.1").dns("::2").dnsSearch(".").dnsOption("ndots:0");

    assertThat(EtcFiles.resolvConf(spec, CONF))
        .isEqualTo(
            """
            nameserver 1.1.1.1
            nameserver ::2
            options ndots:0
            """);
    assertThat(EtcFiles.resolvConf(PLAIN, "")).isEmpty();
  }
}
