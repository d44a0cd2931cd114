package dev.mydocker.cli.option;

import dev.mydocker.cli.format.Quote;
import dev.mydocker.engine.IpAddress;
import dev.mydocker.engine.NetworkOptions;
import dev.mydocker.engine.Ulimit;
import java.util.List;

/** Checks an option's value by its kind, so that a malformed one is refused while parsing. */
final class Check {
  private Check() {}

  static void value(Option option, String text) {
    if (text.isEmpty() && mayBeEmpty(option.kind())) {
      return;
    }
    switch (option.kind()) {
      case FLAG -> Values.bool(text);
      // Docker's engine checks the last three, so their errors have its exit codes.
      case TEXT, FILE, SIGNAL, CAPABILITY, TIME -> {}
      case INTEGER -> Values.integer(text);
      case BYTES -> Values.bytes(text);
      case BYTES_OR_UNLIMITED -> Values.bytesOrUnlimited(text);
      case CPUS -> Values.nanoCpus(text);
      case CPUSET -> Values.cpuset(text);
      case ENVIRONMENT -> Environment.check(text);
      case LABEL -> Values.label(text);
      case VOLUME -> VolumeSpec.parse(text);
      case TMPFS -> Specs.tmpfs(text);
      case DEVICE -> Specs.device(text);
      case ULIMIT -> Ulimit.parse(text);
      case HOST -> NetworkOptions.addedHost(text);
      case ADDRESS -> IpAddress.parse(text);
      case DOMAIN -> Values.domain(text);
      case STREAM -> Values.stream(text);
      case WORKDIR -> Values.workdir(text);
      case NAME -> Values.containerName(text);
      case HOSTNAME -> Values.hostname(text);
      case KEYS -> DetachKeys.parse(text);
      case FILTER -> Specs.filter(text);
      case NETWORK -> network(text);
      case NAMESPACE -> namespace(option, text);
      case LOG_OPTION -> Specs.logOption(text);
      case SECURITY -> Specs.securityOption(text);
      case RESTART -> restart(text);
      case PULL -> pull(text);
      case LINES -> lines(text);
    }
  }

  /** Where nothing is as good as no option at all: scripts pass variables that may be empty. */
  private static boolean mayBeEmpty(Kind kind) {
    return switch (kind) {
      case NAME, HOSTNAME, WORKDIR, CPUSET -> true;
      default -> false;
    };
  }

  private static void network(String text) {
    if (text.equals("none") || text.equals("host") || isContainer(text)) {
      return;
    }
    if (text.equals("container:")) {
      throw Values.invalid("a container's name or id must follow container:", null);
    }
    throw Specs.later(
        "--network "
            + text
            + ": networks are not supported by mydocker yet; use none, host or container:NAME");
  }

  private static void namespace(Option option, String text) {
    List<String> choices = option.choices();
    if (text.isEmpty()
        || choices.contains(text) && !text.equals("container:")
        || isContainer(text) && choices.contains("container:")) {
      return;
    }
    throw Values.invalid("invalid mode " + Quote.go(text), "one of " + String.join(", ", choices));
  }

  private static boolean isContainer(String text) {
    return text.startsWith("container:") && text.length() > "container:".length();
  }

  private static void restart(String text) {
    if (text.equals("no") || text.isEmpty()) {
      return;
    }
    if (text.equals("always") || text.equals("unless-stopped") || text.startsWith("on-failure")) {
      throw Specs.later(
          "--restart " + text + ": restart policies are not supported by mydocker yet");
    }
    throw Values.invalid("invalid restart policy: unknown policy '" + text + "'", null);
  }

  private static void pull(String text) {
    if (!text.equals("always") && !text.equals("missing") && !text.equals("never")) {
      throw Values.invalid(
          "invalid pull option: '"
              + text
              + "': must be one of \"always\", \"missing\" or \"never\"",
          null);
    }
  }

  private static void lines(String text) {
    if (!text.equals("all")) {
      Values.integer(text);
    }
  }
}
