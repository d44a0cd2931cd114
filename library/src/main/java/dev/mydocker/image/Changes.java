package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.image.ContainerConfig;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonString;
import dev.mydocker.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes an image's configuration by Dockerfile instructions, as {@code commit --change} and
 * {@code import --change} take them (Dockerfile reference): CMD, ENTRYPOINT, ENV, EXPOSE,
 * HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME and WORKDIR, in shell and in JSON form.
 */
public final class Changes {
  private static final List<String> SHELL = List.of("/bin/sh", "-c");
  private static final int MAXIMUM_PORT = 65535;

  private static final List<String> SIGNALS =
      List.of(
          "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "IOT", "BUS", "FPE", "KILL", "USR1", "SEGV",
          "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CLD", "CONT", "STOP", "TSTP", "TTIN",
          "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "POLL", "PWR", "SYS",
          "RTMIN", "RTMAX");

  private final String instruction;
  private final ContainerConfig before;
  private final ContainerConfig.Builder after;
  private boolean commandSet;

  private Changes(String instruction, ContainerConfig before, boolean commandSet) {
    this.instruction = instruction;
    this.before = before;
    this.after = before.toBuilder();
    this.commandSet = commandSet;
  }

  /**
   * Applies instructions one after the other.
   *
   * @throws MydockerException naming the instruction that is wrong, and why
   */
  public static ContainerConfig apply(ContainerConfig config, List<String> instructions) {
    ContainerConfig result = config;
    boolean commandSet = false;
    for (String instruction : instructions) {
      Changes change = new Changes(instruction.strip(), result, commandSet);
      change.apply();
      result = change.after.build();
      commandSet = change.commandSet;
    }
    return result;
  }

  private void apply() {
    int space = 0;
    while (space < instruction.length() && !Character.isWhitespace(instruction.charAt(space))) {
      space++;
    }
    String word = instruction.substring(0, space).toUpperCase(Locale.ROOT);
    String rest = instruction.substring(space).strip();
    if (rest.isEmpty() && !word.isEmpty()) {
      throw refused("nothing behind " + word);
    }
    switch (word) {
      case "CMD" -> {
        after.cmd(command(rest));
        commandSet = true;
      }
      case "ENTRYPOINT" -> {
        after.entrypoint(command(rest));
        if (!commandSet) {
          // The old arguments were another program's.
          after.cmd(List.of());
        }
      }
      case "ENV" -> after.env(environment(pairs(rest)));
      case "LABEL" -> {
        for (String[] pair : pairs(rest)) {
          after.label(pair[0], pair[1]);
        }
      }
      case "EXPOSE" -> words(rest).forEach(this::expose);
      case "VOLUME" -> json(rest).orElseGet(() -> words(rest)).forEach(this::volume);
      case "USER" -> after.user(single(rest));
      case "WORKDIR" -> after.workingDir(directory(expanded(rest)));
      case "STOPSIGNAL" -> after.stopSignal(signal(single(rest)));
      case "HEALTHCHECK" ->
          after.healthcheck(
              new HealthcheckInstruction(this::refused).read(rest, Changes::healthCommand));
      case "ONBUILD" -> after.onBuild(onBuild(rest));
      default ->
          throw MydockerException.of(
              Category.INVALID,
              "change the image by",
              "\"" + instruction + "\"",
              "unknown instruction",
              "known are CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER,"
                  + " VOLUME and WORKDIR");
    }
  }

  /** A JSON array is a command as it is; anything else is a line for the shell. */
  private List<String> command(String rest) {
    return json(rest)
        .orElseGet(
            () -> {
              List<String> command =
                  new ArrayList<>(before.shell().isEmpty() ? SHELL : before.shell());
              command.add(rest);
              return command;
            });
  }

  /** As the image specification's users have it: CMD and the words, or CMD-SHELL and the line. */
  private static List<String> healthCommand(String rest) {
    Optional<List<String>> words = json(rest);
    if (words.isEmpty()) {
      return List.of("CMD-SHELL", rest);
    }
    if (words.get().isEmpty()) {
      return List.of();
    }
    List<String> test = new ArrayList<>(List.of("CMD"));
    test.addAll(words.get());
    return test;
  }

  private static Optional<List<String>> json(String rest) {
    if (!rest.startsWith("[")) {
      return Optional.empty();
    }
    JsonValue value;
    try {
      value = Json.parse(rest, "instruction");
    } catch (MydockerException e) {
      // As in Docker: what is no JSON is a line for the shell, "[ -f /x ] && y".
      return Optional.empty();
    }
    List<String> words = new ArrayList<>();
    if (value instanceof JsonArray array) {
      for (JsonValue element : array.elements()) {
        if (!(element instanceof JsonString string)) {
          return Optional.empty();
        }
        words.add(string.value());
      }
    }
    return Optional.of(words);
  }

  private List<String> words(String rest) {
    return InstructionWords.split(rest, this::variable).stream().map(w -> w.text()).toList();
  }

  private String single(String rest) {
    List<String> words = words(rest);
    if (words.size() != 1) {
      throw refused("expected one word");
    }
    return words.getFirst();
  }

  private String expanded(String rest) {
    return String.join(" ", words(rest));
  }

  /** {@code NAME=value NAME=value}, or the old form, {@code NAME the rest}. */
  private List<String[]> pairs(String rest) {
    List<InstructionWords.Word> words = InstructionWords.split(rest, this::variable);
    List<String[]> pairs = new ArrayList<>();
    if (words.getFirst().equals() < 0) {
      if (words.size() == 1) {
        throw refused("expected NAME=value");
      }
      int space = rest.indexOf(' ') < 0 ? rest.indexOf('\t') : rest.indexOf(' ');
      String value = InstructionWords.expand(rest.substring(space).strip(), this::variable);
      pairs.add(new String[] {words.getFirst().text(), value});
      return pairs;
    }
    for (InstructionWords.Word word : words) {
      if (word.equals() <= 0) {
        throw refused("expected NAME=value, found \"" + word.text() + "\"");
      }
      pairs.add(
          new String[] {
            word.text().substring(0, word.equals()), word.text().substring(word.equals() + 1)
          });
    }
    return pairs;
  }

  private List<String> environment(List<String[]> pairs) {
    List<String> environment = new ArrayList<>(before.env());
    for (String[] pair : pairs) {
      String entry = pair[0] + "=" + pair[1];
      int at = 0;
      while (at < environment.size() && !environment.get(at).startsWith(pair[0] + "=")) {
        at++;
      }
      if (at < environment.size()) {
        environment.set(at, entry);
      } else {
        environment.add(entry);
      }
    }
    return environment;
  }

  private @Nullable String variable(String name) {
    for (String entry : before.env()) {
      if (entry.startsWith(name + "=")) {
        return entry.substring(name.length() + 1);
      }
    }
    return null;
  }

  private void expose(String word) {
    int slash = word.indexOf('/');
    String protocol = slash < 0 ? "tcp" : word.substring(slash + 1).toLowerCase(Locale.ROOT);
    if (!List.of("tcp", "udp", "sctp").contains(protocol)) {
      throw refused("unknown protocol \"" + protocol + "\" (tcp, udp and sctp are known)");
    }
    String ports = slash < 0 ? word : word.substring(0, slash);
    int dash = ports.indexOf('-');
    int first = port(dash < 0 ? ports : ports.substring(0, dash), word);
    int last = dash < 0 ? first : port(ports.substring(dash + 1), word);
    if (last < first) {
      throw refused("the range " + ports + " goes backwards");
    }
    for (int port = first; port <= last; port++) {
      after.exposedPort(port + "/" + protocol);
    }
  }

  private int port(String text, String word) {
    int port = 0;
    for (int i = 0; i < text.length() && port <= MAXIMUM_PORT; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        throw refused("\"" + word + "\" is no port");
      }
      port = port * 10 + c - '0';
    }
    if (text.isEmpty() || port == 0 || port > MAXIMUM_PORT) {
      throw refused("\"" + word + "\" is no port");
    }
    return port;
  }

  private void volume(String path) {
    if (path.isBlank()) {
      throw refused("a volume without a path");
    }
    after.volume(path);
  }

  /** An absolute path without dots; a relative one counts from the present one. */
  private String directory(String path) {
    String current = before.workingDir();
    String whole = path.startsWith("/") ? path : (current == null ? "" : current) + "/" + path;
    List<String> parts = new ArrayList<>();
    for (String part : whole.split("/")) {
      if (part.equals("..")) {
        if (!parts.isEmpty()) {
          parts.removeLast();
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return "/" + String.join("/", parts);
  }

  private String signal(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    String plain = upper.startsWith("SIG") ? upper.substring(3) : upper;
    if (SIGNALS.contains(plain) || isSignalNumber(plain) || isRealTime(plain)) {
      return name;
    }
    throw refused("unknown signal \"" + name + "\"");
  }

  private static boolean isSignalNumber(String text) {
    int number = number(text);
    return number >= 1 && number <= 64;
  }

  private static boolean isRealTime(String text) {
    return text.startsWith("RTMIN+") && number(text.substring(6)) <= 30
        || text.startsWith("RTMAX-") && number(text.substring(6)) <= 30;
  }

  /** A number of at most three digits, or one too large to be any signal. */
  private static int number(String text) {
    if (text.isEmpty() || text.length() > 3) {
      return Integer.MAX_VALUE;
    }
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return Integer.MAX_VALUE;
      }
      number = number * 10 + text.charAt(i) - '0';
    }
    return number;
  }

  private List<String> onBuild(String rest) {
    String word = rest.toUpperCase(Locale.ROOT);
    for (String forbidden : List.of("ONBUILD", "FROM", "MAINTAINER")) {
      if (word.equals(forbidden) || word.startsWith(forbidden + " ")) {
        throw refused(forbidden + " is not allowed behind ONBUILD");
      }
    }
    List<String> all = new ArrayList<>(before.onBuild());
    all.add(rest);
    return all;
  }

  private MydockerException refused(String why) {
    return MydockerException.of(
        Category.INVALID, "change the image by", "\"" + instruction + "\"", why);
  }
}
