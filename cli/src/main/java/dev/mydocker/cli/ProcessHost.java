package dev.mydocker.cli;

import dev.mydocker.cli.call.Host;
import dev.mydocker.cli.call.Invocation;
import dev.mydocker.engine.Attachment;
import dev.mydocker.engine.Engine;
import dev.mydocker.engine.Notices;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.InProcess;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A process that is ours: it works by itself, through the bridge, and may become another program.
 */
final class ProcessHost implements Host {
  private final String home;
  private @Nullable FileWorker files;

  /**
   * @param home the directory with the bridge and the helper
   */
  ProcessHost(String home) {
    this.home = home;
  }

  @Override
  public Engine engine(Map<String, String> environment, Notices notices) {
    return Engine.inProcess(environment, home, notices);
  }

  @Override
  public FileWorker files() {
    FileWorker opened = files;
    if (opened == null) {
      opened = new FileWorker(new InProcess(home));
      files = opened;
    }
    return opened;
  }

  @Override
  public boolean mayBecome() {
    return true;
  }

  @Override
  public int attach(
      Attachment attachment, Attachment.ClientOptions options, Invocation invocation) {
    invocation.out().flush();
    invocation.err().flush();
    attachment.become(options);
    throw new IllegalStateException("execve returned");
  }
}
