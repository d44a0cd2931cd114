package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule for some system calls, {@code linux.seccomp.syscalls[]}.
 *
 * @param names the calls; names that the architecture does not have are ignored
 * @param action what is done
 * @param errnoRet the error number of ERRNO and the message of TRACE; null is EPERM
 * @param args conditions that must all hold; none always holds
 * @param rest members without a component
 */
public record SeccompSyscall(
    List<String> names,
    SeccompAction action,
    @Nullable Integer errnoRet,
    List<SeccompArg> args,
    JsonObject rest)
    implements JsonRecord {
  /** Copies the lists. */
  public SeccompSyscall {
    Fields.require(!names.isEmpty(), "names", "must not be empty");
    LinuxSeccomp.requireErrno("errnoRet", errnoRet);
    names = List.copyOf(names);
    args = List.copyOf(args);
  }

  /** Returns a rule without an error number. */
  public static SeccompSyscall of(List<String> names, SeccompAction action, List<SeccompArg> args) {
    return new SeccompSyscall(names, action, null, args, JsonObject.empty());
  }

  /** Makes the record of its object. */
  public static SeccompSyscall read(ObjectReader in) {
    return new SeccompSyscall(
        in.strings("names"),
        SeccompAction.of("action", in.string("action")),
        in.optionalInt32("errnoRet"),
        in.objects("args", SeccompArg::read),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .putStrings("names", names)
        .put("action", action.word())
        .optional("errnoRet", errnoRet)
        .optionalObjects("args", args)
        .finish(rest);
  }
}
