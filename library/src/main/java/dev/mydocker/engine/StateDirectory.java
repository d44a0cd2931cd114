package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import java.util.Map;

/**
 * Where an engine keeps things.
 *
 * <pre>
 *   root/containers/ID/        one directory for each container
 *   root/names/NAME            a symbolic link to ../containers/ID
 *   root/images/               images
 *   root/snapshots/ID/         one directory for each snapshot
 *   root/owned/OWNER/ID        a symbolic link to what a process owns
 *   run/NAME                   a symbolic link to the container's directory
 *   run/.engine/               what must not survive a reboot: sockets, streams, attach points
 * </pre>
 *
 * @param root an absolute path: /var/lib/mydocker, or what MYDOCKER_ROOT says
 * @param run an absolute path: what MYDOCKER_RUN says, else {@code run} below MYDOCKER_ROOT where
 *     that is set, so that two roots never share names, else /run/mydocker
 */
public record StateDirectory(String root, String run) {
  /** The machine's. */
  public static final StateDirectory DEFAULT =
      new StateDirectory("/var/lib/mydocker", "/run/mydocker");

  /** Checks and cleans the paths. */
  public StateDirectory {
    root = clean("MYDOCKER_ROOT", root);
    run = clean("MYDOCKER_RUN", run);
  }

  private static String clean(String what, String path) {
    if (!path.startsWith("/")) {
      throw MydockerException.of(
          Category.INVALID, "invalid " + what, path, "the path must be absolute");
    }
    return ContainerPaths.clean(path);
  }

  /** Returns what an environment asks for with MYDOCKER_ROOT and MYDOCKER_RUN. */
  public static StateDirectory of(Map<String, String> environment) {
    String root = environment.getOrDefault("MYDOCKER_ROOT", "");
    String run = environment.getOrDefault("MYDOCKER_RUN", "");
    if (root.isEmpty()) {
      return new StateDirectory(DEFAULT.root, run.isEmpty() ? DEFAULT.run : run);
    }
    return new StateDirectory(root, run.isEmpty() ? root + "/run" : run);
  }

  /** Returns the directory of a container. */
  public String container(String id) {
    return containers() + "/" + id;
  }

  /** Returns the directory of all containers. */
  public String containers() {
    return root + "/containers";
  }

  /** Returns the directory of names. */
  public String names() {
    return root + "/names";
  }

  /** Returns the directory of snapshots. */
  public String snapshots() {
    return root + "/snapshots";
  }

  /** Returns the directory of a snapshot. */
  public String snapshot(String id) {
    return snapshots() + "/" + id;
  }

  /** Returns the directory of what belongs to processes. */
  public String owned() {
    return root + "/owned";
  }

  /** Returns the directory of images. */
  public String images() {
    return root + "/images";
  }

  /** Returns the directory of what must not survive a reboot. */
  public String engine() {
    return run + "/.engine";
  }
}
