package dev.mydocker.runtime.cgroup;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Label;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Tried;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.plan.Group;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * File operations of one segment that all are tried, whatever comes of those before: a failed write
 * must not leave a descriptor open in this process. The first failure is looked for afterwards.
 */
final class CgroupBatch {
  private static final int LIST = 4096;
  private static final String CREATE = "create cgroup ";

  /**
   * An operation that matters.
   *
   * @param file the opening that it depends on, or null
   * @param elsewhere whether another step stands in where the file is missing
   * @param result the operation's result
   * @param write the limit that it sets, or null
   * @param object the limit's file, or the operation in words
   * @param above what made the cgroups above one that is made
   */
  private record Step(
      @Nullable Value file,
      boolean elsewhere,
      Value result,
      @Nullable CgroupWrite write,
      String object,
      List<Made> above) {}

  /** A cgroup that may be there already, and what came of making it. */
  private record Made(String path, Value result) {}

  private final CgroupPaths paths;
  private final SegmentBuilder b = Segment.builder();
  private final List<Step> steps = new ArrayList<>();

  /** Those above the one that is made next. */
  private List<Made> above = List.of();

  private @Nullable Reply reply;

  CgroupBatch(CgroupPaths paths) {
    this.paths = paths;
  }

  /** The segment, for what else belongs into it. */
  SegmentBuilder builder() {
    return b;
  }

  /** Begins a step for people who want to know. */
  void about(String what, String why) {
    b.about(Group.LIMITS.title(), what, why);
  }

  /** Makes a cgroup, and those above it, all of which may be there already. */
  void makeAll(CgroupDirectory directory) {
    makeParents(directory);
    addMake(directory, directory.path());
  }

  /** Makes the cgroups above one, and gives them its controllers. */
  void makeParents(CgroupDirectory directory) {
    above = new ArrayList<>();
    enable(directory, directory.mountPoint());
    for (String parent : directory.parents()) {
      above.add(new Made(parent, addMake(directory, parent)));
      enable(directory, parent);
    }
  }

  /** Makes a cgroup that must not be there; the result is for {@link #result}. */
  Value make(CgroupDirectory directory) {
    Value made = addMake(directory, directory.path());
    steps.add(new Step(null, false, made, null, CREATE + directory.path(), above));
    return made;
  }

  private Value addMake(CgroupDirectory directory, String path) {
    Value made =
        b.syscall(Wire.SYS_MKDIRAT, Value.of(Linux.AT_FDCWD), b.text(path), Value.of(0755));
    b.ignoringErrors();
    if (!directory.unified() && directory.controllers().contains("cpuset")) {
      fillCpuset(path);
    }
    return made;
  }

  /** Opens a file or directory. */
  Value open(String path, int flags) {
    return must(addOpen(path, flags), "open " + path);
  }

  /** Opens a file to read it, if it is there. */
  Value openIfThere(String path) {
    return addOpen(path, Linux.O_RDONLY);
  }

  /** Records an operation that must have succeeded. */
  Value must(Value result, String operation) {
    steps.add(new Step(null, false, result, null, operation, List.of()));
    return result;
  }

  /** Adds the writes of limits; those that follow each other in one file share its descriptor. */
  void write(List<CgroupWrite> writes) {
    for (int i = 0; i < writes.size(); ) {
      CgroupWrite first = writes.get(i);
      CgroupDirectory directory = directory(first);
      int end = i + 1;
      while (end < writes.size()
          && first.elsewhere() == null
          && writes.get(end).elsewhere() == null
          && writes.get(end).file().equals(first.file())) {
        end++;
      }
      write(directory, writes.subList(i, end));
      i = end;
    }
  }

  private void write(CgroupDirectory directory, List<CgroupWrite> writes) {
    CgroupWrite first = writes.getFirst();
    CgroupWrite elsewhere = first.elsewhere();
    String path = directory.file(first.file());
    about(
        "set the " + first.what(), "before any process is there, so that it holds for all of them");
    if (elsewhere == null) {
      Value file = addOpen(path, Linux.O_WRONLY);
      for (CgroupWrite write : writes) {
        steps.add(new Step(file, false, addWrite(file, write.value()), write, path, List.of()));
      }
      addClose(file);
      return;
    }
    Label missing = new Label();
    Label done = new Label();
    Value file = addOpen(path, Linux.O_WRONLY);
    b.jumpingTo(missing);
    steps.add(new Step(file, true, addWrite(file, first.value()), first, path, List.of()));
    addClose(file);
    b.jump(done, Value.of(0), 0, 0);
    b.here(missing);
    write(directory, List.of(elsewhere));
    b.here(done);
  }

  private CgroupDirectory directory(CgroupWrite write) {
    for (CgroupDirectory directory : paths.directories()) {
      // A file of v2's core, or of a controller that the kernel's list is silent of.
      boolean unified = directory.unified() && paths.version() == CgroupVersion.V2;
      if (unified || directory.controllers().contains(write.controller())) {
        return directory;
      }
    }
    throw Tried.of(message(write))
        .failed(
            Category.UNSUPPORTED,
            "the cgroup controller " + write.controller() + " is not mounted");
  }

  /**
   * Gives a v1 cpuset what the cgroup above it has, unless it has something; it must not be empty.
   */
  private void fillCpuset(String directory) {
    String above = directory.substring(0, directory.lastIndexOf('/'));
    for (String file : List.of("/cpuset.cpus", "/cpuset.mems")) {
      Label full = new Label();
      Value room = b.room(LIST);
      Value own = addOpen(directory + file, Linux.O_RDWR);
      Value length = b.syscall(Wire.SYS_READ, own, room, Value.of(LIST));
      b.ignoringErrors();
      Label empty = new Label();
      b.jump(empty, length, -1, 1);
      b.jump(full, Value.of(0), 0, 0);
      b.here(empty);
      Value upper = addOpen(above + file, Linux.O_RDONLY);
      Value filled = b.syscall(Wire.SYS_READ, upper, room, Value.of(LIST));
      b.ignoringErrors();
      addClose(upper);
      must(
          b.syscall(Wire.SYS_WRITE, own, room, filled),
          "copy " + above + file + " to " + directory);
      b.ignoringErrors();
      b.here(full);
      addClose(own);
    }
  }

  /** Makes v2 controllers available below a cgroup, as many as can be. */
  private void enable(CgroupDirectory directory, String path) {
    List<String> controllers = directory.controllers();
    if (!directory.unified() || controllers.isEmpty()) {
      return;
    }
    Label refused = new Label();
    Label done = new Label();
    Value file = addOpen(path + "/cgroup.subtree_control", Linux.O_WRONLY);
    addWrite(file, "+" + String.join(" +", controllers));
    b.jumpingTo(refused);
    b.jump(done, Value.of(0), 0, 0);
    b.here(refused);
    // One of them cannot be had (cpu, while realtime tasks run). What is missing shows when a limit
    // needs it.
    for (String controller : controllers) {
      addWrite(file, "+" + controller);
    }
    b.here(done);
    addClose(file);
  }

  private Value addOpen(String path, int flags) {
    Value file =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(Linux.AT_FDCWD),
            b.text(path),
            Value.of(flags | Linux.O_CLOEXEC),
            Value.of(0));
    b.ignoringErrors();
    return file;
  }

  private Value addWrite(Value file, String text) {
    byte[] bytes = Bytes.encode(text);
    Value written = b.syscall(Wire.SYS_WRITE, file, b.bytes(bytes), Value.of(bytes.length));
    b.ignoringErrors();
    return written;
  }

  void addClose(Value file) {
    b.syscall(Wire.SYS_CLOSE, file);
    b.ignoringErrors();
  }

  /** Performs it all. */
  void perform(FileWorker files) {
    reply = files.performer().perform(b.build()).orThrow("perform operations on cgroups");
  }

  /** What came of an operation: negative for an error number. */
  long result(Value value) {
    if (reply == null) {
      throw new IllegalStateException("not performed yet");
    }
    return reply.result(value);
  }

  /** The first operation that failed, or nothing. */
  @Nullable MydockerException failure() {
    for (Step step : steps) {
      MydockerException failure = failure(step);
      if (failure != null) {
        return failure;
      }
    }
    return null;
  }

  /** The first limit whose file could not be opened, or nothing. */
  @Nullable MydockerException missing() {
    for (Step step : steps) {
      if (step.file != null && result(step.file) < 0) {
        MydockerException failure = failure(step);
        if (failure != null) {
          return failure;
        }
      }
    }
    return null;
  }

  /** The limits that could not be set, though their files are there: perhaps for their order. */
  List<CgroupWrite> refused() {
    List<CgroupWrite> refused = new ArrayList<>();
    for (Step step : steps) {
      if (step.write != null && step.file != null && result(step.file) >= 0) {
        if (result(step.result) < 0) {
          refused.add(step.write);
        }
      }
    }
    return refused;
  }

  private @Nullable MydockerException failure(Step step) {
    CgroupWrite write = step.write;
    if (step.file != null && write != null) {
      int opened = (int) result(step.file);
      if (opened < 0) {
        boolean forgiven = step.elsewhere || write.optional() && opened == -Errno.ENOENT;
        return forgiven ? null : notOpened(write, step.object, -opened);
      }
    }
    long result = result(step.result);
    if (result >= 0) {
      return null;
    }
    if (write == null) {
      return notMade(step, (int) -result);
    }
    return notWritten(write, step.object, (int) -result);
  }

  /** Where nothing is above it the error is that of what could not be made there. */
  private MydockerException notMade(Step step, int error) {
    if (error == Errno.ENOENT) {
      for (Made parent : step.above) {
        int refused = (int) -result(parent.result);
        if (refused > 0 && refused != Errno.EEXIST && refused != Errno.ENOENT) {
          return notMade(CREATE + parent.path, refused);
        }
      }
    }
    return notMade(step.object, error);
  }

  private static MydockerException notMade(String operation, int error) {
    return error == Errno.EROFS
        ? new KernelException(operation, error, "mount cgroups for writing, see run --explain")
        : new KernelException(operation, error);
  }

  private MydockerException notWritten(CgroupWrite write, String path, int error) {
    String message = message(write) + ": write \"" + write.value() + "\" to " + path;
    return switch (error) {
      case Errno.EINVAL, Errno.ERANGE, Errno.EOVERFLOW, Errno.ENODEV, Errno.ENOSPC, Errno.EACCES ->
          Tried.of(message)
              .failed(
                  Category.INVALID,
                  Errno.message(error),
                  error == Errno.EACCES ? "the cgroup above does not have it all" : null,
                  null);
      case Errno.EBUSY ->
          new KernelException(message, error, "the container uses more than that now");
      default -> new KernelException(message, error);
    };
  }

  private MydockerException notOpened(CgroupWrite write, String path, int error) {
    if (error != Errno.ENOENT) {
      return new KernelException(message(write) + ": open " + path, error);
    }
    String controller = write.controller();
    CgroupDirectory directory = directory(write);
    if (!directory.controllers().contains(controller)) {
      return Tried.of(message(write))
          .failed(
              Category.UNSUPPORTED,
              "this machine does not offer the cgroup controller " + controller);
    }
    if (directory.unified()) {
      String suggestion =
          "the cgroup " + directory.mountPoint() + " must hold no processes of its own";
      return Tried.of(message(write))
          .failed(
              Category.UNSUPPORTED,
              "there is no " + path,
              write.file().startsWith("memory.swap")
                  ? "the kernel does not count swap"
                  : suggestion,
              null);
    }
    return Tried.of(message(write))
        .failed(
            Category.UNSUPPORTED,
            "the cgroup controller " + controller + " of this kernel has no " + write.file(),
            write.file().startsWith("memory.memsw") ? "boot with swapaccount=1" : null,
            null);
  }

  private String message(CgroupWrite write) {
    return "set " + write.what() + " of container " + paths.name();
  }
}
