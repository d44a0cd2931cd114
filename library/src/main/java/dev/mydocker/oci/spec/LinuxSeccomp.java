package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which system calls the container may make, {@code linux.seccomp}.
 *
 * @param defaultAction what is done with a call that no rule matches
 * @param defaultErrnoRet the error number of a default ERRNO; null is EPERM
 * @param architectures such as SCMP_ARCH_X86_64; empty is the machine's own
 * @param flags of seccomp(2), such as SECCOMP_FILTER_FLAG_LOG
 * @param listenerPath the unix socket that gets the notify descriptor
 * @param listenerMetadata what is told to it beside
 * @param syscalls the rules
 * @param rest members without a component
 */
public record LinuxSeccomp(
    SeccompAction defaultAction,
    @Nullable Integer defaultErrnoRet,
    List<String> architectures,
    List<String> flags,
    @Nullable String listenerPath,
    @Nullable String listenerMetadata,
    List<SeccompSyscall> syscalls,
    JsonObject rest)
    implements JsonRecord {
  /** Copies the lists. */
  public LinuxSeccomp {
    requireErrno("defaultErrnoRet", defaultErrnoRet);
    architectures = List.copyOf(architectures);
    flags = List.copyOf(flags);
    syscalls = List.copyOf(syscalls);
  }

  /** Returns a filter without flags and listener. */
  public static LinuxSeccomp of(
      SeccompAction defaultAction,
      @Nullable Integer defaultErrnoRet,
      List<String> architectures,
      List<SeccompSyscall> syscalls) {
    return new LinuxSeccomp(
        defaultAction,
        defaultErrnoRet,
        architectures,
        List.of(),
        null,
        null,
        syscalls,
        JsonObject.empty());
  }

  /**
   * Parses a seccomp object.
   *
   * @param what where it comes from, for the message
   * @throws dev.mydocker.MydockerException naming the line, or the member that is wrong
   */
  public static LinuxSeccomp parse(byte[] json, String what) {
    return Json.decode(json, what, LinuxSeccomp::read);
  }

  /** Makes the record of its object. */
  public static LinuxSeccomp read(ObjectReader in) {
    return new LinuxSeccomp(
        SeccompAction.of("defaultAction", in.string("defaultAction")),
        in.optionalInt32("defaultErrnoRet"),
        in.strings("architectures"),
        in.strings("flags"),
        in.optionalString("listenerPath"),
        in.optionalString("listenerMetadata"),
        in.objects("syscalls", SeccompSyscall::read),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("defaultAction", defaultAction.word())
        .optional("defaultErrnoRet", defaultErrnoRet)
        .optionalStrings("architectures", architectures)
        .optionalStrings("flags", flags)
        .optional("listenerPath", listenerPath)
        .optional("listenerMetadata", listenerMetadata)
        .optionalObjects("syscalls", syscalls)
        .finish(rest);
  }

  /** The filter's result has 16 bits for it, see SECCOMP_RET_DATA in seccomp(2). */
  static void requireErrno(String name, @Nullable Integer value) {
    Fields.require(value == null || value >= 0 && value <= 0xFFFF, name, "expected 0 to 65535");
  }
}
