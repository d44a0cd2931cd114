/** The command {@code mydocker-oci}: containers as callers of an OCI runtime ask for them. */
package dev.mydocker.cli.oci;
