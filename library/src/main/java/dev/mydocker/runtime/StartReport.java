package dev.mydocker.runtime;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Session;
import dev.mydocker.kernel.Tried;
import dev.mydocker.kernel.UnixSockets;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import dev.mydocker.runtime.process.Commands;
import dev.mydocker.runtime.process.Execution;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How to read what a created process says when it is started: it was told all that it does by one
 * command, {@code create}, and answers another, {@code start}.
 *
 * @param instructions how many its last segment has
 * @param returned how many bytes of data come with the reply
 * @param command for messages
 * @param attempts the instructions that execute the command
 * @param steps what is left to be done, in its order
 * @param rest members without a component
 */
public record StartReport(
    int instructions,
    int returned,
    String command,
    List<Long> attempts,
    List<Remaining> steps,
    JsonObject rest)
    implements JsonRecord {
  /** The name of the socket, in the container's directory, on which the process waits. */
  public static final String SOCKET = "start.sock";

  /**
   * A step.
   *
   * @param first its first instruction
   * @param what begins a message
   * @param rest members without a component
   */
  public record Remaining(long first, String what, JsonObject rest) implements JsonRecord {
    static Remaining read(ObjectReader in) {
      return new Remaining(in.int64("first"), in.string("what"), in.rest());
    }

    @Override
    public JsonObject toJson() {
      return new ObjectWriter().put("first", first).put("what", what).finish(rest);
    }
  }

  /** Copies the lists. */
  public StartReport {
    attempts = List.copyOf(attempts);
    steps = List.copyOf(steps);
  }

  /** Makes the record of its object. */
  public static StartReport read(ObjectReader in) {
    return new StartReport(
        in.int32("instructions"),
        in.int32("returned"),
        in.string("command"),
        in.uint32s("attempts"),
        in.objects("steps", Remaining::read),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("instructions", instructions)
        .put("returned", returned)
        .put("command", command)
        .optionalIntegers("attempts", attempts)
        .optionalObjects("steps", steps)
        .finish(rest);
  }

  /**
   * Starts the process.
   *
   * @param directory the container's
   * @param connected what to do once it is about to go on
   * @throws MydockerException why the command does not execute; the process has ended then
   */
  public void start(Performer performer, String directory, Runnable connected) {
    int socket = UnixSockets.connect(performer, directory, SOCKET);
    try (Session session = new Session(performer, socket, "init")) {
      connected.run();
      Optional<Reply> reply = session.receiveForeign(instructions, returned);
      if (reply.isPresent()) {
        throw failure(reply.get());
      }
    }
  }

  private MydockerException failure(Reply reply) {
    String what = "execute " + command;
    for (Remaining step : steps) {
      if (step.first <= reply.failed()) {
        what = step.what;
      }
    }
    MydockerException failed;
    try {
      reply.orThrow(what);
      failed = Tried.of(what).failed(Category.INTERNAL, "no answer");
    } catch (MydockerException e) {
      failed = e;
    }
    List<Integer> executing = new ArrayList<>();
    for (long attempt : attempts) {
      executing.add((int) attempt);
    }
    return Commands.failure(command, new Execution(executing), reply, failed);
  }
}
