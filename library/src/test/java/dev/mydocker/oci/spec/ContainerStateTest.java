package dev.mydocker.oci.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.oci.json.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContainerStateTest {
  @ParameterizedTest
  @EnumSource
  void roundTripsEveryStatus(ContainerState.Status status) {
    ContainerState state = ContainerState.of("bird", status, 42, "/b", Map.of("a", "b"));

    assertThat(ContainerState.parse(Json.encode(state.toJson()), "state")).isEqualTo(state);
  }

  @Test
  void leavesOutThePidOfAContainerWithoutProcesses() {
    ContainerState state =
        ContainerState.of("bird", ContainerState.Status.STOPPED, 0, "/b", Map.of());

    assertThat(Json.compact(state.toJson()))
        .isEqualTo(
            "{\"ociVersion\":\"1.3.0\",\"id\":\"bird\",\"status\":\"stopped\",\"bundle\":\"/b\"}");
  }

  @Test
  void refusesAnUnknownStatus() {
    byte[] json =
        Bytes.encode(
            "{\"ociVersion\":\"1.0.0\",\"id\":\"a\",\"status\":\"dead\",\"bundle\":\"/b\"}");

    assertThatThrownBy(() -> ContainerState.parse(json, "state"))
        .hasMessage("parse state: status: unknown status \"dead\"");
  }

  @Test
  void tellsASeccompListenerWhatItGets() {
    ContainerState state =
        ContainerState.of("bird", ContainerState.Status.CREATING, 42, "/b", Map.of());

    assertThat(Json.compact(ContainerProcessState.ofSeccomp(42, "opaque", state).toJson()))
        .isEqualTo(
            "{\"ociVersion\":\"1.3.0\",\"fds\":[\"seccompFd\"],\"pid\":42,\"metadata\":\"opaque\","
                + "\"state\":{\"ociVersion\":\"1.3.0\",\"id\":\"bird\",\"status\":\"creating\",\"pid\":42,"
                + "\"bundle\":\"/b\"}}");
  }
}
