package dev.mydocker.cli.oci;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.json.Json;
import dev.mydocker.runtime.lifecycle.Delete;

/** Runs the command that was typed. */
final class OciDispatch {
  private OciDispatch() {}

  static int run(String word, OciCall call) {
    switch (word) {
      case "create" -> Creating.create(call);
      case "run" -> {
        return Creating.run(call);
      }
      case "start" -> Creating.start(call);
      case "state" ->
          call.invocation().out().println(Json.pretty(ListContainers.object(call.container())));
      case "list" -> ListContainers.list(call);
      case "kill" -> KillContainer.kill(call);
      case "delete" ->
          call.warn(Delete.delete(call.root(), call.id(), call.arguments().flag("force")));
      case "exec" -> {
        return ExecProcess.exec(call);
      }
      case "ps" -> Processes.ps(call);
      case "pause" -> Pausing.pause(call);
      case "resume" -> Pausing.resume(call);
      case "update" -> Updating.update(call);
      case "events" -> Statistics.events(call);
      case "features" -> Features.print(call);
      case "spec" -> ExampleSpec.write(call);
      default ->
          throw new MydockerException(
              Category.UNSUPPORTED,
              word + ": checkpoints are not supported",
              "they take criu, which this runtime does not drive yet");
    }
    return 0;
  }
}
