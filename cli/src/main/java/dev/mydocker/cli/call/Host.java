package dev.mydocker.cli.call;

import dev.mydocker.engine.Attachment;
import dev.mydocker.engine.Engine;
import dev.mydocker.engine.Notices;
import dev.mydocker.kernel.FileWorker;
import java.util.Map;

/** What the process lends to the commands that run in it. */
public interface Host {
  /**
   * Opens an engine.
   *
   * @param environment says where it keeps things
   * @param notices hears what people may want to know
   */
  Engine engine(Map<String, String> environment, Notices notices);

  /** Makes file operations as the caller would. */
  FileWorker files();

  /** Whether the process may become another program, which then goes on in its place. */
  boolean mayBecome();

  /**
   * Connects the caller's standard streams with a container's: in a process of ours by becoming the
   * attach client, so that this does not return.
   *
   * @return the exit code
   */
  int attach(Attachment attachment, Attachment.ClientOptions options, Invocation invocation);
}
