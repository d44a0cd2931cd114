package dev.mydocker.engine;

import dev.mydocker.MydockerException;

/** What a container wrote last, for errors about one that has ended or did not become ready. */
final class LastOutput {
  private static final int LINES = 20;

  private LastOutput() {}

  /** Returns an error with it. */
  static MydockerException in(MydockerException error, Workbench bench, ContainerRecord record) {
    StringBuilder text = new StringBuilder();
    try (LogReader reader =
        new LogReader(bench.files(), bench.directory().container(record.id()))) {
      reader.read(LogQuery.ALL.tail(LINES), line -> text.append(line.text()).append('\n'));
    } catch (MydockerException unread) {
      // Removed meanwhile, say: what failed matters more.
      error.addSuppressed(unread);
    }
    return error.withOutput(text.toString());
  }
}
