package dev.mydocker.image;

import dev.mydocker.oci.Digest;
import dev.mydocker.oci.image.Descriptor;
import java.util.List;

/**
 * A layer as it lies in a workspace: its blob, and its unpacked tree.
 *
 * @param blob what the blob is
 * @param diffId the digest of the archive, not compressed
 * @param chainId what identifies it together with those below it (image specification, config.md)
 * @param size how many bytes of content it has when unpacked
 * @param implied paths of directories that it has no entries for, see {@link ImpliedDirectories}
 */
record Layer(Descriptor blob, Digest diffId, Digest chainId, long size, List<String> implied) {
  Layer {
    implied = List.copyOf(implied);
  }
}
