package dev.mydocker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.oci.json.FieldException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MydockerExceptionTest {
  private final Throwable cause = new IllegalStateException();

  @Test
  void itsMessageIsMadeOfItsParts() {
    MydockerException e =
        MydockerException.of(
            Category.CONFLICT, "pause container", "bird", "it is: paused", "unpause it", cause);

    assertThat(e).hasMessage("pause container bird: it is: paused").hasCause(cause);
    assertThat(e.category()).isEqualTo(Category.CONFLICT);
    assertThat(e.operation()).hasValue("pause container");
    assertThat(e.object()).hasValue("bird");
    assertThat(e.reason()).isEqualTo("it is: paused");
    assertThat(e.suggestion()).hasValue("unpause it");
    assertThat(e.output()).isEmpty();
  }

  @Test
  void wordsThatSomebodyGaveWereChecked() {
    MydockerException e =
        MydockerException.invalid("mode of volume", "x", "invalid mode: x", "it is ro or rw");

    assertThat(e).hasMessage("invalid mode: x");
    assertThat(e.category()).isEqualTo(Category.INVALID);
    assertThat(e.operation()).hasValue("check mode of volume");
    assertThat(e.object()).hasValue("x");
    assertThat(e.reason()).isEqualTo("invalid mode: x");
    assertThat(e.suggestion()).hasValue("it is ro or rw");
  }

  @Test
  void dockersWordsHavePartsBeside() {
    MydockerException e =
        MydockerException.said(
            Category.NOT_FOUND,
            "No such container: bird",
            "find container",
            "bird",
            "no such container",
            "look",
            cause);

    assertThat(e).hasMessage("No such container: bird").hasCause(cause);
    assertThat(e.operation()).hasValue("find container");
    assertThat(e.object()).hasValue("bird");
    assertThat(e.reason()).isEqualTo("no such container");
    assertThat(e.suggestion()).hasValue("look");
  }

  @Test
  void aFieldOfJsonHasParts() {
    FieldException e = new FieldException("args[2]", "expected a string").within("process");

    assertThat(e).hasMessage("process.args[2]: expected a string");
    assertThat(e.operation()).hasValue("check");
    assertThat(e.object()).hasValue("process.args[2]");
    assertThat(e.reason()).isEqualTo("expected a string");
  }

  @Test
  void theObjectMayBeInTheOperation() {
    MydockerException e = MydockerException.of(Category.INVALID, "save images", "", "disk full");

    assertThat(e).hasMessage("save images: disk full");
    assertThat(e.operation()).hasValue("save images");
    assertThat(e.object()).isEmpty();
  }

  @Test
  void outputIsAddedToTheSameError() {
    MydockerException e = MydockerException.of(Category.CONFLICT, "exec in", "bird", "it ended");
    e.addSuppressed(cause);

    MydockerException with = e.withOutput("bye\n");

    assertThat(with).hasMessage("exec in bird: it ended").hasSuppressedException(cause);
    assertThat(with.getStackTrace()).isEqualTo(e.getStackTrace());
    assertThat(with.object()).hasValue("bird");
    assertThat(with.output()).hasValue("bye\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "open /etc/passwd | open | /etc/passwd",
        "mount /a on /b | mount | /a on /b",
        "read symbolic link /x | read symbolic link | /x",
        "write \"1\" to /sys/x | write | \"1\" to /sys/x",
        "open process 12 | open process | 12",
        "enter the namespaces of container bird | enter the namespaces of container | bird",
        "pivot into the root file system | pivot into the root file system | -",
      })
  void systemCallsThatFailHaveParts(String tried, String operation, String object) {
    KernelException e = new KernelException(tried, Errno.EACCES);

    assertThat(e).hasMessage(tried + ": permission denied");
    assertThat(e.operation()).hasValue(operation);
    assertThat(e.object().orElse(null)).isEqualTo(object);
    assertThat(e.reason()).isEqualTo("permission denied");
  }
}
