package dev.mydocker.cli.call;

import dev.mydocker.cli.option.Arguments;
import dev.mydocker.cli.option.VolumeSpec;
import dev.mydocker.engine.Engine;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One command to run: what was typed, by whom, and the engine to do it with. */
public final class Call implements AutoCloseable {
  private static final int TCGETS = 0x5401;
  private static final int TIOCGWINSZ = 0x5413;
  private static final int TERMIOS = 64;
  private static final int LIMIT = 1 << 26;

  private final Invocation invocation;
  private final Arguments arguments;
  private final Host host;
  private final Map<String, String> environment;
  private @Nullable Engine engine;

  /**
   * @param environment that of the invocation, with what the words in front of the command changed
   */
  public Call(
      Invocation invocation, Arguments arguments, Host host, Map<String, String> environment) {
    this.invocation = invocation;
    this.arguments = arguments;
    this.host = host;
    this.environment = environment;
  }

  /** Who called, from where. */
  public Invocation invocation() {
    return invocation;
  }

  /** The command's options and operands. */
  public Arguments arguments() {
    return arguments;
  }

  /** The words that are not options. */
  public List<String> operands() {
    return arguments.operands();
  }

  /** The process around. */
  public Host host() {
    return host;
  }

  /** Standard output. */
  public Output out() {
    return invocation.out();
  }

  /** Standard error. */
  public Output err() {
    return invocation.err();
  }

  /** The engine, opened when it is first asked for. */
  public Engine engine() {
    Engine opened = engine;
    if (opened == null) {
      opened = host.engine(environment, new CallNotices(this));
      engine = opened;
    }
    return opened;
  }

  /** The engine's variables. */
  public Map<String, String> environment() {
    return environment;
  }

  /** Makes a path of the host absolute, as the caller would mean it. */
  public String path(String typed) {
    return VolumeSpec.clean(typed.startsWith("/") ? typed : invocation.directory() + "/" + typed);
  }

  /** Reads a file of the host. */
  public byte[] read(String typed) {
    return host.files().read(FileWorker.HOST, path(typed), LIMIT);
  }

  /** Whether a descriptor of the caller is a terminal, as isatty(3) finds out. */
  public boolean isTerminal(int descriptor) {
    SegmentBuilder b = Segment.builder();
    Value got = b.syscall(Wire.SYS_IOCTL, Value.of(descriptor), Value.of(TCGETS), b.room(TERMIOS));
    b.ignoringErrors();
    return host.files().performer().perform(b.build()).result(got) == 0;
  }

  /** How many columns the terminal has that a descriptor is; 0 where that is not known. */
  public int columns(int descriptor) {
    SegmentBuilder b = Segment.builder();
    Value size = b.returned(8);
    b.syscall(Wire.SYS_IOCTL, Value.of(descriptor), Value.of(TIOCGWINSZ), size);
    b.ignoringErrors();
    return (int) host.files().performer().perform(b.build()).number(size.plus(2), 2);
  }

  /** Creates a file of the host that must not be there yet, and leaves it open for writing. */
  public int createNew(String typed) {
    return host.files()
        .open(FileWorker.HOST, path(typed), Linux.O_WRONLY | Linux.O_CREAT | Linux.O_EXCL, 0666);
  }

  @Override
  public void close() {
    if (engine != null) {
      engine.close();
    }
  }
}
