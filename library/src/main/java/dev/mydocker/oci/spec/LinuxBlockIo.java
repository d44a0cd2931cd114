package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The block I/O cgroup, {@code linux.resources.blockIO}.
 *
 * @param weight from 10 to 1000
 * @param leafWeight the weight against child cgroups (v1)
 * @param weightDevice weights by device
 * @param throttleReadBpsDevice bytes read a second
 * @param throttleWriteBpsDevice bytes written a second
 * @param throttleReadIopsDevice reads a second
 * @param throttleWriteIopsDevice writes a second
 * @param rest members without a component
 */
public record LinuxBlockIo(
    @Nullable Integer weight,
    @Nullable Integer leafWeight,
    List<LinuxWeightDevice> weightDevice,
    List<LinuxThrottleDevice> throttleReadBpsDevice,
    List<LinuxThrottleDevice> throttleWriteBpsDevice,
    List<LinuxThrottleDevice> throttleReadIopsDevice,
    List<LinuxThrottleDevice> throttleWriteIopsDevice,
    JsonObject rest)
    implements JsonRecord {
  /** Copies the collections. */
  public LinuxBlockIo {
    weightDevice = List.copyOf(weightDevice);
    throttleReadBpsDevice = List.copyOf(throttleReadBpsDevice);
    throttleWriteBpsDevice = List.copyOf(throttleWriteBpsDevice);
    throttleReadIopsDevice = List.copyOf(throttleReadIopsDevice);
    throttleWriteIopsDevice = List.copyOf(throttleWriteIopsDevice);
  }

  /** Makes the record of its object. */
  public static LinuxBlockIo read(ObjectReader in) {
    return new LinuxBlockIo(
        in.optionalUint16("weight"),
        in.optionalUint16("leafWeight"),
        in.objects("weightDevice", LinuxWeightDevice::read),
        in.objects("throttleReadBpsDevice", LinuxThrottleDevice::read),
        in.objects("throttleWriteBpsDevice", LinuxThrottleDevice::read),
        in.objects("throttleReadIOPSDevice", LinuxThrottleDevice::read),
        in.objects("throttleWriteIOPSDevice", LinuxThrottleDevice::read),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .optional("weight", weight)
        .optional("leafWeight", leafWeight)
        .optionalObjects("weightDevice", weightDevice)
        .optionalObjects("throttleReadBpsDevice", throttleReadBpsDevice)
        .optionalObjects("throttleWriteBpsDevice", throttleWriteBpsDevice)
        .optionalObjects("throttleReadIOPSDevice", throttleReadIopsDevice)
        .optionalObjects("throttleWriteIOPSDevice", throttleWriteIopsDevice)
        .finish(rest);
  }
}
