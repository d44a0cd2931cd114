package dev.mydocker.cli.oci;

import dev.mydocker.MydockerException;
import dev.mydocker.cli.call.Failure;
import dev.mydocker.cli.call.Invocation;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.InProcess;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;

/** The command {@code mydocker-oci}. */
public final class Main {
  private Main() {}

  /** Runs one command line, and ends the process with its exit code. */
  public static void main(String[] arguments) {
    String home = System.getProperty("mydocker.home", "");
    int code;
    FileWorker files;
    try {
      files = new FileWorker(new InProcess(home));
    } catch (UnsatisfiedLinkError noBridge) {
      System.err.println("mydocker-oci: load the bridge of " + home + ": " + noBridge.getMessage());
      Runtime.getRuntime().halt(1);
      return;
    }
    if (arguments.length == 3 && arguments[0].equals("__train")) {
      OciTrain.run(files, arguments[2]);
      return;
    }
    try {
      Invocation invocation = Invocation.ofProcess(Main.class.getName(), files);
      code = MydockerOci.run(invocation, files, true);
    } catch (MydockerException e) {
      // Only what happens before there is an invocation.
      System.err.println(Failure.line(e));
      code = 1;
    }
    SegmentBuilder b = Segment.builder();
    b.syscall(Wire.SYS_EXIT_GROUP, Value.of(code));
    files.performer().perform(b.build());
  }
}
