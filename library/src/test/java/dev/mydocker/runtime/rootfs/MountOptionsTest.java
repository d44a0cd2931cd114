package dev.mydocker.runtime.rootfs;

import static dev.mydocker.kernel.Linux.MOUNT_ATTR_ATIME;
import static dev.mydocker.kernel.Linux.MOUNT_ATTR_NOATIME;
import static dev.mydocker.kernel.Linux.MOUNT_ATTR_NODEV;
import static dev.mydocker.kernel.Linux.MOUNT_ATTR_NODIRATIME;
import static dev.mydocker.kernel.Linux.MOUNT_ATTR_NOEXEC;
import static dev.mydocker.kernel.Linux.MOUNT_ATTR_NOSUID;
import static dev.mydocker.kernel.Linux.MOUNT_ATTR_NOSYMFOLLOW;
import static dev.mydocker.kernel.Linux.MOUNT_ATTR_RDONLY;
import static dev.mydocker.kernel.Linux.MOUNT_ATTR_STRICTATIME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.kernel.Linux;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MountOptionsTest {
  private static MountOptions of(String options) {
    return MountOptions.of(options.isEmpty() ? List.of() : List.of(options.split(",", -1)));
  }

  @ParameterizedTest
  @MethodSource
  void attributesAreSetAndCleared(String options, long set, long clear) {
    MountOptions sorted = of(options);
    assertThat(sorted.set()).isEqualTo(set);
    assertThat(sorted.clear()).isEqualTo(clear);
    assertThat(sorted.recursiveSet() | sorted.recursiveClear()).isZero();
    assertThat(sorted.data()).isEmpty();
  }

  static Stream<Arguments> attributesAreSetAndCleared() {
    return Stream.of(
        Arguments.of("", 0, 0),
        Arguments.of("defaults,async,loud,silent,nomand,nolazytime,iversion", 0, 0),
        Arguments.of("diratime", 0, MOUNT_ATTR_NODIRATIME),
        Arguments.of("ro", MOUNT_ATTR_RDONLY, 0),
        Arguments.of("rw", 0, MOUNT_ATTR_RDONLY),
        Arguments.of("ro,rw", 0, MOUNT_ATTR_RDONLY),
        Arguments.of("rw,ro", MOUNT_ATTR_RDONLY, 0),
        Arguments.of(
            "nosuid,nodev,noexec", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, 0),
        Arguments.of("suid,dev,exec", 0, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC),
        Arguments.of("nodiratime", MOUNT_ATTR_NODIRATIME, 0),
        Arguments.of("nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0),
        Arguments.of("noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR_ATIME),
        Arguments.of("strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR_ATIME),
        Arguments.of("noatime,relatime", 0, MOUNT_ATTR_ATIME),
        Arguments.of("noatime,strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR_ATIME));
  }

  @ParameterizedTest
  @MethodSource
  void attributesOfTheMountsBelowAreTheirOwn(String options, long set, long clear) {
    MountOptions sorted = of(options);
    assertThat(sorted.recursiveSet()).isEqualTo(set);
    assertThat(sorted.recursiveClear()).isEqualTo(clear);
    assertThat(sorted.set() | sorted.clear()).isZero();
    assertThat(sorted.data()).isEmpty();
  }

  static Stream<Arguments> attributesOfTheMountsBelowAreTheirOwn() {
    return Stream.of(
        Arguments.of("rro", MOUNT_ATTR_RDONLY, 0),
        Arguments.of("rrw", 0, MOUNT_ATTR_RDONLY),
        Arguments.of("rro,rrw", 0, MOUNT_ATTR_RDONLY),
        Arguments.of("rnosuid,rnodev", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0),
        Arguments.of("rnoatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR_ATIME),
        Arguments.of("ratime", 0, MOUNT_ATTR_ATIME),
        Arguments.of("rnorelatime", 0, MOUNT_ATTR_ATIME),
        Arguments.of("rnostrictatime", 0, MOUNT_ATTR_ATIME),
        Arguments.of("rnodiratime,rdiratime", 0, MOUNT_ATTR_NODIRATIME),
        Arguments.of("rnosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0));
  }

  @ParameterizedTest
  @MethodSource
  void propagationIsTheLastOneNamed(String options, long propagation, boolean recursive) {
    MountOptions sorted = of(options);
    assertThat(sorted.propagation()).isEqualTo(propagation);
    assertThat(sorted.propagationRecursive()).isEqualTo(recursive);
  }

  static Stream<Arguments> propagationIsTheLastOneNamed() {
    return Stream.of(
        Arguments.of("", 0, false),
        Arguments.of("private", Linux.MS_PRIVATE, false),
        Arguments.of("rprivate", Linux.MS_PRIVATE, true),
        Arguments.of("slave", Linux.MS_SLAVE, false),
        Arguments.of("rslave", Linux.MS_SLAVE, true),
        Arguments.of("shared", Linux.MS_SHARED, false),
        Arguments.of("rprivate,rshared", Linux.MS_SHARED, true),
        Arguments.of("runbindable,unbindable", Linux.MS_UNBINDABLE, false));
  }

  @Test
  void bindsMayBringTheMountsBelow() {
    assertThat(of("bind"))
        .returns(true, MountOptions::bind)
        .returns(false, MountOptions::recursive);
    assertThat(of("rbind"))
        .returns(true, MountOptions::bind)
        .returns(true, MountOptions::recursive);
    assertThat(of("ro")).returns(false, MountOptions::bind);
  }

  @Test
  void someWordsAreForTheFileSystemAsAWhole() {
    assertThat(of("sync,lazytime,nodev").superblock()).containsExactly("sync", "lazytime");
    assertThat(of("sync,async,mand,nomand").superblock()).isEmpty();
  }

  @Test
  void someWordsAreForTheRuntime() {
    assertThat(of("idmap,rbind"))
        .returns(true, MountOptions::idMapped)
        .returns(false, MountOptions::idMappedRecursive);
    assertThat(of("ridmap")).returns(true, MountOptions::idMappedRecursive);
    assertThat(of("tmpcopyup")).returns(true, MountOptions::copyUp);
    assertThat(of("remount,ro")).returns(true, MountOptions::remount);
    assertThat(of("tmpcopyup,remount,idmap,ridmap").data()).isEmpty();
  }

  @Test
  void theRestIsForTheFileSystem() {
    assertThat(of("nosuid,mode=755,size=64k,newinstance,r,ro=1,rate=5").data())
        .containsExactly("mode=755", "size=64k", "newinstance", "r", "ro=1", "rate=5");
  }
}
