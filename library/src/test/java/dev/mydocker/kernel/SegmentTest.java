package dev.mydocker.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentTest {
  @Test
  void aSmallSegmentHasTheseBytes() {
    SegmentBuilder b = Segment.builder();
    Value file = b.operation(Wire.OP_LOAD, Value.of(0), Value.of(4));
    b.syscall(0x101, file, b.text("/a"), Value.of(-1));
    b.tolerating(2, 20);
    assertThat(hex(b.build().message()))
        .isEqualTo(
            lines(
                "6d79646b 0100 0000 c0000000 02000000 08000000 08000000 00000000 00000000",
                "00000000 00000000",
                "0000000000000000",
                "0000000000000000",
                "05 00 0000 00000000 00000000 00000000 0000000000000000 0400000000000000",
                "0000000000000000 0000000000000000 0000000000000000 0000000000000000",
                "01 02 0600 01010000 02140000 00000000 0000000000000000 0000000000000000",
                "ffffffffffffffff 0000000000000000 0000000000000000 0000000000000000",
                "2f61000000000000"));
  }

  @Test
  void whatIsReturnedLiesBehindTheRestOfTheData() {
    SegmentBuilder b = Segment.builder();
    Value first = b.returned(3);
    Value second = b.returned(8);
    b.text("twelve bytes");
    b.store(second, Value.of(7), 8);
    b.store(first, Value.of(8), 2);
    Segment segment = b.build();
    assertThat(field(segment, Wire.HEADER_RETURN_OFFSET)).isEqualTo(16);
    assertThat(field(segment, Wire.HEADER_RETURN_LENGTH)).isEqualTo(16);
    assertThat(field(segment, Wire.HEADER_DATA_LENGTH)).isEqualTo(32);
    assertThat(argument(segment, 0, 0)).isEqualTo(16 + 8);
    assertThat(argument(segment, 1, 0)).isEqualTo(16);
    assertThat(segment.replyLength()).isEqualTo(Wire.HEADER_SIZE + 2 * 8 + 16);
    int whole = Wire.HEADER_SIZE + 2 * (8 + Wire.INSTRUCTION_SIZE) + 32;
    assertThat(segment.message()).hasSize(whole - 16);
    assertThat(field(segment, Wire.HEADER_LENGTH)).isEqualTo(whole - 16);
    assertThat(segment.wholeMessage()).hasSize(whole).endsWith(new byte[16]);
  }

  @Test
  void jumpsKnowTheInstructionOfTheirLabel() {
    SegmentBuilder b = Segment.builder();
    Label end = new Label();
    b.jump(end, Value.of(1), 1, 1);
    b.syscall(1);
    b.jumpingTo(end);
    b.syscall(2);
    b.here(end);
    Segment segment = b.build();
    assertThat(jump(segment, 0)).isEqualTo(3);
    assertThat(jump(segment, 1)).isEqualTo(3);
  }

  @Test
  void aJumpBackwardIsRefused() {
    SegmentBuilder b = Segment.builder();
    Label here = new Label();
    b.here(here);
    b.jump(here, Value.of(1), 1, 1);
    assertThatThrownBy(b::build).hasMessage("a jump must go forward");
  }

  @Test
  void aJumpToNowhereIsRefused() {
    SegmentBuilder b = Segment.builder();
    b.jump(new Label(), Value.of(1), 1, 1);
    assertThatThrownBy(b::build).hasMessage("a jump must go forward");
  }

  @Test
  void stringsAreOffsetsThatEndWithMinusOne() {
    SegmentBuilder b = Segment.builder();
    Value array = b.strings(List.of("ab", "", "\uDCFF"));
    Segment segment = b.build();
    byte[] data = data(segment);
    assertThat(Arrays.copyOf(data, 6)).containsExactly('a', 'b', 0, 0, 0xFF, 0);
    ByteBuffer offsets = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    int at = (int) array.number();
    assertThat(
            new long[] {
              offsets.getLong(at),
              offsets.getLong(at + 8),
              offsets.getLong(at + 16),
              offsets.getLong(at + 24)
            })
        .containsExactly(0, 3, 4, -1);
    assertThat(argument(segment, 0, 0)).isEqualTo(at);
    assertThat(argument(segment, 0, 1)).isEqualTo(4);
  }

  @Test
  void buildersGrow() {
    SegmentBuilder b = Segment.builder();
    for (int i = 0; i < 1000; i++) {
      b.syscall(Wire.SYS_GETPID, b.text("argument " + i), b.returned(8));
    }
    Segment segment = b.build();
    assertThat(segment.instructions()).isEqualTo(1000);
    assertThat(argument(segment, 999, 1))
        .isEqualTo(field(segment, Wire.HEADER_RETURN_OFFSET) + 999 * 8);
  }

  @Test
  void descriptorsAreNumberedAsTheyCome() {
    SegmentBuilder b = Segment.builder();
    b.syscall(1, b.descriptor(17), b.descriptor(9));
    Segment segment = b.build();
    assertThat(segment.descriptors()).containsExactly(17, 9);
    assertThat(field(segment, Wire.HEADER_DESCRIPTORS)).isEqualTo(2);
    assertThat(argument(segment, 0, 1)).isEqualTo(1);
  }

  @Test
  void moreDescriptorsThanASocketCarriesAreRefused() {
    SegmentBuilder b = Segment.builder();
    for (int i = 0; i < Wire.MAXIMUM_DESCRIPTORS; i++) {
      b.descriptor(3);
    }
    assertThatThrownBy(() -> b.descriptor(3)).hasMessage("too many descriptors for one segment");
  }

  @Test
  void onlyAPlaceInTheDataCanBeStoredTo() {
    SegmentBuilder b = Segment.builder();
    assertThatThrownBy(() -> b.store(Value.of(8), Value.of(1), 4))
        .hasMessage("not a place in the data");
  }

  @Test
  void aReplyIsReadByWhatTheBuilderGave() {
    SegmentBuilder b = Segment.builder().trace();
    Value result = b.syscall(1);
    Value room = b.returned(16);
    ByteBuffer reply = ByteBuffer.allocate(b.build().replyLength()).order(ByteOrder.LITTLE_ENDIAN);
    reply.putInt(Wire.HEADER_FAILED, -1);
    reply.putLong(Wire.HEADER_SIZE, -5);
    reply.putLong(Wire.HEADER_SIZE + 8, 1234);
    reply.put(Wire.HEADER_SIZE + 16, new byte[] {'x', (byte) 0x80, -1, -1, -1, -1});
    Reply read = new Reply(reply.array(), 1, true, new int[0]);
    assertThat(read.succeeded()).isTrue();
    assertThat(read.result(result)).isEqualTo(-5);
    assertThat(read.nanoseconds(0)).isEqualTo(1234);
    assertThat(read.text(room, 2)).isEqualTo("x\uDC80");
    assertThat(read.number(room.plus(2), 4)).isEqualTo(-1);
    assertThat(read.number(room.plus(2), 2)).isEqualTo(0xFFFF);
    assertThat(read.bytes(room.plus(1), 2)).containsExactly(0x80, 0xFF);
  }

  @Test
  void aFailedReplyNamesTheOperation() {
    ByteBuffer reply = ByteBuffer.allocate(Wire.HEADER_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    reply.putInt(Wire.HEADER_FAILED, 3);
    reply.putInt(Wire.HEADER_ERROR, Errno.EACCES);
    Reply read = new Reply(reply.array(), 0, false, new int[0]);
    assertThat(read.failed()).isEqualTo(3);
    assertThatThrownBy(() -> read.orThrow("mount /a on /b"))
        .isInstanceOf(KernelException.class)
        .hasMessage("mount /a on /b: permission denied");
  }

  private static int field(Segment segment, int offset) {
    return buffer(segment).getInt(offset);
  }

  private static int codeAt(Segment segment, int instruction) {
    return Wire.HEADER_SIZE + 8 * segment.instructions() + Wire.INSTRUCTION_SIZE * instruction;
  }

  private static long argument(Segment segment, int instruction, int argument) {
    return buffer(segment)
        .getLong(codeAt(segment, instruction) + Wire.INSTRUCTION_ARGUMENT + 8 * argument);
  }

  private static int jump(Segment segment, int instruction) {
    return buffer(segment).getInt(codeAt(segment, instruction) + Wire.INSTRUCTION_JUMP);
  }

  private static byte[] data(Segment segment) {
    byte[] message = segment.message();
    return Arrays.copyOfRange(message, codeAt(segment, segment.instructions()), message.length);
  }

  private static ByteBuffer buffer(Segment segment) {
    return ByteBuffer.wrap(segment.message()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static String lines(String... lines) {
    return String.join("", lines).replace(" ", "");
  }
}
