package dev.mydocker.cli.call;

import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.Notices;

/** What an engine says while it works goes to standard error. */
final class CallNotices implements Notices {
  private final Call call;

  CallNotices(Call call) {
    this.call = call;
  }

  @Override
  public void line(String text) {
    call.err().println("mydocker: " + text);
  }

  @Override
  public boolean prepares(ContainerSpec spec) {
    return Preparation.isWorthAProcess() && Preparation.run(call, spec);
  }

  @Override
  public Transfer pulling(String image) {
    return PullNotices.of(call, image);
  }
}
