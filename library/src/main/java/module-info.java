/** A daemonless container engine for Linux. */
@org.jspecify.annotations.NullMarked
module dev.mydocker {
  requires static transitive org.jspecify;

  exports dev.mydocker;
  exports dev.mydocker.engine;
}
