package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;

/** {@code logout}: forgets the name and the password for a registry. */
final class Logout {
  private Logout() {}

  static int run(Call call) {
    String registry = Login.registry(call);
    if (call.engine().registries().logout(registry)) {
      call.out().println("Removing login credentials for " + registry);
    } else {
      call.out().println("Not logged in to " + registry);
    }
    return 0;
  }
}
