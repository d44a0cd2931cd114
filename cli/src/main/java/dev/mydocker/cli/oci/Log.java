package dev.mydocker.cli.oci;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Invocation;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Timestamp;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.ObjectWriter;
import org.jspecify.annotations.Nullable;

/**
 * The file of {@code --log}, which shims read: in JSON one object a line, {@code
 * {"level","msg","time"}}, and nothing else.
 */
final class Log {
  private final FileWorker files;
  private final @Nullable String path;
  private final boolean json;

  private Log(FileWorker files, @Nullable String path, boolean json) {
    this.files = files;
    this.path = path;
    this.json = json;
  }

  static Log none(FileWorker files) {
    return new Log(files, null, false);
  }

  /**
   * The log that was asked for. Its file is there from now on, as callers expect.
   *
   * @throws MydockerException if there is no such format, or the file cannot be written
   */
  static Log of(FileWorker files, Invocation invocation, Arguments globals) {
    String format = globals.value("log-format").orElse("text");
    if (!format.equals("text") && !format.equals("json")) {
      throw new MydockerException(Category.INVALID, "unknown log-format \"" + format + "\"");
    }
    String typed = globals.value("log").orElse("");
    if (typed.isEmpty()) {
      return none(files);
    }
    String path = typed.startsWith("/") ? typed : invocation.directory() + "/" + typed;
    Log log = new Log(files, path, format.equals("json"));
    log.append("");
    return log;
  }

  /** Writes what went wrong. Nobody is left to hear that this fails, but standard error. */
  void error(String message, long now) {
    tell("error", message, now);
  }

  /** Writes what went wrong, and is no reason to stop. */
  void warning(String message, long now) {
    tell("warning", message, now);
  }

  private void tell(String level, String message, long now) {
    try {
      append(line(level, message, now));
    } catch (MydockerException unwritable) {
      return;
    }
  }

  private String line(String level, String message, long now) {
    String time = Timestamp.rfc3339Nano(now);
    if (json) {
      return Json.compact(
              new ObjectWriter().put("level", level).put("msg", message).put("time", time).finish())
          + "\n";
    }
    return "time=\"" + time + "\" level=" + level + " msg=" + quoted(message) + "\n";
  }

  private static String quoted(String message) {
    return '"' + message.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  private void append(String text) {
    if (path == null) {
      return;
    }
    int opened =
        files.open(FileWorker.HOST, path, Linux.O_WRONLY | Linux.O_CREAT | Linux.O_APPEND, 0644);
    try {
      files.write(opened, Bytes.encode(text));
    } finally {
      files.close(opened);
    }
  }
}
