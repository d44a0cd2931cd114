/**
 * JSON (RFC 8259): a strict parser to a small tree, a writer, and what maps objects to records.
 *
 * <p>Written by hand, without reflection, because a command starts cold: Jackson costs 200
 * milliseconds there, this some four. The way through it is {@link
 * dev.mydocker.oci.json.Json#decode} with a record's {@code read(ObjectReader)}, and the record's
 * {@code toJson()} with {@link dev.mydocker.oci.json.Json#encode} on the way back. Members that a
 * record does not know travel in its {@code rest}.
 */
package dev.mydocker.oci.json;
