package dev.mydocker.runtime.systemd;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.dbus.BodyReader;
import dev.mydocker.runtime.dbus.BodyWriter;
import dev.mydocker.runtime.dbus.BusError;
import dev.mydocker.runtime.dbus.ByteStream;
import dev.mydocker.runtime.dbus.Connection;
import dev.mydocker.runtime.dbus.Message;
import dev.mydocker.runtime.dbus.SocketStream;
import java.util.List;

/**
 * The system's systemd, over its private socket, which root may use and which needs no message bus;
 * or over that bus where there is no such socket (org.freedesktop.systemd1(5)).
 */
public final class Manager implements AutoCloseable {
  private static final String RUNNING = "/run/systemd/system";
  private static final String DESTINATION = "org.freedesktop.systemd1";
  private static final String PATH = "/org/freedesktop/systemd1";
  private static final String INTERFACE = "org.freedesktop.systemd1.Manager";
  private static final String BUS = "org.freedesktop.DBus";
  private static final String PEER = "org.freedesktop.DBus.Peer";
  private static final String NO_SUCH_UNIT = "org.freedesktop.systemd1.NoSuchUnit";

  /** For a unit with a file, or that a job is about; and for one that is active otherwise. */
  private static final List<String> EXISTS =
      List.of("org.freedesktop.systemd1.UnitExists", "System.Error.EBUSY");

  /** A job waits for those before it, and a machine may be busy. */
  private static final long PATIENCE = 60_000_000_000L;

  private final Connection connection;

  private Manager(Connection connection) {
    this.connection = connection;
  }

  /** Whether systemd is this machine's manager (sd_booted(3)). */
  public static boolean runs(FileWorker files) {
    return files.status(FileWorker.HOST, RUNNING).isPresent();
  }

  /**
   * Connects.
   *
   * @throws MydockerException UNSUPPORTED if systemd does not run, or is not ours to ask
   */
  public static Manager connect(FileWorker files) {
    if (!runs(files)) {
      throw MydockerException.of(
          Category.UNSUPPORTED,
          "--systemd-cgroup",
          "",
          "systemd does not run here: there is no " + RUNNING,
          "use the cgroup driver cgroupfs");
    }
    long uid = user(files.performer());
    if (uid != 0) {
      throw MydockerException.of(
          Category.UNSUPPORTED,
          "--systemd-cgroup",
          "",
          "only root may have cgroups made by systemd; a user's own manager is not asked",
          "use the cgroup driver cgroupfs");
    }
    try {
      Manager manager = of(SocketStream.connect(files.performer(), "/run/systemd", "private"), uid);
      manager.greet();
      return manager;
    } catch (KernelException e) {
      if (e.error() != Errno.ENOENT && e.error() != Errno.ECONNREFUSED) {
        throw e;
      }
      return overBus(
          SocketStream.connect(files.performer(), "/run/dbus", "system_bus_socket"), uid);
    }
  }

  /** A manager at the other end of a stream. */
  private static Manager of(ByteStream stream, long uid) {
    boolean connected = false;
    try {
      Manager manager = new Manager(new Connection(stream, uid, PATIENCE, Manager::isJobRemoved));
      connected = true;
      return manager;
    } finally {
      if (!connected) {
        stream.close();
      }
    }
  }

  /**
   * Says something long, and waits for the answer. What follows the authentication closely is read
   * along with its end, and lies there until more comes (sd-bus reads 256 bytes then, and waits for
   * the socket and not for what it has): a short first call would have no answer.
   */
  private void greet() {
    boolean answered = false;
    try {
      connection.call(DESTINATION, PATH + "/" + "x".repeat(512), PEER, "Ping", "", new byte[0]);
      answered = true;
    } finally {
      if (!answered) {
        close();
      }
    }
  }

  private static Manager overBus(ByteStream stream, long uid) {
    Manager manager = of(stream, uid);
    boolean ready = false;
    try {
      manager.connection.call(BUS, "/org/freedesktop/DBus", BUS, "Hello", "", new byte[0]);
      String rule =
          "type='signal',sender='"
              + DESTINATION
              + "',interface='"
              + INTERFACE
              + "',member='JobRemoved'";
      byte[] match = new BodyWriter().string(rule).bytes();
      manager.connection.call(BUS, "/org/freedesktop/DBus", BUS, "AddMatch", "s", match);
      manager.call("Subscribe", "", new byte[0]);
      ready = true;
      return manager;
    } finally {
      if (!ready) {
        manager.close();
      }
    }
  }

  private static long user(Performer performer) {
    SegmentBuilder b = Segment.builder();
    Value uid = b.syscall(Wire.SYS_GETEUID);
    return performer.perform(b.build()).orThrow("ask for the user").result(uid);
  }

  private static boolean isJobRemoved(Message message) {
    return message.member().equals("JobRemoved") && message.interfaceName().equals(INTERFACE);
  }

  /**
   * Starts a unit that has no file, and waits until it is there.
   *
   * @param properties the slice first: by it systemd refuses to change a unit that is active
   * @return false if there is one of this name
   * @throws MydockerException why it cannot be
   */
  boolean start(String unit, List<Property> properties) {
    BodyWriter body = new BodyWriter().string(unit).string("replace");
    addProperties(body, properties);
    body.array(8, () -> {});
    try {
      await(unit, "start", call("StartTransientUnit", "ssa(sv)a(sa(sv))", body.bytes()));
      return true;
    } catch (BusError e) {
      if (EXISTS.contains(e.name())) {
        return false;
      }
      throw failed("start", unit, e);
    }
  }

  /** Stops a unit, which ends its processes, and forgets how it ended; none is no error. */
  public void stop(String unit) {
    try {
      await(
          unit,
          "stop",
          call("StopUnit", "ss", new BodyWriter().string(unit).string("replace").bytes()));
    } catch (BusError e) {
      if (!e.name().equals(NO_SUCH_UNIT)) {
        throw failed("stop", unit, e);
      }
    }
    forget(unit);
  }

  /** A unit that failed is kept until somebody has heard of it. */
  private void forget(String unit) {
    try {
      call("ResetFailedUnit", "s", new BodyWriter().string(unit).bytes());
    } catch (BusError e) {
      if (!e.name().equals(NO_SUCH_UNIT)) {
        throw failed("reset", unit, e);
      }
    }
  }

  /** Sets properties of a unit until the machine restarts; returns when they are in effect. */
  void set(String unit, List<Property> properties) {
    if (properties.isEmpty()) {
      return;
    }
    BodyWriter body = new BodyWriter().string(unit).int32(1);
    addProperties(body, properties);
    try {
      call("SetUnitProperties", "sba(sv)", body.bytes());
      // systemd writes to cgroups between two messages: when this is answered, it has.
      connection.call(DESTINATION, PATH, PEER, "Ping", "", new byte[0]);
    } catch (BusError e) {
      throw failed("set properties of", unit, e);
    }
  }

  private static void addProperties(BodyWriter body, List<Property> properties) {
    body.array(
        8,
        () -> {
          for (Property property : properties) {
            body.align(8).string(property.name()).variant(property.value());
          }
        });
  }

  private Message call(String member, String signature, byte[] body) {
    return connection.call(DESTINATION, PATH, INTERFACE, member, signature, body);
  }

  /** Waits for the end of the job that a reply names. */
  private void await(String unit, String what, Message reply) {
    String job = reply.signature().equals("o") ? reply.reader().string() : "";
    Message removed =
        connection.awaitSignal(
            signal -> signal.signature().equals("uoss") && job.equals(jobOf(signal).string()));
    BodyReader in = jobOf(removed);
    in.string();
    in.string();
    String result = in.string();
    if (!result.equals("done") && !result.equals("skipped")) {
      MydockerException failure =
          MydockerException.of(
              Category.INTERNAL,
              what + " systemd unit",
              unit,
              "the job ended as " + result,
              "see: systemctl status " + unit);
      forgetAfter(unit, failure);
      throw failure;
    }
  }

  private void forgetAfter(String unit, MydockerException failure) {
    try {
      forget(unit);
    } catch (MydockerException e) {
      failure.addSuppressed(e);
    }
  }

  /** The signal's body behind the job's number. */
  private static BodyReader jobOf(Message signal) {
    BodyReader in = signal.reader();
    in.int32();
    return in;
  }

  private static MydockerException failed(String what, String unit, BusError e) {
    return MydockerException.of(
        Category.INTERNAL, what + " systemd unit", unit, e.reason(), null, e);
  }

  @Override
  public void close() {
    connection.close();
  }
}
