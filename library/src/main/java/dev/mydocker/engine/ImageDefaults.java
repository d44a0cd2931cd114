package dev.mydocker.engine;

import dev.mydocker.oci.image.ContainerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fills in from an image what was not asked for, by Docker's rules. */
final class ImageDefaults {
  private static final String STOP_SIGNAL = "SIGTERM";
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

  private ImageDefaults() {}

  /** Returns {@code options} with nothing left open. */
  static ProcessOptions apply(ProcessOptions options, ContainerConfig image) {
    String directory = options.workingDirectory();
    String user = options.user();
    String signal = options.stopSignal();
    Duration timeout = options.stopTimeout();
    Integer imageTimeout = image.stopTimeout();
    return new ProcessOptions(
        command(options, image),
        entrypoint(options, image),
        environment(options.environment(), image.env()),
        directory != null ? directory : directory(image.workingDir()),
        user != null ? user : orEmpty(image.user()),
        options.interactive(),
        options.terminal(),
        options.init(),
        signal != null ? signal : stopSignal(image),
        timeout != null
            ? timeout
            : imageTimeout == null ? STOP_TIMEOUT : Duration.ofSeconds(imageTimeout));
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static String stopSignal(ContainerConfig image) {
    String signal = image.stopSignal();
    return signal != null && ProcessOptions.isSignal(signal) ? signal : STOP_SIGNAL;
  }

  /** An entrypoint of one's own goes with a command of one's own: the image's would not fit it. */
  private static List<String> command(ProcessOptions options, ContainerConfig image) {
    List<String> command = options.command();
    if (command != null) {
      return command;
    }
    return options.entrypoint() == null ? image.cmd() : List.of();
  }

  /** A single empty word is how a command line says that there is none. */
  private static List<String> entrypoint(ProcessOptions options, ContainerConfig image) {
    List<String> entrypoint = options.entrypoint();
    if (entrypoint == null) {
      return image.entrypoint();
    }
    return entrypoint.size() == 1 && entrypoint.get(0).isEmpty() ? List.of() : entrypoint;
  }

  private static String directory(@Nullable String imageDirectory) {
    ContainerPaths.requireNoNul("working directory", orEmpty(imageDirectory));
    return ContainerPaths.clean(orEmpty(imageDirectory));
  }

  /** What was asked for, and behind it what only the image has; a later value replaces. */
  private static List<String> environment(List<String> asked, List<String> image) {
    Map<String, String> byName = new LinkedHashMap<>();
    for (String variable : asked) {
      byName.put(name(variable), variable);
    }
    Map<String, String> ofImage = new LinkedHashMap<>();
    for (String variable : image) {
      if (variable.indexOf('=') > 0) {
        ofImage.put(name(variable), variable);
      }
    }
    ofImage.forEach(byName::putIfAbsent);
    return List.copyOf(byName.values());
  }

  /** Returns {@code variables} in place of those of the same name in {@code defaults}. */
  static List<String> override(List<String> defaults, List<String> variables) {
    Map<String, String> byName = new LinkedHashMap<>();
    for (String variable : defaults) {
      byName.put(name(variable), variable);
    }
    for (String variable : variables) {
      byName.put(name(variable), variable);
    }
    return new ArrayList<>(byName.values());
  }

  private static String name(String variable) {
    return variable.substring(0, variable.indexOf('='));
  }

  /** Returns an image's labels and a container's own, which count more. */
  static Map<String, String> labels(ContainerSpec spec, ContainerConfig image) {
    if (image.labels().isEmpty()) {
      return spec.labels();
    }
    Map<String, String> labels = new LinkedHashMap<>(image.labels());
    labels.putAll(spec.labels());
    return labels;
  }
}
