/** What the OCI's specifications share: digests and references to images. */
package dev.mydocker.oci;
