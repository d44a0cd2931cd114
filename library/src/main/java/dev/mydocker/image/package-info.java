/**
 * Images on this machine: a store in OCI layout, layers unpacked for overlay mounts, archives in
 * and out.
 *
 * <p>Nothing here assumes that its own process may change owners or make devices: every file
 * operation goes through {@link dev.mydocker.kernel.FileWorker}.
 */
package dev.mydocker.image;
