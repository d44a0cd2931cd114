package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.call.DescriptorInput;
import dev.mydocker.cli.call.Prompt;
import dev.mydocker.engine.Registries;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.oci.ImageReference;
import java.io.IOException;
import java.util.Optional;

/** {@code login}: checks a name and a password with a registry, and keeps them. */
final class Login {
  private static final int LONGEST = 1 << 16;

  private Login() {}

  static int run(Call call) {
    String registry = registry(call);
    Registries registries = call.engine().registries();
    String user = call.arguments().value("username").orElse("");
    boolean stdin = call.arguments().flag("password-stdin");
    if (stdin && call.arguments().given("password")) {
      throw invalid("--password and --password-stdin are mutually exclusive");
    }
    if (stdin && user.isEmpty()) {
      throw invalid("must provide --username with --password-stdin");
    }
    if (user.isEmpty() && !call.arguments().given("password") && registries.checkLogin(registry)) {
      call.out().println("Authenticating with existing credentials...");
      call.out().println("Login Succeeded");
      return 0;
    }
    if (user.isEmpty()) {
      user = Prompt.line(call, "Username: ");
    }
    Optional<String> file = registries.login(registry, user, password(call, stdin));
    if (file.isPresent()) {
      call.err()
          .println("WARNING! Your password will be stored unencrypted in " + file.get() + ".")
          .println("Configure a credential helper to remove this warning (credsStore).");
    }
    call.out().println("Login Succeeded");
    return 0;
  }

  /** The registry that was named, as names of images have it. */
  static String registry(Call call) {
    String typed = call.arguments().operand(0).orElse(ImageReference.DOCKER_HUB);
    int scheme = typed.indexOf("://");
    String rest = scheme < 0 ? typed : typed.substring(scheme + 3);
    int slash = rest.indexOf('/');
    String host = slash < 0 ? rest : rest.substring(0, slash);
    return host.equals("index.docker.io") || host.equals("registry-1.docker.io")
        ? ImageReference.DOCKER_HUB
        // Refuses what is no host.
        : new ImageReference(host, "x", null, null).registry();
  }

  private static String password(Call call, boolean stdin) {
    Optional<String> given = call.arguments().value("password");
    if (given.isPresent()) {
      call.err()
          .println("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
      return given.get();
    }
    if (!stdin) {
      return Prompt.secret(call, "Password: ");
    }
    try (DescriptorInput in = new DescriptorInput(call.host().files(), call.invocation().stdin())) {
      String text = Bytes.decode(in.readNBytes(LONGEST));
      int end = text.length();
      while (end > 0 && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
        end--;
      }
      return text.substring(0, end);
    } catch (IOException e) {
      throw new MydockerException(
          Category.INVALID, "read the password: " + e.getMessage(), null, e);
    }
  }

  private static MydockerException invalid(String problem) {
    return new MydockerException(Category.INVALID, problem);
  }
}
