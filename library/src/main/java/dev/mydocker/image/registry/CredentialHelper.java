package dev.mydocker.image.registry;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonString;
import dev.mydocker.oci.json.ObjectWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A program that keeps credentials, {@code docker-credential-NAME}
 * (github.com/docker/docker-credential-helpers): a verb as its argument, a server on its standard
 * input.
 *
 * <p>It may ask a person, so it has the caller's environment and some minutes.
 */
final class CredentialHelper {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** How long the output of one that has ended is read. */
  private static final Duration REST = Duration.ofSeconds(2);

  private static final int LIMIT = 1 << 20;
  private static final String TOKEN = "<token>";

  private final String program;
  private final Map<String, String> environment;
  private final Duration limit;

  CredentialHelper(String name, Map<String, String> environment) {
    this("docker-credential-" + name, environment, PATIENCE);
  }

  /**
   * @param program the name of the program, or its path
   * @param limit how long it may take
   */
  CredentialHelper(String program, Map<String, String> environment, Duration limit) {
    this.program = program;
    this.environment = environment;
    this.limit = limit;
  }

  Optional<Credentials> get(String server) {
    Answer answer = run("get", server);
    if (answer.exit != 0) {
      // The helpers' own words for "none"; anything else is a failure of theirs.
      if (answer.text.contains("credentials not found")) {
        return Optional.empty();
      }
      throw failed("get", server, answer.text);
    }
    JsonObject object =
        Json.parseObject(answer.text.getBytes(StandardCharsets.UTF_8), "the answer of " + program);
    String user = text(object, "Username");
    String secret = text(object, "Secret");
    return Optional.of(
        user.equals(TOKEN) ? new Credentials("", "", secret) : Credentials.of(user, secret));
  }

  void store(String server, Credentials credentials) {
    boolean token = !credentials.identityToken().isEmpty();
    JsonObject object =
        new ObjectWriter()
            .put("ServerURL", server)
            .put("Username", token ? TOKEN : credentials.user())
            .put("Secret", token ? credentials.identityToken() : credentials.password())
            .finish();
    Answer answer = run("store", Json.compact(object));
    if (answer.exit != 0) {
      throw failed("store", server, answer.text);
    }
  }

  void erase(String server) {
    Answer answer = run("erase", server);
    if (answer.exit != 0 && !answer.text.contains("credentials not found")) {
      throw failed("erase", server, answer.text);
    }
  }

  private static String text(JsonObject object, String name) {
    return object.get(name) instanceof JsonString string ? string.value() : "";
  }

  private MydockerException failed(String verb, String server, String why) {
    String line = why.strip();
    int end = line.indexOf('\n');
    return MydockerException.of(
        Category.RESOURCE,
        program + " " + verb,
        server,
        end < 0 ? line : line.substring(0, end),
        "see credsStore and credHelpers in ~/.docker/config.json");
  }

  private record Answer(int exit, String text) {}

  private Answer run(String verb, String input) {
    ProcessBuilder builder = new ProcessBuilder(program, verb);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return new Answer(-1, "cannot be started: " + reason(e));
    }
    // Both by threads: what takes no input, or keeps its output open, would hold us up for ever.
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    start(() -> tell(process, input));
    Thread reader = start(() -> hear(process, said));
    boolean ended = false;
    try {
      ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        return new Answer(-1, "no end within " + shown(limit) + ", so that it was killed");
      }
      // What it started itself may have its output still; nothing more of its own will come.
      reader.join(REST);
      return new Answer(process.exitValue(), text(said));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw MydockerException.of(Category.INTERRUPTED, program, verb, "interrupted", null, e);
    } finally {
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
  }

  /** The kernel's words, which the JDK puts in parentheses behind its own. */
  private static String reason(IOException e) {
    String message = String.valueOf(e.getMessage());
    int open = message.lastIndexOf('(');
    int close = message.lastIndexOf(')');
    return open < 0 || close < open
        ? message
        : message.substring(open + 1, close).toLowerCase(Locale.ROOT);
  }

  private static String shown(Duration time) {
    return time.toMinutes() > 0 ? time.toMinutes() + " minutes" : time.toMillis() + " ms";
  }

  private static Thread start(Runnable work) {
    return Thread.ofPlatform().daemon().name("mydocker-credentials").start(work);
  }

  private static void tell(Process process, String input) {
    try (OutputStream out = process.getOutputStream()) {
      out.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It may end without reading, and says by its exit code whether that is an error.
      return;
    }
  }

  private static void hear(Process process, ByteArrayOutputStream said) {
    byte[] some = new byte[1 << 13];
    try (InputStream in = process.getInputStream()) {
      int left = LIMIT;
      for (int got = in.read(some); got >= 0 && left > 0; got = in.read(some)) {
        synchronized (said) {
          said.write(some, 0, Math.min(got, left));
        }
        left -= got;
      }
    } catch (IOException e) {
      // It was killed: nobody waits for its words.
      return;
    }
  }

  private static String text(ByteArrayOutputStream said) {
    synchronized (said) {
      return said.toString(StandardCharsets.UTF_8);
    }
  }
}
