package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.TransferEvent;
import dev.mydocker.image.Puller;
import dev.mydocker.image.Pusher;
import dev.mydocker.image.WantedPlatform;
import dev.mydocker.image.registry.CredentialStore;
import dev.mydocker.image.registry.Credentials;
import dev.mydocker.image.registry.Patience;
import dev.mydocker.image.registry.Refused;
import dev.mydocker.image.registry.RegistryClient;
import dev.mydocker.oci.ImageReference;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The registries that images come from and go to.
 *
 * <p>Where they are, and by which ways, says {@code registries.json}; who asks, Docker's {@code
 * config.json}; docs/images.md has both.
 */
public final class Registries {
  private final Engine engine;

  Registries(Engine engine) {
    this.engine = engine;
  }

  /** Brings an image for this machine, as {@link #pull(String, String, Consumer)}. */
  public PulledImage pull(String name) {
    return pull(name, null, _ -> {});
  }

  /**
   * Brings an image. What of it is here already is not fetched again; nothing of it is to be seen
   * before all of it is here.
   *
   * @param name its name, perhaps with a tag or a digest
   * @param platform for which machine, such as {@code linux/arm64}, or null for this one
   * @param events hears how far it is, one event at a time, in different threads
   * @throws MydockerException saying what failed, where, and what to do
   */
  public PulledImage pull(String name, @Nullable String platform, Consumer<TransferEvent> events) {
    ImageReference reference = remote("pull", name);
    WantedPlatform wanted = platform == null ? null : WantedPlatform.parse(platform);
    try (Workbench bench = engine.plainBench();
        RegistryClient client =
            new RegistryClient(bench.files(), engine.environment(), Patience.USUAL)) {
      Puller.Pulled pulled = bench.images().puller(client, events).pull(reference, wanted);
      return new PulledImage(
          ImageInfo.of(pulled.image()),
          reference.toString(),
          pulled.digest().toString(),
          pulled.isNew());
    }
  }

  /**
   * The tags of a repository, in the registry's order.
   *
   * @param name its name, without a tag
   */
  public List<String> tags(String name) {
    ImageReference reference = remote("list the tags of", name);
    try (Workbench bench = engine.plainBench();
        RegistryClient client =
            new RegistryClient(bench.files(), engine.environment(), Patience.USUAL)) {
      return client.repository(reference).tags();
    } catch (IOException e) {
      throw Refused.error("list the tags of " + reference.familiarName(), e);
    }
  }

  /**
   * Sends an image to the registry that its name says; what that has already is not sent again.
   *
   * @param name its name here, and there
   * @param events hears how far it is, one event at a time, in different threads
   * @throws MydockerException saying what failed, where, and what to do
   */
  public PushedImage push(String name, Consumer<TransferEvent> events) {
    ImageReference reference = remote("push", name);
    if (reference.digest() != null) {
      throw MydockerException.of(
          Category.INVALID, "push", name, "cannot push a digest reference", "name a tag");
    }
    try (Workbench bench = engine.plainBench();
        RegistryClient client =
            new RegistryClient(bench.files(), engine.environment(), Patience.USUAL)) {
      Pusher.Pushed pushed = bench.images().pusher(client, events).push(reference);
      return new PushedImage(reference.toString(), pushed.digest().toString(), pushed.size());
    }
  }

  /**
   * Checks a name and a password with a registry, and keeps them for later.
   *
   * @param registry its host, perhaps with a port
   * @return the file that holds the password where anyone who may read it can read it; nothing
   *     where a helper keeps it
   * @throws MydockerException if the registry refuses them
   */
  public Optional<String> login(String registry, String user, String password) {
    Credentials credentials = Credentials.of(user, password);
    check(registry, credentials);
    try (Workbench bench = engine.plainBench()) {
      CredentialStore store = new CredentialStore(bench.files(), engine.environment());
      return store.store(registry, credentials) ? Optional.of(store.path()) : Optional.empty();
    }
  }

  /**
   * Checks what is kept for a registry.
   *
   * @return false if nothing is kept
   * @throws MydockerException if the registry refuses it
   */
  public boolean checkLogin(String registry) {
    Optional<Credentials> kept;
    try (Workbench bench = engine.plainBench()) {
      kept = new CredentialStore(bench.files(), engine.environment()).find(registry);
    }
    kept.ifPresent(credentials -> check(registry, credentials));
    return kept.isPresent();
  }

  private void check(String registry, Credentials credentials) {
    try (Workbench bench = engine.plainBench();
        RegistryClient client =
            new RegistryClient(bench.files(), engine.environment(), Patience.USUAL)) {
      client.login(registry, credentials);
    } catch (IOException e) {
      throw Refused.error("log in to " + registry, e);
    }
  }

  /** Forgets what {@link #login} kept; false if there was nothing. */
  public boolean logout(String registry) {
    try (Workbench bench = engine.plainBench()) {
      return new CredentialStore(bench.files(), engine.environment()).erase(registry);
    }
  }

  /**
   * Searches a registry, where it can do that.
   *
   * @param registry its host
   * @param limit how many to find at most
   */
  public List<FoundImage> search(String registry, String term, int limit) {
    try (Workbench bench = engine.plainBench();
        RegistryClient client =
            new RegistryClient(bench.files(), engine.environment(), Patience.USUAL)) {
      return client.search(registry, term, limit).stream()
          .map(
              found ->
                  new FoundImage(
                      found.name(),
                      found.description(),
                      found.stars(),
                      found.official(),
                      found.automated()))
          .toList();
    } catch (IOException e) {
      throw Refused.error("search " + registry + " for " + term, e);
    }
  }

  /** Whether a registry has an image; asked in a hurry, for something else will do as well. */
  void requireThere(ImageReference reference) throws IOException {
    try (Workbench bench = engine.plainBench();
        RegistryClient client =
            new RegistryClient(bench.files(), engine.environment(), Patience.HURRIED)) {
      client.repository(reference).requireManifest(String.valueOf(reference.tag()));
    }
  }

  /**
   * Reads the name of an image that is in a registry.
   *
   * @throws MydockerException if it is none, or one of an image that is only here
   */
  static ImageReference remote(String operation, String name) {
    ImageReference reference = ImageReference.parse(name).withDefaultTag();
    if (reference.registry().equals(ImageReference.LOCALHOST)) {
      throw MydockerException.of(
          Category.NOT_FOUND,
          operation,
          reference.familiar(),
          "images of localhost/ are in no registry",
          "a registry on this machine is called by its port: localhost:5000/" + reference.path());
    }
    return reference;
  }
}
