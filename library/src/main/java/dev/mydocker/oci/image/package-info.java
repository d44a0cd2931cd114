/**
 * The OCI image specification 1.1 as records, with Docker's additions; Docker's own manifests of
 * schema 2 have the same shape.
 *
 * <p>The conventions are those of {@link dev.mydocker.oci.spec}: {@code @Nullable} components for
 * what may be missing, empty collections, unknown members in {@code rest}. Times stay text in RFC
 * 3339, since nothing here calculates with them. Note that an image's identity is the digest of its
 * bytes: a record that is written again has the same members, not always the same bytes.
 */
package dev.mydocker.oci.image;
