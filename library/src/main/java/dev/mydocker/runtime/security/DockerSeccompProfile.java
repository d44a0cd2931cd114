package dev.mydocker.runtime.security;

import dev.mydocker.MydockerException;
import dev.mydocker.oci.json.FieldException;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonValue;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import dev.mydocker.oci.spec.LinuxSeccomp;
import dev.mydocker.oci.spec.SeccompSyscall;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the file of {@code --security-opt seccomp=FILE}: a profile as Docker writes it, whose rules
 * may depend on capabilities, architecture and kernel version, or as the OCI specification has it.
 *
 * <p>Beyond the OCI form there are {@code archMap}, a list of architectures with those that run on
 * them; {@code name} for a rule about one call; and {@code includes} and {@code excludes} with
 * {@code caps}, {@code arches} and {@code minKernel}. A rule applies if everything it includes
 * holds and nothing that it excludes does; of several {@code arches}, one is enough; of {@code
 * caps}, all are needed to include it, and one is enough to exclude it.
 */
public final class DockerSeccompProfile {
  private final List<String> capabilities;
  private final SeccompArchitecture machine;
  private final String kernelRelease;

  private DockerSeccompProfile(
      CapabilitySet capabilities, SeccompArchitecture machine, String kernelRelease) {
    this.capabilities = capabilities.names();
    this.machine = machine;
    this.kernelRelease = kernelRelease;
  }

  /**
   * Reads a profile and resolves its conditions.
   *
   * @param json the file's content
   * @param what what it is, for the message: its path
   * @param capabilities the container's bounding set
   * @param machine the machine's own architecture
   * @param kernelRelease as uname(2) has it, such as {@code 6.1.0-13-amd64}
   * @throws MydockerException naming the line, or the member that is wrong
   */
  public static LinuxSeccomp parse(
      byte[] json,
      String what,
      CapabilitySet capabilities,
      SeccompArchitecture machine,
      String kernelRelease) {
    DockerSeccompProfile reader = new DockerSeccompProfile(capabilities, machine, kernelRelease);
    JsonObject profile = Json.parseObject(json, what);
    return Json.decode(profile, what, in -> reader.read(profile, in));
  }

  private LinuxSeccomp read(JsonObject profile, ObjectReader in) {
    List<SeccompSyscall> rules = new ArrayList<>();
    for (Rule rule : in.objects("syscalls", this::rule)) {
      if (rule.applies) {
        rules.add(rule.syscall);
      }
    }
    List<String> architectures = new ArrayList<>();
    List<List<String>> families = in.objects("archMap", DockerSeccompProfile::family);
    for (List<String> family : families) {
      if (family.getFirst().equals(machine.ociName())) {
        architectures.addAll(family);
      }
    }
    Map<String, JsonValue> common = new LinkedHashMap<>(profile.members());
    common.remove("syscalls");
    common.remove("archMap");
    LinuxSeccomp read = LinuxSeccomp.read(new ObjectReader(JsonObject.of(common)));
    if (!families.isEmpty() && !read.architectures().isEmpty()) {
      throw new FieldException("archMap", "cannot stand beside architectures");
    }
    return new LinuxSeccomp(
        read.defaultAction(),
        read.defaultErrnoRet(),
        families.isEmpty() ? read.architectures() : architectures,
        read.flags(),
        read.listenerPath(),
        read.listenerMetadata(),
        rules,
        JsonObject.empty());
  }

  /** An architecture and those whose programs run on it. */
  private static List<String> family(ObjectReader in) {
    List<String> family = new ArrayList<>();
    family.add(in.string("architecture"));
    family.addAll(in.strings("subArchitectures"));
    return family;
  }

  private Rule rule(ObjectReader in) {
    List<String> names = in.strings("names");
    String name = in.optionalString("name");
    if (name != null && !names.isEmpty()) {
      throw new FieldException("name", "cannot stand beside names");
    }
    Condition includes = in.objectOr("includes", Condition::read, Condition.NONE);
    Condition excludes = in.objectOr("excludes", Condition::read, Condition.NONE);
    ObjectWriter rule =
        new ObjectWriter().putStrings("names", name == null ? names : List.of(name));
    for (String member : List.of("action", "errnoRet", "args")) {
      JsonValue value = in.optionalValue(member);
      if (value != null) {
        rule.put(member, value);
      }
    }
    return new Rule(
        isIncluded(includes) && !isExcluded(excludes),
        SeccompSyscall.read(new ObjectReader(rule.finish(JsonObject.empty()))));
  }

  private boolean isIncluded(Condition includes) {
    return (includes.architectures.isEmpty()
            || includes.architectures.contains(machine.dockerName()))
        && capabilities.containsAll(includes.capabilities)
        && (includes.minKernel == null || isKernelSince(includes.minKernel));
  }

  private boolean isExcluded(Condition excludes) {
    return excludes.architectures.contains(machine.dockerName())
        || !Collections.disjoint(capabilities, excludes.capabilities)
        || excludes.minKernel != null && isKernelSince(excludes.minKernel);
  }

  private boolean isKernelSince(String version) {
    int[] wanted = majorAndMinor(version);
    int[] actual = majorAndMinor(kernelRelease);
    return actual[0] != wanted[0] ? actual[0] > wanted[0] : actual[1] >= wanted[1];
  }

  /** The two numbers in front of a version. */
  private static int[] majorAndMinor(String version) {
    int[] numbers = new int[2];
    int which = 0;
    boolean digits = false;
    for (int i = 0; i < version.length(); i++) {
      char c = version.charAt(i);
      if (c >= '0' && c <= '9' && numbers[which] < 100_000) {
        numbers[which] = numbers[which] * 10 + c - '0';
        digits = true;
      } else if (c == '.' && digits && which == 0) {
        which = 1;
        digits = false;
      } else {
        break;
      }
    }
    if (which == 0 || !digits) {
      throw new FieldException("minKernel", "expected a version such as 4.8, found " + version);
    }
    return numbers;
  }

  private record Rule(boolean applies, SeccompSyscall syscall) {}

  /** What {@code includes} or {@code excludes} says. */
  private record Condition(
      List<String> capabilities, List<String> architectures, @Nullable String minKernel) {
    static final Condition NONE = new Condition(List.of(), List.of(), null);

    static Condition read(ObjectReader in) {
      return new Condition(
          in.strings("caps"), in.strings("arches"), in.optionalString("minKernel"));
    }
  }
}
