package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.oci.json.JsonObject;
import java.util.Optional;

/** An image as Docker's API describes one. */
final class InspectImage {
  private InspectImage() {}

  static Optional<JsonObject> json(Call call, String name) {
    return Optional.empty();
  }
}
