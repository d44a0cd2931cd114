package dev.mydocker.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What instructions do, on the real kernel and by both performers. */
@ParameterizedClass
@EnumSource(Performers.class)
class InterpreterTest {
  /** A call that fails: closing what is not open. */
  private static final Value NOT_OPEN = Value.of(-1);

  private final Performer performer;

  InterpreterTest(Performers kind) {
    performer = kind.open();
  }

  @AfterEach
  void close() {
    performer.close();
  }

  @Test
  void theResultOfACallIsAnArgumentOfTheNext() {
    SegmentBuilder b = Segment.builder();
    Value pid = b.syscall(Wire.SYS_GETPID);
    Value same = b.syscall(Wire.SYS_KILL, pid, Value.of(0));
    Reply reply = performer.perform(b.build());
    assertThat(reply.succeeded()).isTrue();
    assertThat(reply.failed()).isEqualTo(-1);
    assertThat(reply.result(pid)).isPositive();
    assertThat(reply.result(same)).isZero();
  }

  @Test
  void anErrorEndsTheSegment() {
    SegmentBuilder b = Segment.builder();
    b.syscall(Wire.SYS_GETPID);
    b.syscall(Wire.SYS_CLOSE, NOT_OPEN);
    Value notReached = b.syscall(Wire.SYS_GETPID);
    Reply reply = performer.perform(b.build());
    assertThat(reply.succeeded()).isFalse();
    assertThat(reply.failed()).isEqualTo(1);
    assertThat(reply.error()).isEqualTo(Errno.EBADF);
    assertThat(reply.result(notReached)).isZero();
  }

  @Test
  void anIgnoredErrorIsAResult() {
    SegmentBuilder b = Segment.builder();
    Value ignored = b.syscall(Wire.SYS_CLOSE, NOT_OPEN);
    b.ignoringErrors();
    Value next = b.syscall(Wire.SYS_GETPID);
    Reply reply = performer.perform(b.build());
    assertThat(reply.succeeded()).isTrue();
    assertThat(reply.result(ignored)).isEqualTo(-Errno.EBADF);
    assertThat(reply.result(next)).isPositive();
  }

  @ParameterizedTest
  @MethodSource
  void onlyListedErrorsAreTolerated(int[] listed, boolean tolerated) {
    SegmentBuilder b = Segment.builder();
    b.syscall(Wire.SYS_CLOSE, NOT_OPEN);
    b.tolerating(listed);
    assertThat(performer.perform(b.build()).succeeded()).isEqualTo(tolerated);
  }

  static Stream<Arguments> onlyListedErrorsAreTolerated() {
    return Stream.of(
        Arguments.of(new int[] {Errno.EBADF}, true),
        Arguments.of(new int[] {1, 2, 3, Errno.EBADF}, true),
        Arguments.of(new int[] {1, 2, 3, 4}, false),
        Arguments.of(new int[] {}, false));
  }

  @Test
  void anErrorMayJumpForward() {
    SegmentBuilder b = Segment.builder();
    Label failed = new Label();
    b.syscall(Wire.SYS_CLOSE, NOT_OPEN);
    b.jumpingTo(failed, Errno.EBADF);
    Value skipped = b.syscall(Wire.SYS_GETPID);
    b.here(failed);
    Value reached = b.syscall(Wire.SYS_GETPID);
    Reply reply = performer.perform(b.build()).orThrow("jump");
    assertThat(reply.result(skipped)).isZero();
    assertThat(reply.result(reached)).isPositive();
  }

  @Test
  void successDoesNotJump() {
    SegmentBuilder b = Segment.builder();
    Label failed = new Label();
    b.syscall(Wire.SYS_GETPID);
    b.jumpingTo(failed);
    Value reached = b.syscall(Wire.SYS_GETPID);
    b.here(failed);
    assertThat(performer.perform(b.build()).orThrow("go on").result(reached)).isPositive();
  }

  @Test
  void anErrorThatIsNotListedDoesNotJump() {
    SegmentBuilder b = Segment.builder();
    Label failed = new Label();
    b.syscall(Wire.SYS_CLOSE, NOT_OPEN);
    b.jumpingTo(failed, Errno.ENOENT);
    b.here(failed);
    assertThat(performer.perform(b.build()).error()).isEqualTo(Errno.EBADF);
  }

  @Test
  void aCheckComparesMaskedBitsAndNamesItsError() {
    SegmentBuilder b = Segment.builder();
    b.check(Value.of(0xABCD), 0xFF00, 0xAB00, Errno.ELOOP);
    b.check(Value.of(0xABCD), 0x00FF, 0x00AB, Errno.ENODEV);
    Reply reply = performer.perform(b.build());
    assertThat(reply.failed()).isEqualTo(1);
    assertThat(reply.error()).isEqualTo(Errno.ENODEV);
  }

  @Test
  void aJumpIsTakenWhereTheMaskedBitsAreEqual() {
    SegmentBuilder b = Segment.builder();
    Label equal = new Label();
    Label different = new Label();
    b.jump(different, Value.of(6), 3, 3);
    b.jump(equal, Value.of(6), 3, 2);
    b.check(Value.of(1), 1, 0, Errno.EIO);
    b.here(equal);
    b.here(different);
    assertThat(performer.perform(b.build()).succeeded()).isTrue();
  }

  @Test
  void numbersAreStoredAndLoadedInAnyWidth() {
    SegmentBuilder b = Segment.builder();
    Value room = b.returned(16);
    b.store(room, Value.of(0x8877665544332211L), 8);
    b.store(room.plus(8), Value.of(0xFFEE), 1);
    b.store(room.plus(9), Value.of(0xCCBBAA), 3);
    Value all = b.load(room, 8);
    Value low = b.load(room, 4);
    Value high = b.load(room.plus(7), 1);
    Reply reply = performer.perform(b.build()).orThrow("store");
    assertThat(reply.result(all)).isEqualTo(0x8877665544332211L);
    assertThat(reply.result(low)).isEqualTo(0x44332211);
    assertThat(reply.result(high)).isEqualTo(0x88);
    assertThat(reply.bytes(room.plus(8), 4)).containsExactly(0xEE, 0xAA, 0xBB, 0xCC);
  }

  @Test
  void aNumberThatLooksLikeAnErrorMayBeLoaded() {
    SegmentBuilder b = Segment.builder();
    Value minusOne = b.load(b.longs(-1), 8);
    assertThat(performer.perform(b.build()).orThrow("load").result(minusOne)).isEqualTo(-1);
  }

  @Test
  void pointersAreStoredAsAddresses() {
    SegmentBuilder b = Segment.builder();
    Value path = b.text("/proc/self/status");
    Value vector = b.longs(0, 6);
    b.store(vector, path, 8);
    Value pair = b.returned(8);
    b.syscall(Wire.SYS_PIPE2, pair, Value.of(Linux.O_CLOEXEC));
    Value readEnd = b.load(pair, 4);
    Value writeEnd = b.load(pair.plus(4), 4);
    Value written = b.syscall(Wire.SYS_WRITE, writeEnd, path, Value.of(6));
    Value buffer = b.returned(8);
    b.syscall(Wire.SYS_READ, readEnd, buffer, Value.of(8));
    b.syscall(Wire.SYS_CLOSE, readEnd);
    b.syscall(Wire.SYS_CLOSE, writeEnd);
    Reply reply = performer.perform(b.build()).orThrow("pipe");
    assertThat(reply.result(written)).isEqualTo(6);
    assertThat(reply.text(buffer, 6)).isEqualTo("/proc/");
  }

  @Test
  void relocatedStringsAreAddressesAndMinusOneIsNull() {
    SegmentBuilder b = Segment.builder();
    Value array = b.strings(List.of("first", "second"));
    Value first = b.load(array, 8);
    Value second = b.load(array.plus(8), 8);
    Value end = b.load(array.plus(16), 8);
    Reply reply = performer.perform(b.build()).orThrow("relocate");
    assertThat(reply.result(second) - reply.result(first)).isEqualTo("first".length() + 1);
    assertThat(reply.result(end)).isZero();
  }

  @Test
  void aRelocationOutsideTheDataIsRefused() {
    SegmentBuilder b = Segment.builder();
    Value array = b.longs(1 << 20);
    b.operation(Wire.OP_RELOCATE, Value.of(array.number()), Value.of(1));
    assertThat(performer.perform(b.build()).error()).isEqualTo(Errno.EINVAL);
  }

  @Test
  void aTracedSegmentTellsTimes() {
    SegmentBuilder b = Segment.builder().trace();
    b.syscall(Wire.SYS_NANOSLEEP, b.longs(0, 2_000_000), Value.of(0));
    b.syscall(Wire.SYS_GETPID);
    Reply reply = performer.perform(b.build()).orThrow("sleep");
    assertThat(reply.nanoseconds(0)).isGreaterThanOrEqualTo(2_000_000);
    assertThat(reply.nanoseconds(1)).isNotNegative().isLessThan(reply.nanoseconds(0));
  }

  @Test
  void anEmptySegmentSucceeds() {
    assertThat(performer.perform(Segment.builder().build()).succeeded()).isTrue();
  }

  @Test
  void aLargeSegmentComesBackWhole() {
    SegmentBuilder b = Segment.builder();
    byte[] bytes = new byte[3 << 20];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31 >> 3);
    }
    Value pair = b.returned(8);
    Value image = b.syscall(Wire.SYS_MEMFD_CREATE, b.text("large"), Value.of(Linux.MFD_CLOEXEC));
    b.syscall(Wire.SYS_WRITE, image, b.bytes(bytes), Value.of(bytes.length));
    Value back = b.returned(bytes.length);
    b.syscall(Wire.SYS_PREAD64, image, back, Value.of(bytes.length), Value.of(0));
    b.syscall(Wire.SYS_CLOSE, image);
    Reply reply = performer.perform(b.build()).orThrow("copy");
    assertThat(reply.bytes(back, bytes.length)).isEqualTo(bytes);
    assertThat(reply.number(pair, 8)).isZero();
  }

  @Test
  void aPerformerIsUsableAfterItRefusedASegment() {
    assertThatThrownBy(() -> performer.perform(changed(Wire.HEADER_RETURN_OFFSET, 99)));
    assertThat(performer.perform(Segment.builder().build()).succeeded()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void aSegmentThatReachesOutsideItselfIsRefusedBeforeAnythingRuns(
      String what, Consumer<ByteBuffer> change) {
    // The first instruction would make a descriptor, so nothing may have run if there is none.
    long before = openDescriptors();
    SegmentBuilder b = Segment.builder();
    Label end = new Label();
    b.syscall(Wire.SYS_DUP, Value.of(2));
    Value room = b.room(32);
    b.store(room, Value.of(1), 8);
    b.load(room, 8);
    b.operation(Wire.OP_RELOCATE, Value.of(room.number()), Value.of(0));
    b.jump(end, Value.of(1), 1, 1);
    b.here(end);
    Segment segment = b.build();
    change.accept(ByteBuffer.wrap(segment.message()).order(ByteOrder.LITTLE_ENDIAN));
    assertThatThrownBy(() -> performer.perform(segment))
        .isInstanceOf(KernelException.class)
        .hasMessageStartingWith("perform a plan segment: ");
    assertThat(openDescriptors()).isEqualTo(before);
  }

  static Stream<Arguments> aSegmentThatReachesOutsideItselfIsRefusedBeforeAnythingRuns() {
    return Stream.of(
        hostile("data argument", m -> kinds(m, 0, Wire.KIND_DATA).putLong(argument(0, 0), 33)),
        hostile("later result", m -> kinds(m, 0, Wire.KIND_RESULT).putLong(argument(0, 0), 0)),
        hostile("descriptor", m -> kinds(m, 0, Wire.KIND_DESCRIPTOR).putLong(argument(0, 0), 0)),
        hostile("store offset", m -> m.putLong(argument(1, 0), 25)),
        hostile("negative store offset", m -> m.putLong(argument(1, 0), -8)),
        hostile("store width", m -> m.putLong(argument(1, 2), 9)),
        hostile("computed store offset", m -> kinds(m, 1, Wire.KIND_RESULT)),
        hostile("load offset", m -> m.putLong(argument(2, 0), 1L << 40)),
        hostile("load width", m -> m.putLong(argument(2, 1), 16)),
        hostile("relocation count", m -> m.putLong(argument(3, 1), 5)),
        hostile("overflowing count", m -> m.putLong(argument(3, 1), 1L << 61)),
        hostile("jump backward", m -> m.putInt(code(4) + Wire.INSTRUCTION_JUMP, 3)),
        hostile("jump to itself", m -> m.putInt(code(4) + Wire.INSTRUCTION_JUMP, 4)),
        hostile("jump beyond", m -> m.putInt(code(4) + Wire.INSTRUCTION_JUMP, 6)),
        hostile("operation 0", m -> m.put(code(4), (byte) 0)),
        hostile("operation", m -> m.put(code(4), (byte) (Wire.OP_LAST + 1))),
        hostile("policy", m -> m.put(code(4) + Wire.INSTRUCTION_POLICY, (byte) 4)),
        hostile("more instructions", m -> m.putInt(Wire.HEADER_INSTRUCTIONS, 6)),
        hostile("many instructions", m -> m.putInt(Wire.HEADER_INSTRUCTIONS, -1)),
        hostile("data length", m -> m.putInt(Wire.HEADER_DATA_LENGTH, 64)),
        hostile("return offset", m -> m.putInt(Wire.HEADER_RETURN_OFFSET, 33)),
        hostile("return length", m -> m.putInt(Wire.HEADER_RETURN_LENGTH, 33)),
        hostile("trace without room", m -> m.putShort(Wire.HEADER_FLAGS, (short) 1)),
        hostile("descriptors", m -> m.putInt(Wire.HEADER_DESCRIPTORS, 1)));
  }

  private static Arguments hostile(String what, Consumer<ByteBuffer> change) {
    return Arguments.of(what, change);
  }

  private static int code(int instruction) {
    return Wire.HEADER_SIZE + 8 * 5 + Wire.INSTRUCTION_SIZE * instruction;
  }

  private static int argument(int instruction, int argument) {
    return code(instruction) + Wire.INSTRUCTION_ARGUMENT + 8 * argument;
  }

  private static ByteBuffer kinds(ByteBuffer message, int instruction, int kinds) {
    return message.putShort(code(instruction) + Wire.INSTRUCTION_KINDS, (short) kinds);
  }

  private static Segment changed(int offset, int value) {
    Segment segment = Segment.builder().build();
    ByteBuffer.wrap(segment.message()).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value);
    return segment;
  }

  private long openDescriptors() {
    FileWorker files = new FileWorker(performer);
    int directory =
        files.open(FileWorker.HOST, "/proc/self/fd", Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    try {
      return files.list(directory).size();
    } finally {
      files.close(directory);
    }
  }
}
