package dev.mydocker.engine;

import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.plan.Descriptors;
import dev.mydocker.runtime.plan.Explanation;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A performer that tells what the one behind it performs, and what came of it.
 *
 * <p>Steps have their words from whoever built the segment ({@link
 * dev.mydocker.kernel.SegmentBuilder#about}); file operations, which have none, are recognized by
 * their files ({@link Chores}). What only looks at the machine is left out.
 */
final class Explainer implements Performer {
  static final String SELF = "mydocker";

  private final Performer performer;
  private final StepWriter writer;
  private final Refusal refusal;
  private final Chores chores;
  private final Map<String, Descriptors> descriptors = new HashMap<>();

  /** What a helper has told before its end (OP_REPORT). */
  private @Nullable Reply report;

  /**
   * @param writer takes the steps
   */
  Explainer(Performer performer, StateDirectory directory, StepWriter writer) {
    this.performer = performer;
    this.writer = writer;
    this.refusal = new Refusal(performer);
    this.chores = new Chores(directory);
  }

  @Override
  public Reply perform(Segment segment) {
    Segment timed = segment.withTimes();
    Reply reply = performer.perform(timed);
    if (!isTransport(timed)) {
      Explanation explanation = Explanation.performed(timed, reply, of(SELF));
      refusal.learn(timed, explanation, reply);
      tell(timed, scene(SELF, explanation, reply));
    }
    return reply;
  }

  private void tell(Segment segment, StepWriter.Scene scene) {
    if (segment.steps() > 0) {
      writer.add(segment, scene);
      return;
    }
    Chores.Chore chore = chores.of(segment, scene.explanation());
    if (chore == null) {
      writer.follow(segment, scene);
    } else {
      writer.add(segment, scene, chore);
    }
  }

  private StepWriter.Scene scene(String who, Explanation explanation, @Nullable Reply reply) {
    return scene(who, explanation, reply, -1);
  }

  private StepWriter.Scene scene(
      String who, Explanation explanation, @Nullable Reply reply, int killed) {
    return new StepWriter.Scene(who, explanation, new Outcome(reply, killed), of(who), refusal);
  }

  /** Whether it only carries another segment to a helper, or brings the answer. */
  private static boolean isTransport(Segment segment) {
    Explanation explanation = Explanation.performed(segment, null, new Descriptors());
    for (int i = 0; i < segment.instructions(); i++) {
      int operation = explanation.operationOf(i);
      if (operation == Wire.OP_SEND || operation == Wire.OP_RECEIVE) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean explains() {
    return !writer.rehearsed();
  }

  @Override
  public boolean rehearses() {
    return performer.rehearses();
  }

  @Override
  public Segment outgoing(Segment segment) {
    return segment.withTimes();
  }

  @Override
  public void answered(String who, Segment sent, @Nullable Reply reply) {
    if (reply != null && reply.isPartial()) {
      report = reply;
      return;
    }
    Reply answer = reply == null ? report : reply;
    report = null;
    if (sent.steps() == 0) {
      return;
    }
    Reply told = answer != null && answer.hasTimes() ? answer : null;
    Descriptors theirs = of(who);
    theirs.receive(sent, of(SELF));
    Explanation explanation = Explanation.performed(sent, told, theirs);
    if (told != null) {
      refusal.learn(sent, explanation, told);
    }
    // Executing its command looks the same from here: both close the session.
    int killed = reply == null ? explanation.killedAt() : -1;
    writer.add(sent, scene(who, explanation, told, killed));
    if (told != null) {
      nameReceived(sent, explanation, told);
    }
  }

  /** A child comes with its pidfd (Monitors.ask). */
  private void nameReceived(Segment sent, Explanation explanation, Reply reply) {
    for (int i = 0; i < sent.instructions() && reply.descriptors().length == 1; i++) {
      if (explanation.operationOf(i) == Wire.OP_SPAWN) {
        of(SELF).name(reply.descriptors()[0], "pidfd of " + reply.result(i));
      }
    }
  }

  private Descriptors of(String who) {
    return descriptors.computeIfAbsent(who, _ -> new Descriptors());
  }

  @Override
  public String helper() {
    return performer.helper();
  }

  /** Closes the performer behind; what was said so far is complete. */
  @Override
  public void close() {
    writer.flush();
    performer.close();
  }
}
