package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.image.Unused;
import dev.mydocker.kernel.CoProcessRemains;
import dev.mydocker.kernel.FileWorker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Looks at the machine and the state directory, and removes what was left behind.
 *
 * <p>Looking changes nothing that stays. A repair decides once more for each leftover, under the
 * lock of whoever would be making it, so it may run beside any other command, and twice.
 */
final class Doctor {
  private static final String LEFTOVERS = "leftovers";
  private static final String CONTAINERS = "containers";
  private static final String REPAIR = "mydocker doctor --repair";

  private final Workbench bench;
  private final FileWorker files;
  private final Findings findings = new Findings();

  Doctor(Workbench bench) {
    this.bench = bench;
    this.files = bench.files();
  }

  Diagnosis diagnose() {
    new KernelCheckup(bench, findings).run();
    new SecurityCheckup(files, findings).run();
    findings.guard("cgroups", "cgroups", () -> new CgroupCheckup(files, findings).run());
    findings.guard("state", "state", () -> new StateCheckup(bench, findings).run());
    findings.guard("images", "images", this::images);
    findings.guard(
        CONTAINERS,
        CONTAINERS,
        () -> new ContainerCheckup(bench, Census.take(bench), findings).run());
    int before = findings.all().size();
    for (Leftover leftover : lastingLeftovers()) {
      findings.degraded(LEFTOVERS, leftover.what(), leftover.why(), REPAIR);
    }
    if (findings.all().size() == before) {
      findings.ok(LEFTOVERS, LEFTOVERS, "none");
    }
    return new Diagnosis(findings.all());
  }

  List<Repair> repair() {
    List<Repair> repairs = new ArrayList<>();
    for (Leftover leftover : leftovers()) {
      String what = leftover.verb() + " " + leftover.what();
      try {
        if (leftover.repair().getAsBoolean()) {
          repairs.add(new Repair(what, leftover.why(), null));
        }
      } catch (MydockerException e) {
        repairs.add(new Repair(what, leftover.why(), String.valueOf(e.getMessage())));
      }
    }
    for (Finding finding : findings.all()) {
      // What could not be looked at.
      repairs.add(new Repair("look for " + finding.subject(), "", finding.message()));
    }
    return repairs;
  }

  /**
   * Those that are found twice: what a container had when it ended, or has when it starts, may be
   * there and then not, or the other way round, while all of it is looked at.
   */
  private List<Leftover> lastingLeftovers() {
    List<Leftover> found = leftovers();
    if (found.isEmpty()) {
      return found;
    }
    List<Finding> problems = List.copyOf(findings.all());
    Set<String> again = new HashSet<>();
    leftovers().forEach(leftover -> again.add(leftover.what()));
    findings.all().subList(problems.size(), findings.all().size()).clear();
    return found.stream().filter(leftover -> again.contains(leftover.what())).toList();
  }

  /** In the order of their removal: what keeps others from being removed comes first. */
  private List<Leftover> leftovers() {
    List<Leftover> found = new ArrayList<>();
    findings.guard(
        LEFTOVERS,
        CONTAINERS,
        () -> {
          Census census = Census.take(bench);
          look(found, "owners", this::orphans);
          look(found, "mounts", () -> new MountLeftovers(bench, census).find());
          ContainerLeftovers containers = new ContainerLeftovers(bench, census);
          look(found, "directories", containers::find);
          look(
              found,
              "cgroups",
              () -> new CgroupLeftovers(bench, census, containers.unsettled()).find());
          look(found, "snapshots", this::snapshots);
          look(found, "names", () -> new NameLeftovers(bench, census).find());
          look(found, "images", () -> images(census));
        });
    look(found, "temporary files", Doctor::coProcesses);
    return found;
  }

  private void look(List<Leftover> all, String subject, Supplier<List<Leftover>> look) {
    findings.guard(LEFTOVERS, subject, () -> all.addAll(look.get()));
  }

  private List<Leftover> orphans() {
    Owners owners = new Owners(bench);
    List<Leftover> found = new ArrayList<>();
    for (Owners.Orphan orphan : owners.orphans()) {
      found.add(
          Leftover.removed(
              SnapshotStore.ofOwnedName(orphan.id())
                  .map(id -> "snapshot " + ContainerIds.shortId(id))
                  .orElse("container " + ContainerIds.shortId(orphan.id())),
              "the application that owned it was killed",
              () -> {
                boolean still = owners.orphans().contains(orphan);
                if (still) {
                  owners.removeOrphan(orphan);
                }
                return still;
              }));
    }
    return found;
  }

  private List<Leftover> snapshots() {
    SnapshotStore store = new SnapshotStore(bench);
    List<Leftover> found = new ArrayList<>();
    for (String name : store.leftovers()) {
      found.add(
          Leftover.removed(
              "directory " + bench.directory().snapshot(name),
              "a snapshot that was only half made or half removed",
              () -> store.sweep(name)));
    }
    return found;
  }

  private List<Leftover> images(Census census) {
    for (Census.Entry entry : census.all()) {
      if (entry.record() == null) {
        // It may use any layer.
        return List.of();
      }
    }
    List<Leftover> found = new ArrayList<>();
    for (Unused unused : bench.images().unused(layersOf(census))) {
      found.add(
          Leftover.removed(
              unused.path(),
              unused.why(),
              () -> bench.images().remove(unused, layersOf(Census.take(bench)))));
    }
    return found;
  }

  private Predicate<String> layersOf(Census census) {
    Set<String> used = new HashSet<>();
    for (SnapshotRecord snapshot : new SnapshotStore(bench).peek()) {
      used.addAll(snapshot.layers());
    }
    for (Census.Entry entry : census.all()) {
      if (entry.record() != null) {
        used.addAll(entry.record().layers());
      }
    }
    return used::contains;
  }

  private static List<Leftover> coProcesses() {
    List<Leftover> found = new ArrayList<>();
    for (Path directory : CoProcessRemains.find()) {
      found.add(
          Leftover.removed(
              "directory " + directory,
              "the application that worked there was killed",
              () -> CoProcessRemains.remove(directory)));
    }
    return found;
  }

  private void images() {
    boolean busybox =
        bench.images().find("busybox").isPresent()
            || new Facts(files).exists("/bin/busybox")
            || new Facts(files).exists("/usr/bin/busybox");
    findings.ok("images", "store", bench.images().list().size() + " images");
    if (busybox) {
      findings.ok("packages", "busybox", "here");
    } else {
      findings.note(
          "packages",
          "busybox",
          "no image and no program of that name: the first container of it needs one",
          "install the package busybox-static");
    }
  }
}
