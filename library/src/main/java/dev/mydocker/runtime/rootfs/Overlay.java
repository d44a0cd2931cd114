package dev.mydocker.runtime.rootfs;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.plan.Group;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The root file system of a container: an overlay of read-only layers and a private upper
 * directory, as a detached mount (fsopen(2), Linux 5.2), which is attached only inside the
 * container's own mount namespace. The host's mount table never has it, so nothing can be left
 * there.
 *
 * @param layers absolute directories, topmost first
 * @param upper the writable directory, or null for a read-only view
 * @param work overlay's work directory on the same file system, or null
 * @param isVolatile whether what is written need not survive the machine: unmounting then does not
 *     sync the whole file system of {@code upper} (Linux 5.10)
 */
public record Overlay(
    List<String> layers, @Nullable String upper, @Nullable String work, boolean isVolatile)
    implements RootSource {
  /** fsconfig(2) refuses longer values. */
  private static final int LONGEST_VALUE = 255;

  public Overlay {
    layers = List.copyOf(layers);
  }

  /**
   * Mounts it.
   *
   * @return the mount's descriptor in the performer's process
   * @throws KernelException {@code mount an overlay of /a, /b: cause}
   */
  @Override
  public int mount(Performer performer) {
    FileWorker files = new FileWorker(performer);
    List<Integer> opened = new ArrayList<>();
    try {
      return mount(performer, names(files, opened), files, opened);
    } finally {
      for (int descriptor : opened) {
        files.close(descriptor);
      }
    }
  }

  /**
   * The layers as overlay's options name them: by their paths where all of them fit into one value
   * of fsconfig(2), else by descriptor, which is short whatever the path holds.
   */
  private List<String> names(FileWorker files, List<Integer> opened) {
    int length = -1;
    boolean plain = true;
    for (String layer : layers) {
      length += layer.length() + 1;
      plain &= isPlain(layer);
    }
    if (plain && length <= LONGEST_VALUE) {
      return layers;
    }
    List<String> names = new ArrayList<>();
    for (String layer : layers) {
      names.add(byDescriptor(files, opened, layer));
    }
    return names;
  }

  private static boolean isPlain(String path) {
    return path.indexOf(':') < 0 && path.indexOf('\\') < 0 && path.indexOf(',') < 0;
  }

  private static String nameOf(FileWorker files, List<Integer> opened, String path) {
    return isPlain(path) && path.length() <= LONGEST_VALUE
        ? path
        : byDescriptor(files, opened, path);
  }

  private static String byDescriptor(FileWorker files, List<Integer> opened, String path) {
    int descriptor = files.open(FileWorker.HOST, path, Linux.O_PATH | Linux.O_DIRECTORY, 0);
    opened.add(descriptor);
    return "/proc/self/fd/" + descriptor;
  }

  private int mount(
      Performer performer, List<String> names, FileWorker files, List<Integer> opened) {
    SegmentBuilder b = Segment.builder();
    b.about(
        Group.ROOT.title(),
        "make the root file system, an overlay",
        "the image's layers below, read-only; what the container writes goes into upperdir");
    Value context = b.syscall(Wire.SYS_FSOPEN, b.text("overlay"), Value.of(Linux.FSOPEN_CLOEXEC));
    String joined = String.join(":", names);
    if (joined.length() <= LONGEST_VALUE) {
      set(b, context, "lowerdir", joined);
    } else {
      for (String name : names) {
        set(b, context, "lowerdir+", name);
      }
    }
    if (upper != null && work != null) {
      set(b, context, "upperdir", nameOf(files, opened, upper));
      set(b, context, "workdir", nameOf(files, opened, work));
      if (isVolatile) {
        configure(b, context, Linux.FSCONFIG_SET_FLAG, b.text("volatile"), Value.of(0));
      }
    }
    set(b, context, "redirect_dir", "off");
    set(b, context, "metacopy", "off");
    configure(b, context, Linux.FSCONFIG_CMD_CREATE, Value.of(0), Value.of(0));
    Value mount =
        b.syscall(Wire.SYS_FSMOUNT, context, Value.of(Linux.FSMOUNT_CLOEXEC), Value.of(0));
    b.syscall(Wire.SYS_CLOSE, context);
    Reply reply = performer.perform(b.build());
    if (!reply.succeeded()) {
      throw new KernelException(
          "mount an overlay of " + String.join(", ", layers), reply.error(), suggestion(reply));
    }
    return (int) reply.result(mount);
  }

  private @Nullable String suggestion(Reply reply) {
    return switch (reply.error()) {
      case Errno.ENODEV -> "load the kernel module: modprobe overlay";
      case Errno.EINVAL ->
          layers.size() > 14
              ? "so many layers need Linux 6.5"
              : "the state directory may itself be on an overlay: use another file system";
      case Errno.EPERM -> "run as root";
      default -> null;
    };
  }

  private static void set(SegmentBuilder b, Value context, String key, String value) {
    configure(b, context, Linux.FSCONFIG_SET_STRING, b.text(key), b.text(value));
  }

  private static void configure(
      SegmentBuilder b, Value context, int command, Value key, Value value) {
    b.syscall(Wire.SYS_FSCONFIG, context, Value.of(command), key, value, Value.of(0));
  }
}
