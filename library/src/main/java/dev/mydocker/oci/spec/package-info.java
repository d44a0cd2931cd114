/**
 * The OCI runtime specification 1.3.0 as records: {@code config.json} for Linux, and the state.
 *
 * <p>Each record stands for one JSON object and has a component for every member the specification
 * gives a meaning on Linux; the others travel in {@code rest}. A component that may be missing is
 * {@code @Nullable} and its accessor returns null: a missing {@code linux.resources.memory} is not
 * one without limits, and {@code Optional} in a record would have to be accepted by its
 * constructor. Missing lists and maps are empty, missing flags false, and an empty string counts as
 * missing. Constructors check what can be checked without the machine; whether a capability, a
 * resource limit or a mount option exists is the runtime's to decide.
 *
 * <p>Unsigned 32-bit values (user ids) are longs of the same value, unsigned 64-bit ones
 * (system-call arguments, limits) longs of the same bits.
 */
package dev.mydocker.oci.spec;
