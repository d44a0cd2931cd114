/** A daemonless container engine for Linux. */
@org.jspecify.annotations.NullMarked
module dev.mydocker {
  requires jdk.net;
  requires static transitive org.jspecify;
  requires com.github.luben.zstd_jni;
  requires org.tukaani.xz;

  exports dev.mydocker;
  exports dev.mydocker.engine;
}
