package dev.mydocker.image.registry;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.ObjectReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How registries are reached: {@code /etc/mydocker/registries.json}, or the file that
 * MYDOCKER_REGISTRIES names, with the members {@code insecure-registries} and {@code
 * registry-mirrors} of Docker's daemon.json, {@code mirrors} for other registries than Docker's,
 * and {@code timeout} in seconds.
 *
 * <p>MYDOCKER_OFFLINE=1 leaves only those of this machine itself.
 */
public final class RegistrySettings implements Trust {
  private static final String FILE = "/etc/mydocker/registries.json";
  private static final List<String> BUNDLES =
      List.of(
          "/etc/ssl/certs/ca-certificates.crt",
          "/etc/pki/tls/certs/ca-bundle.crt",
          "/etc/ssl/ca-bundle.pem",
          "/etc/ssl/cert.pem");
  private static final List<String> HOST_CERTIFICATES =
      List.of("/etc/mydocker/certs.d/", "/etc/docker/certs.d/", "/etc/containers/certs.d/");
  private static final int LARGEST_BUNDLE = 16 << 20;
  private static final int SECONDS = 30;
  private static final int LONGEST = 3600;

  private final FileWorker files;
  private final Map<String, String> environment;
  private final String path;
  private final Lists lists;

  /** What the file says. */
  private record Lists(
      List<String> insecure,
      List<String> hubMirrors,
      Map<String, List<String>> mirrors,
      long seconds) {
    Lists {
      Fields.require(seconds >= 1 && seconds <= LONGEST, "timeout", "must be from 1 to " + LONGEST);
    }

    static final Lists NONE = new Lists(List.of(), List.of(), Map.of(), SECONDS);

    static Lists read(ObjectReader in) {
      return new Lists(
          in.strings("insecure-registries"),
          in.strings("registry-mirrors"),
          in.objectOr("mirrors", Lists::mirrors, Map.of()),
          in.int64Or("timeout", SECONDS));
    }

    private static Map<String, List<String>> mirrors(ObjectReader in) {
      Map<String, List<String>> mirrors = new LinkedHashMap<>();
      for (String registry : in.rest().members().keySet()) {
        mirrors.put(registry, in.strings(registry));
      }
      return mirrors;
    }
  }

  /** Reads the file, if it is there. */
  public RegistrySettings(FileWorker files, Map<String, String> environment) {
    this.files = files;
    this.environment = environment;
    String named = environment.getOrDefault("MYDOCKER_REGISTRIES", "");
    this.path = named.isEmpty() ? FILE : named;
    Optional<byte[]> text = files.readIfThere(FileWorker.HOST, path);
    if (text.isEmpty() && !named.isEmpty()) {
      throw MydockerException.of(
          Category.NOT_FOUND, "read", path, "no such file", "see MYDOCKER_REGISTRIES");
    }
    this.lists = text.isEmpty() ? Lists.NONE : Json.decode(text.get(), path, Lists::read);
  }

  /** How long a registry may say nothing. */
  Duration timeout() {
    return Duration.ofSeconds(lists.seconds);
  }

  /** Whether only registries on this machine may be asked. */
  boolean isOffline() {
    String value = environment.getOrDefault("MYDOCKER_OFFLINE", "");
    return !value.isEmpty() && !value.equals("0");
  }

  /** Whether an address may be asked at all. */
  boolean isAllowed(HttpUrl url) {
    return url.isLoopback() || !isOffline();
  }

  /**
   * Where the images of a registry are had from: addresses of mirrors, then the registry's own; of
   * each, all schemes to try.
   */
  List<List<HttpUrl>> endpoints(String registry) throws IOException {
    List<List<HttpUrl>> all = new ArrayList<>();
    boolean hub = registry.equals(ImageReference.DOCKER_HUB);
    List<String> mirrors = hub ? lists.hubMirrors : lists.mirrors.getOrDefault(registry, List.of());
    for (String mirror : mirrors) {
      try {
        all.add(mirror.indexOf("://") > 0 ? List.of(HttpUrl.parse(mirror)) : schemes(mirror));
      } catch (IOException e) {
        throw new Refused(
            Category.INVALID,
            "the mirror " + mirror + " has no address of http or https",
            "see registry-mirrors and mirrors in " + path,
            e);
      }
    }
    all.add(origin(registry));
    return all;
  }

  /** Where a registry itself is. */
  List<HttpUrl> origin(String registry) throws IOException {
    return schemes(registry.equals(ImageReference.DOCKER_HUB) ? "registry-1.docker.io" : registry);
  }

  /**
   * Encrypted, unless the registry is on this machine or said to be insecure. On this machine most
   * are not, and to ask so first spares loading TLS; elsewhere the secure way is tried first.
   */
  private List<HttpUrl> schemes(String authority) throws IOException {
    HttpUrl secure = HttpUrl.of(true, authority, "/");
    if (secure.isLoopback()) {
      return List.of(HttpUrl.of(false, authority, "/"), secure);
    }
    return isInsecure(secure)
        ? List.of(secure, HttpUrl.of(false, authority, "/"))
        : List.of(secure);
  }

  @Override
  public boolean isInsecure(HttpUrl url) {
    for (String insecure : lists.insecure) {
      if (insecure.equals(url.authority())
          || insecure.equals(url.host())
          || insecure.equals(url.host() + ":" + url.port())) {
        return true;
      }
    }
    return false;
  }

  @Override
  public List<byte[]> authorities(HttpUrl url) {
    List<byte[]> all = new ArrayList<>();
    String named = environment.getOrDefault("SSL_CERT_FILE", "");
    List<String> bundles = named.isEmpty() ? BUNDLES : List.of(named);
    for (String bundle : bundles) {
      if (files.statusFollowing(FileWorker.HOST, bundle).isPresent()) {
        all.add(files.read(FileWorker.HOST, bundle, LARGEST_BUNDLE));
        break;
      }
    }
    if (all.isEmpty()) {
      // Then the JDK's own are all there is; a registry's own authority would replace them.
      return hostAuthorities(url);
    }
    all.addAll(hostAuthorities(url));
    return all;
  }

  private List<byte[]> hostAuthorities(HttpUrl url) {
    List<byte[]> all = new ArrayList<>();
    List<String> parents = new ArrayList<>(HOST_CERTIFICATES);
    String own = environment.getOrDefault("MYDOCKER_CERTIFICATES", "");
    if (!own.isEmpty()) {
      parents.add(own + "/");
    }
    for (String parent : parents) {
      String place = parent + url.authority();
      if (files.statusFollowing(FileWorker.HOST, place).isEmpty()) {
        continue;
      }
      int directory = files.open(FileWorker.HOST, place, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
      try {
        for (FileWorker.Entry entry : files.list(directory)) {
          if (entry.name().endsWith(".crt")) {
            all.add(files.read(directory, entry.name(), LARGEST_BUNDLE));
          }
        }
      } catch (KernelException e) {
        throw MydockerException.said(
            e.category(),
            e.getMessage() + " in " + place,
            "read certificates",
            place,
            e.reason(),
            null,
            e);
      } finally {
        files.close(directory);
      }
    }
    return all;
  }
}
