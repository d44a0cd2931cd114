/**
 * The life of containers as an OCI runtime's callers see it: created from a bundle by one command,
 * started by another, and in between nothing but files in a state directory (runtime.md of the OCI
 * runtime specification).
 */
package dev.mydocker.runtime.lifecycle;
