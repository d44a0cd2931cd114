package dev.mydocker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.oci.image.ContainerConfig;
import dev.mydocker.oci.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "CMD [\"a\", \"b c\"]                | {\"Cmd\":[\"a\",\"b c\"]}",
        "cmd echo hi                         | {\"Cmd\":[\"/bin/sh\",\"-c\",\"echo hi\"]}",
        "CMD [ -f /x ] && y                  | {\"Cmd\":[\"/bin/sh\",\"-c\",\"[ -f /x ] && y\"]}",
        "ENTRYPOINT [\"/e\"]                 | {\"Entrypoint\":[\"/e\"]}",
        "ENTRYPOINT top -b                   | {\"Entrypoint\":[\"/bin/sh\",\"-c\",\"top -b\"]}",
        "ENV A=b C=\"d e\" F=g\\ h           | {\"Env\":[\"A=b\",\"C=d e\",\"F=g h\"]}",
        "ENV A the whole rest                | {\"Env\":[\"A=the whole rest\"]}",
        "ENV A=                              | {\"Env\":[\"A=\"]}",
        "ENV A='$B'                          | {\"Env\":[\"A=$B\"]}",
        "ENV A=${B:-c} D=${B:+e}f G=$B       | {\"Env\":[\"A=c\",\"D=f\",\"G=\"]}",
        "EXPOSE 80 443/UDP 8000-8002         |"
            + " {\"ExposedPorts\":{\"80/tcp\":{},\"443/udp\":{},\"8000/tcp\":{},\"8001/tcp\":{},\"8002/tcp\":{}}}",
        "LABEL a=b \"c.d\"=\"e f\"           | {\"Labels\":{\"a\":\"b\",\"c.d\":\"e f\"}}",
        "USER 1000:1000                      | {\"User\":\"1000:1000\"}",
        "VOLUME /a /b                        | {\"Volumes\":{\"/a\":{},\"/b\":{}}}",
        "VOLUME [\"/a b\"]                   | {\"Volumes\":{\"/a b\":{}}}",
        "WORKDIR /a/../b/./c/                | {\"WorkingDir\":\"/b/c\"}",
        "STOPSIGNAL SIGUSR1                  | {\"StopSignal\":\"SIGUSR1\"}",
        "STOPSIGNAL 9                        | {\"StopSignal\":\"9\"}",
        "HEALTHCHECK NONE                    | {\"Healthcheck\":{\"Test\":[\"NONE\"]}}",
        "HEALTHCHECK CMD test -f /x          |"
            + " {\"Healthcheck\":{\"Test\":[\"CMD-SHELL\",\"test -f /x\"]}}",
        "HEALTHCHECK --interval=1m30s --retries=2 --timeout=500ms CMD [\"a\",\"b\"] |"
            + " {\"Healthcheck\":{\"Test\":[\"CMD\",\"a\",\"b\"],\"Interval\":90000000000,"
            + "\"Timeout\":500000000,\"Retries\":2}}",
        "ONBUILD RUN make                    | {\"OnBuild\":[\"RUN make\"]}",
      })
  void anInstructionChangesTheConfiguration(String instruction, String json) {
    ContainerConfig config = Changes.apply(ContainerConfig.EMPTY, List.of(instruction));
    assertThat(Json.compact(config.toJson())).isEqualTo(json);
  }

  @Test
  void instructionsBuildOnEachOtherAndOnWhatIsThere() {
    ContainerConfig base =
        ContainerConfig.builder()
            .env(List.of("PATH=/bin", "A=1"))
            .entrypoint(List.of("/old"))
            .cmd(List.of("args"))
            .workingDir("/srv")
            .label("a", "1")
            .build();
    ContainerConfig config =
        Changes.apply(
            base,
            List.of(
                "ENV PATH=/opt/bin:$PATH",
                "ENV A=2 B=${A}",
                "WORKDIR sub",
                "WORKDIR ../other",
                "LABEL a=2",
                "ENTRYPOINT [\"/new\"]"));
    assertThat(config.env()).containsExactly("PATH=/opt/bin:/bin", "A=2", "B=1");
    assertThat(config.workingDir()).isEqualTo("/srv/other");
    assertThat(config.labels()).containsEntry("a", "2").hasSize(1);
    assertThat(config.entrypoint()).containsExactly("/new");
    assertThat(config.cmd()).isEmpty();
    assertThat(Changes.apply(base, List.of("CMD x", "ENTRYPOINT [\"/new\"]")).cmd()).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RUN make         | unknown instruction",
        "FROM x           | unknown instruction",
        "CMD              | nothing behind CMD",
        "ENV A            | expected NAME=value",
        "ENV =b           | expected NAME=value, found \"=b\"",
        "LABEL a=b c      | expected NAME=value, found \"c\"",
        "EXPOSE http      | \"http\" is no port",
        "EXPOSE 70000     | \"70000\" is no port",
        "EXPOSE 80/icmp   | unknown protocol \"icmp\" (tcp, udp and sctp are known)",
        "EXPOSE 90-80     | the range 90-80 goes backwards",
        "STOPSIGNAL SIGX  | unknown signal \"SIGX\"",
        "STOPSIGNAL 65    | unknown signal \"65\"",
        "HEALTHCHECK x    | expected CMD or NONE, found \"x\"",
        "HEALTHCHECK CMD  | nothing behind CMD",
        "HEALTHCHECK CMD [] | nothing behind CMD",
        "HEALTHCHECK --interval=5 CMD x | --interval \"5\" is no duration such as 1m30s",
        "HEALTHCHECK --timeout=1us CMD x | --timeout must be at least 1ms",
        "HEALTHCHECK --retries=-1 CMD x | --retries must not be negative",
        "HEALTHCHECK --foo=1 CMD x | unknown flag: foo",
        "HEALTHCHECK --retries=1 NONE | nothing else goes with NONE",
        "USER a b         | expected one word",
        "ONBUILD FROM x   | FROM is not allowed behind ONBUILD",
      })
  void whatIsWrongIsNamed(String instruction, String why) {
    assertThatThrownBy(() -> Changes.apply(ContainerConfig.EMPTY, List.of(instruction)))
        .isInstanceOf(MydockerException.class)
        .hasMessage("change the image by \"" + instruction + "\": " + why);
  }
}
