package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Names that lead to no container, or to one that is called otherwise, and containers that their
 * name does not lead to: what is left where a removal or a change of the name was ended in the
 * middle.
 */
final class NameLeftovers {
  private final Workbench bench;
  private final FileWorker files;
  private final NameLinks names;
  private final Census census;
  private final List<Leftover> found = new ArrayList<>();

  NameLeftovers(Workbench bench, Census census) {
    this.bench = bench;
    this.files = bench.files();
    this.names = bench.containers().names();
    this.census = census;
  }

  List<Leftover> find() {
    for (String name : links(bench.directory().names())) {
      addName(name);
    }
    for (String name : links(bench.directory().run())) {
      addRunLink(name);
    }
    for (Census.Entry entry : census.all()) {
      addNameless(entry);
    }
    return found;
  }

  private void addName(String name) {
    Optional<String> id = names.target(name);
    String link = bench.directory().names() + "/" + name;
    if (names.isDangling(name)) {
      found.add(
          Leftover.removed(
              "name " + link, "it leads to no container", () -> names.releaseIfDangling(name)));
    } else if (id.isPresent() && isStale(name, id.get())) {
      found.add(
          Leftover.removed(
              "name " + link, "its container is called otherwise", () -> release(name, id.get())));
    }
  }

  private boolean isStale(String name, String id) {
    Optional<Census.Entry> entry = census.find(id);
    return entry.isPresent()
        && !entry.get().busy()
        && entry.get().record() != null
        && !entry.get().name().equals(name);
  }

  private boolean release(String name, String id) {
    return locked(
        id,
        record -> {
          boolean stale = !record.name().equals(name);
          if (stale) {
            names.release(name, id);
          }
          return stale;
        });
  }

  private void addRunLink(String name) {
    String link = bench.directory().run() + "/" + name;
    Optional<String> target = files.readLink(FileWorker.HOST, link);
    String ours = bench.directory().containers() + "/";
    if (target.isEmpty() || !target.get().startsWith(ours)) {
      return;
    }
    String id = target.get().substring(ours.length());
    if (!names.isThere(id) || isStale(name, id)) {
      found.add(
          Leftover.removed(
              "link " + link, "it leads to no container", () -> names.unlinkRun(name, id)));
    }
  }

  private void addNameless(Census.Entry entry) {
    ContainerRecord record = entry.record();
    if (record == null
        || entry.busy()
        || names.target(record.name()).filter(record.id()::equals).isPresent()) {
      return;
    }
    found.add(
        new Leftover(
            "name " + record.name() + " of container " + record.shortId(),
            "it is missing",
            "made again",
            () -> locked(record.id(), this::claim)));
  }

  private boolean claim(ContainerRecord record) {
    if (names.target(record.name()).filter(record.id()::equals).isPresent()) {
      return false;
    }
    names.claim(record.name(), record.id());
    bench.containers().linkRun(record);
    return true;
  }

  private interface Change {
    boolean of(ContainerRecord record);
  }

  private boolean locked(String id, Change change) {
    try (ContainerLock lock = bench.containers().lock(id)) {
      return change.of(bench.containers().read(lock.id()));
    } catch (MydockerException e) {
      if (e.category() == Category.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  /** The names of symbolic links in a directory. */
  private List<String> links(String path) {
    List<String> links = new ArrayList<>();
    if (files.status(FileWorker.HOST, path).isEmpty()) {
      return links;
    }
    int directory = files.open(FileWorker.HOST, path, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    try {
      for (FileWorker.Entry entry : files.list(directory)) {
        if (files.readLink(directory, entry.name()).isPresent()) {
          links.add(entry.name());
        }
      }
    } finally {
      files.close(directory);
    }
    return links;
  }
}
