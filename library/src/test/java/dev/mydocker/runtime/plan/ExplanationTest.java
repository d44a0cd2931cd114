package dev.mydocker.runtime.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.Label;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ExplanationTest {
  @ParameterizedTest
  @MethodSource
  void anInstructionIsShownAsC(String shown, Consumer<SegmentBuilder> instruction) {
    SegmentBuilder b = Segment.builder();
    instruction.accept(b);
    Segment segment = b.build();
    assertThat(Explanation.of(segment, segment.instructions() - 1)).isEqualTo(shown);
  }

  static Stream<Arguments> anInstructionIsShownAsC() {
    return Stream.of(
        instruction("chdir(\"/a b\")", b -> b.syscall(Wire.SYS_CHDIR, b.text("/a b"))),
        instruction(
            "chdir(\"\\\"\\\\\\n\\x01\\xff é\")",
            b -> b.syscall(Wire.SYS_CHDIR, b.text("\"\\\n\u0001\uDCFF é"))),
        instruction(
            "umount2(\".\", MNT_DETACH)",
            b -> b.syscall(Wire.SYS_UMOUNT2, b.text("."), Value.of(Linux.MNT_DETACH))),
        instruction(
            "openat(AT_FDCWD, \"/x\", O_RDWR|O_CREAT|O_CLOEXEC, 0640)",
            b ->
                b.syscall(
                    Wire.SYS_OPENAT,
                    Value.of(Linux.AT_FDCWD),
                    b.text("/x"),
                    Value.of(Linux.O_RDWR | Linux.O_CREAT | Linux.O_CLOEXEC),
                    Value.of(0640))),
        instruction(
            "mount_setattr(5, \"\", AT_EMPTY_PATH, {set=MOUNT_ATTR_RDONLY, propagation=MS_SLAVE})",
            b ->
                b.syscall(
                    Wire.SYS_MOUNT_SETATTR,
                    Value.of(5),
                    b.text(""),
                    Value.of(Linux.AT_EMPTY_PATH),
                    b.longs(Linux.MOUNT_ATTR_RDONLY, 0, Linux.MS_SLAVE, 0),
                    Value.of(32))),
        instruction(
            "mknodat(3, \"sda\", S_IFBLK|0660, 259:300)",
            b ->
                b.syscall(
                    Wire.SYS_MKNODAT,
                    Value.of(3),
                    b.text("sda"),
                    Value.of(Linux.S_IFBLK | 0660),
                    Value.of(Linux.device(259, 300)))),
        instruction(
            "prlimit64(0, RLIMIT_NOFILE, {1024, unlimited}, 0)",
            b ->
                b.syscall(
                    Wire.SYS_PRLIMIT64, Value.of(0), Value.of(7), b.longs(1024, -1), Value.of(0))),
        instruction(
            "execve(\"/bin/a\", [\"a\", \"\"], []), or ENOENT or EACCES",
            b -> {
              Value argv = b.strings(List.of("a", ""));
              Value envp = b.strings(List.of());
              b.syscall(Wire.SYS_EXECVE, b.text("/bin/a"), argv, envp);
              b.tolerating(Errno.ENOENT, Errno.EACCES);
            }),
        instruction(
            "close(#0), errors ignored",
            b -> {
              b.syscall(Wire.SYS_CLOSE, b.syscall(Wire.SYS_SETSID));
              b.ignoringErrors();
            }),
        instruction(
            "close(fd[1])",
            b -> {
              b.descriptor(7);
              b.syscall(Wire.SYS_CLOSE, b.descriptor(8));
            }),
        instruction(
            "setsid(), at any error go to #1",
            b -> {
              Label end = new Label();
              b.syscall(Wire.SYS_SETSID);
              b.jumpingTo(end);
              b.here(end);
            }),
        instruction(
            "go to #1 if (3 & 0xf000) == 0x4000",
            b -> {
              Label end = new Label();
              b.jump(end, Value.of(3), Linux.S_IFMT, Linux.S_IFDIR);
              b.here(end);
            }),
        instruction("check(3 == 4, ELOOP)", b -> b.check(Value.of(3), -1, 4, Errno.ELOOP)),
        instruction("unshare(CLONE_NEWNS|0x1)", b -> unshare(b, Linux.CLONE_NEWNS | 1)),
        instruction("syscall 31337", b -> b.syscall(31337)),
        instruction("operation 16", b -> b.operation(Wire.OP_SEND)));
  }

  private static void unshare(SegmentBuilder b, long namespaces) {
    b.syscall(Wire.SYS_UNSHARE, Value.of(namespaces));
  }

  private static Arguments instruction(String shown, Consumer<SegmentBuilder> instruction) {
    return Arguments.of(shown, instruction);
  }

  @Test
  void aPlanIsShownStepByStep() {
    SegmentBuilder b = Segment.builder();
    Value root = b.descriptor(4);
    Plan plan =
        new Plan.Builder(new Lowering(b, root))
            .add(
                new Step(
                    Group.ROOT,
                    "enter it",
                    "it is there",
                    l -> l.syscall(Wire.SYS_FCHDIR, l.root())))
            .add(new Step(Group.START, "look", "to see", l -> l.close(l.open("//a/./b/", 0))))
            .build();
    assertThat(Explanation.of(plan))
        .containsExactly(
            "root file system: enter it",
            "    because: it is there",
            "    #0 fchdir(root)",
            "start: look",
            "    because: to see",
            "    #1 openat2(root, \"a/b\", O_CLOEXEC, RESOLVE_IN_ROOT)",
            "    #2 close(#1)");
  }
}
