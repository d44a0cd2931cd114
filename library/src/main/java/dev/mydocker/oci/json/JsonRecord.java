package dev.mydocker.oci.json;

/** A record that stands for a JSON object and loses none of its members. */
public interface JsonRecord {
  /** Returns the members that the record has no component for, in the order they were read. */
  JsonObject rest();

  /** Returns the whole object. */
  JsonObject toJson();
}
