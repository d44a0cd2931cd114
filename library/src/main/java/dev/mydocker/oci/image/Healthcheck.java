package dev.mydocker.oci.image;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a container is found healthy, Docker's {@code config.Healthcheck}; times are nanoseconds.
 *
 * @param test CMD and a command, CMD-SHELL and a line for the shell, NONE alone to switch it off;
 *     empty inherits
 * @param interval between two tests
 * @param timeout of one test
 * @param startPeriod in which failures do not count
 * @param startInterval between two tests of that period
 * @param retries how many failures in a row make it unhealthy
 * @param rest members without a component
 */
public record Healthcheck(
    List<String> test,
    @Nullable Long interval,
    @Nullable Long timeout,
    @Nullable Long startPeriod,
    @Nullable Long startInterval,
    @Nullable Integer retries,
    JsonObject rest)
    implements JsonRecord {
  /** Copies the test and checks the numbers. */
  public Healthcheck {
    test = List.copyOf(test);
    requireNotNegative("Interval", interval);
    requireNotNegative("Timeout", timeout);
    requireNotNegative("StartPeriod", startPeriod);
    requireNotNegative("StartInterval", startInterval);
    Fields.require(retries == null || retries >= 0, "Retries", "must not be negative");
  }

  /** Makes the record of its object. */
  public static Healthcheck read(ObjectReader in) {
    return new Healthcheck(
        in.strings("Test"),
        in.optionalInt64("Interval"),
        in.optionalInt64("Timeout"),
        in.optionalInt64("StartPeriod"),
        in.optionalInt64("StartInterval"),
        in.optionalInt32("Retries"),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .optionalStrings("Test", test)
        .optional("Interval", interval)
        .optional("Timeout", timeout)
        .optional("StartPeriod", startPeriod)
        .optional("StartInterval", startInterval)
        .optional("Retries", retries)
        .finish(rest);
  }

  private static void requireNotNegative(String name, @Nullable Long value) {
    Fields.require(value == null || value >= 0, name, "must not be negative");
  }
}
