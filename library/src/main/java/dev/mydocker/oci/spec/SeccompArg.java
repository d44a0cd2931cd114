package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;

/**
 * A condition on one argument of a system call, {@code linux.seccomp.syscalls[].args[]}.
 *
 * @param index which argument, from 0 to 5
 * @param value what it is compared with, unsigned; the mask of {@link SeccompOperator#MASKED_EQUAL}
 * @param valueTwo what the masked argument is compared with, unsigned
 * @param op how it is compared
 * @param rest members without a component
 */
public record SeccompArg(int index, long value, long valueTwo, SeccompOperator op, JsonObject rest)
    implements JsonRecord {
  /** Checks the index. */
  public SeccompArg {
    Fields.require(index >= 0 && index <= 5, "index", "expected 0 to 5");
  }

  /** Returns a condition without a second value. */
  public static SeccompArg of(int index, SeccompOperator op, long value) {
    return new SeccompArg(index, value, 0, op, JsonObject.empty());
  }

  /** Returns the condition {@code (argument & mask) == value}. */
  public static SeccompArg masked(int index, long mask, long value) {
    return new SeccompArg(index, mask, value, SeccompOperator.MASKED_EQUAL, JsonObject.empty());
  }

  /** Makes the record of its object. */
  public static SeccompArg read(ObjectReader in) {
    Long valueTwo = in.optionalUint64("valueTwo");
    return new SeccompArg(
        in.int32("index"),
        in.uint64("value"),
        valueTwo == null ? 0 : valueTwo,
        SeccompOperator.of(in.string("op")),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("index", index)
        .putUnsigned("value", value)
        .optionalUnsigned("valueTwo", valueTwo == 0 ? null : Long.valueOf(valueTwo))
        .put("op", op.word())
        .finish(rest);
  }
}
