package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.call.Preparation;

/** Brings what a container is made of, for a process that has no compiler: {@link Preparation}. */
public final class Prepare {
  private Prepare() {}

  /** Does that for what {@code create} would make. */
  public static int run(Call call) {
    call.engine().prepare(Create.spec(call, false));
    return 0;
  }
}
