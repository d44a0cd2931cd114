package dev.mydocker.image.registry;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonString;
import dev.mydocker.oci.json.JsonValue;
import dev.mydocker.oci.json.ObjectWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where credentials are kept: Docker's {@code config.json}, with {@code auths}, {@code credsStore}
 * and {@code credHelpers}. What else is in it stays as it is.
 */
public final class CredentialStore {
  /** What Docker's registry is called there, for what it was in version 1. */
  private static final String HUB = "https://index.docker.io/v1/";

  private static final int LIMIT = 4 << 20;

  private final FileWorker files;
  private final Map<String, String> environment;
  private final String path;

  /**
   * @param environment says where the file is: DOCKER_CONFIG, or else HOME
   */
  public CredentialStore(FileWorker files, Map<String, String> environment) {
    this.files = files;
    this.environment = environment;
    String directory = environment.getOrDefault("DOCKER_CONFIG", "");
    if (directory.isEmpty()) {
      directory = environment.getOrDefault("HOME", "/root") + "/.docker";
    }
    this.path = directory + "/config.json";
  }

  /** The absolute path of the file. */
  public String path() {
    return path;
  }

  /** The credentials for a registry, where there are some. */
  public Optional<Credentials> find(String registry) {
    JsonObject config = read();
    String server = server(registry);
    String helper = helper(config, registry);
    if (helper != null) {
      Optional<Credentials> kept = new CredentialHelper(helper, environment).get(server);
      if (kept.isPresent() || config.get("auths") == null) {
        return kept;
      }
    }
    JsonObject auth = auth(config, server);
    return auth == null ? Optional.empty() : credentials(auth, registry);
  }

  /**
   * Keeps credentials.
   *
   * @return whether they are in the file itself, where anyone who can read it can read them
   */
  public boolean store(String registry, Credentials credentials) {
    JsonObject config = read();
    String server = server(registry);
    String helper = helper(config, registry);
    ObjectWriter entry = new ObjectWriter();
    if (helper != null) {
      new CredentialHelper(helper, environment).store(server, credentials);
    } else if (credentials.identityToken().isEmpty()) {
      entry.put("auth", credentials.encoded());
    } else {
      entry.put("identitytoken", credentials.identityToken());
    }
    Map<String, JsonValue> auths = auths(config);
    auths.put(server, entry.finish());
    write(config, auths);
    return helper == null;
  }

  /** Forgets credentials; false if there were none. */
  public boolean erase(String registry) {
    JsonObject config = read();
    String server = server(registry);
    String helper = helper(config, registry);
    if (helper != null) {
      new CredentialHelper(helper, environment).erase(server);
    }
    Map<String, JsonValue> auths = auths(config);
    boolean there = auths.keySet().removeIf(key -> host(key).equals(host(server)));
    if (there) {
      write(config, auths);
    }
    return there;
  }

  private JsonObject read() {
    Optional<FileStatus> status = files.statusFollowing(FileWorker.HOST, path);
    return status.isEmpty()
        ? JsonObject.empty()
        : Json.parseObject(files.read(FileWorker.HOST, path, LIMIT), path);
  }

  private void write(JsonObject config, Map<String, JsonValue> auths) {
    Map<String, JsonValue> members = new LinkedHashMap<>(config.members());
    members.put("auths", JsonObject.of(auths));
    files.makeDirectories(FileWorker.HOST, path.substring(0, path.lastIndexOf('/')), 0700);
    String target = files.readLink(FileWorker.HOST, path).orElse(path);
    if (!target.startsWith("/")) {
      target = path.substring(0, path.lastIndexOf('/') + 1) + target;
    }
    files.replace(FileWorker.HOST, target, Json.encodePretty(JsonObject.of(members)), 0600, true);
  }

  private static Map<String, JsonValue> auths(JsonObject config) {
    return config.get("auths") instanceof JsonObject auths
        ? new LinkedHashMap<>(auths.members())
        : new LinkedHashMap<>();
  }

  private static @Nullable String helper(JsonObject config, String registry) {
    if (config.get("credHelpers") instanceof JsonObject helpers) {
      String named = value(helpers, registry);
      String own = named.isEmpty() ? value(helpers, server(registry)) : named;
      if (!own.isEmpty()) {
        return own;
      }
    }
    String store = value(config, "credsStore");
    return store.isEmpty() ? null : store;
  }

  private static String value(JsonObject object, String name) {
    return object.get(name) instanceof JsonString text ? text.value() : "";
  }

  private static @Nullable JsonObject auth(JsonObject config, String server) {
    if (!(config.get("auths") instanceof JsonObject auths)) {
      return null;
    }
    if (auths.get(server) instanceof JsonObject exact) {
      return exact;
    }
    for (Map.Entry<String, JsonValue> each : auths.members().entrySet()) {
      if (host(each.getKey()).equals(host(server)) && each.getValue() instanceof JsonObject other) {
        return other;
      }
    }
    return null;
  }

  private Optional<Credentials> credentials(JsonObject auth, String registry) {
    String token = value(auth, "identitytoken");
    if (!token.isEmpty()) {
      return Optional.of(new Credentials("", "", token));
    }
    String encoded = value(auth, "auth");
    if (encoded.isEmpty()) {
      String user = value(auth, "username");
      return user.isEmpty()
          ? Optional.empty()
          : Optional.of(Credentials.of(user, value(auth, "password")));
    }
    try {
      String text = new String(Base64.getDecoder().decode(encoded.strip()), StandardCharsets.UTF_8);
      int colon = text.indexOf(':');
      if (colon > 0) {
        // Docker pads old passwords with zeros.
        return Optional.of(
            Credentials.of(text.substring(0, colon), text.substring(colon + 1).replace("\0", "")));
      }
    } catch (IllegalArgumentException e) {
      throw malformed(registry);
    }
    throw malformed(registry);
  }

  private MydockerException malformed(String registry) {
    return MydockerException.of(
        Category.INVALID,
        "read",
        path,
        "the credentials for " + registry + " are malformed",
        "log in again: mydocker login " + registry);
  }

  /** What a registry is called in the file. */
  static String server(String registry) {
    return registry.equals(ImageReference.DOCKER_HUB) || registry.equals("index.docker.io")
        ? HUB
        : registry;
  }

  /** Old versions wrote addresses: https://registry.example/v1/. */
  private static String host(String server) {
    int scheme = server.indexOf("://");
    String rest = scheme < 0 ? server : server.substring(scheme + 3);
    int slash = rest.indexOf('/');
    return slash < 0 ? rest : rest.substring(0, slash);
  }
}
