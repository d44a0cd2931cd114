package dev.mydocker.image.registry;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonString;
import dev.mydocker.oci.json.ObjectWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
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
  private static final int MINUTES = 2;
  private static final int LIMIT = 1 << 20;
  private static final String TOKEN = "<token>";

  private final String program;
  private final Map<String, String> environment;

  CredentialHelper(String name, Map<String, String> environment) {
    this.program = "docker-credential-" + name;
    this.environment = environment;
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
    try {
      Process process = builder.start();
      try (OutputStream out = process.getOutputStream()) {
        out.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // It may end without reading, and says by its exit code whether that is an error.
      }
      try (InputStream in = process.getInputStream()) {
        byte[] text = in.readNBytes(LIMIT);
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
          process.destroyForcibly();
          return new Answer(-1, "no end within " + MINUTES + " minutes");
        }
        return new Answer(process.exitValue(), new String(text, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      return new Answer(-1, "cannot be started: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw MydockerException.of(Category.INTERRUPTED, program, verb, "interrupted", null, e);
    }
  }
}
