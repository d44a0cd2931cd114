package dev.mydocker.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccountsTest {
  private static final Accounts ACCOUNTS =
      new Accounts(
          """
          root:x:0:0:root:/root:/bin/sh
          # a comment:x:77:77::/comment:
          web:x:33:34:web:/srv/www:/sbin/nologin
          1000:x:2000:2000:a name of digits:/home/digits:
          user:x:1000:1000::/home/user:/bin/sh
          homeless:x:60:60
          relative:x:61:61::no/slash:
          web:x:99:99:a second web:/never:
          """,
          """
          root:x:0:root
          daemon:x:1:web,user
          # none:x:9:user
          web:x:34:
          adm:x:4:user,web,user
          docker:x:999:webmaster
          user:x:1000:user
          short:x
          words:x:many:user
          """);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          root          | 0    | 0    | /root     | ''
          ''            | 0    | 0    | /root     | ''
          0             | 0    | 0    | /root     | ''
          web           | 33   | 34   | /srv/www  | 1 4
          33            | 33   | 34   | /srv/www  | 1 4
          user          | 1000 | 1000 | /home/user| 1 4
          1000          | 2000 | 2000 | /home/digits | ''
          2000          | 2000 | 2000 | /home/digits | ''
          5000          | 5000 | 0    | /         | ''
          4294967294    | 4294967294 | 0 | /      | ''
          web:          | 33   | 34   | /srv/www  | 1 4
          web:adm       | 33   | 4    | /srv/www  | ''
          web:12        | 33   | 12   | /srv/www  | ''
          :adm          | 0    | 4    | /root     | ''
          5000:5000     | 5000 | 5000 | /         | ''
          homeless      | 60   | 60   | /         | ''
          relative      | 61   | 61   | /         | ''
          """)
  void usersAndGroupsAreFoundAsDockerDoes(
      String user, long uid, long gid, String home, String groups) {
    Accounts.Identity identity = ACCOUNTS.identify(user);
    assertThat(identity.user().uid()).isEqualTo(uid);
    assertThat(identity.user().gid()).isEqualTo(gid);
    assertThat(identity.home()).isEqualTo(home);
    List<Long> expected =
        groups.isEmpty()
            ? List.of()
            : List.of(groups.split(" ", -1)).stream().map(Long::valueOf).toList();
    assertThat(identity.user().additionalGids()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nobody", "-1", "4294967295", "99999999999", "1x", " root", "0x10", "#"})
  void anUnknownUserIsAnError(String user) {
    assertThatThrownBy(() -> ACCOUNTS.identify(user))
        .isInstanceOfSatisfying(
            MydockerException.class,
            e -> {
              assertThat(e)
                  .hasMessage(
                      "find user " + user + ": no matching entry in the container's /etc/passwd");
              assertThat(e.category()).isEqualTo(Category.INVALID);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"nogroup", "words", "-5", "4294967295", "short"})
  void anUnknownGroupIsAnError(String group) {
    assertThatThrownBy(() -> ACCOUNTS.identify("web:" + group))
        .hasMessage("find group " + group + ": no matching entry in the container's /etc/group");
  }

  @Test
  void missingFilesKnowNumbersOnly() {
    Accounts none = new Accounts("", "");
    assertThat(none.identify("").user().uid()).isZero();
    assertThat(none.identify("7:8").user().gid()).isEqualTo(8);
    assertThat(none.home(0)).isEqualTo("/");
    assertThatThrownBy(() -> none.identify("root")).isInstanceOf(MydockerException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":",
        "::::::",
        "\n\n\n",
        "root",
        "root:x:::::\n",
        "root:x:-1:0::/:\n",
        "root:x:99999999999999999999:0::/:\n",
        "root:x:0x0:0::/:\n",
        "root:x:0\n",
        "a:b:c:d:e:f:g:h:i",
        "\0\0\0"
      })
  void hostileTextIsNoMoreThanAnUnknownUser(String passwd) {
    Accounts hostile = new Accounts(passwd, passwd);
    assertThatThrownBy(() -> hostile.identify("root")).isInstanceOf(MydockerException.class);
    assertThat(hostile.home(0)).isEqualTo("/");
    assertThat(hostile.identify("5:5").user().uid()).isEqualTo(5);
  }

  @Test
  void aLongLineIsReadInTime() {
    Accounts hostile =
        new Accounts(
            ":".repeat(200_000) + "\nok:x:5:6::/ok:", "g:x:9:" + "x,".repeat(100_000) + "ok");
    Accounts.Identity identity = hostile.identify("ok");
    assertThat(identity.user().uid()).isEqualTo(5);
    assertThat(identity.user().additionalGids()).containsExactly(9L);
  }
}
