package dev.mydocker.runtime.process;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Label;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.plan.Group;
import dev.mydocker.runtime.plan.Lowering;
import dev.mydocker.runtime.plan.Step;
import org.jspecify.annotations.Nullable;

/** Reads /etc/passwd and /etc/group inside the root, as a step of the plan. */
public final class AccountFiles {
  private static final int LIMIT = 32768;

  private @Nullable Value passwd;
  private @Nullable Value passwdLength;
  private @Nullable Value group;
  private @Nullable Value groupLength;

  /** The step. */
  public Step read() {
    return new Step(
        Group.ISOLATION,
        "read the container's users and groups",
        "names in --user mean what the image says, and HOME comes from there",
        l -> {
          passwd = l.segment().returned(LIMIT);
          passwdLength = readFile(l, "/etc/passwd", passwd);
          group = l.segment().returned(LIMIT);
          groupLength = readFile(l, "/etc/group", group);
        });
  }

  /** What the files held, once the step was performed. A missing file is an empty one. */
  public Accounts accounts(Reply reply) {
    return new Accounts(text(reply, passwd, passwdLength), text(reply, group, groupLength));
  }

  private static String text(Reply reply, @Nullable Value place, @Nullable Value length) {
    if (place == null || length == null) {
      return "";
    }
    long got = reply.result(length);
    return got <= 0 ? "" : reply.text(place, (int) got);
  }

  private static Value readFile(Lowering l, String path, Value to) {
    SegmentBuilder b = l.segment();
    Label missing = new Label();
    // A FIFO in its place must not block us.
    Value file =
        FileWorker.addOpen2(
            b,
            l.root(),
            Lowering.relative(path),
            Linux.O_RDONLY | Linux.O_NONBLOCK | Linux.O_CLOEXEC,
            0,
            Linux.RESOLVE_IN_ROOT);
    b.jumpingTo(missing);
    Value length = b.syscall(Wire.SYS_READ, file, to, Value.of(LIMIT));
    b.ignoringErrors();
    b.syscall(Wire.SYS_CLOSE, file);
    b.here(missing);
    return length;
  }
}
