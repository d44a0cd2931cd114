package dev.mydocker.runtime.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.oci.spec.LinuxSeccomp;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DockerSeccompProfileTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'includes':{'caps':['CAP_SYS_ADMIN']} | false",
        "'includes':{'caps':['CAP_CHOWN']} | true",
        "'includes':{'caps':['CAP_CHOWN','CAP_SYS_ADMIN']} | false",
        "'excludes':{'caps':['CAP_CHOWN','CAP_SYS_ADMIN']} | false",
        "'excludes':{'caps':['CAP_SYS_ADMIN']} | true",
        "'includes':{'caps':['CAP_FROM_THE_FUTURE']} | false",
        "'includes':{'arches':['amd64','x32']} | true",
        "'includes':{'arches':['arm64']} | false",
        "'includes':{'arches':['x86']} | false",
        "'excludes':{'arches':['amd64']} | false",
        "'excludes':{'arches':['s390']} | true",
        "'includes':{'minKernel':'4.8'} | true",
        "'includes':{'minKernel':'6.1'} | true",
        "'includes':{'minKernel':'6.2'} | false",
        "'includes':{'minKernel':'10.0'} | false",
        "'excludes':{'minKernel':'4.8'} | false",
        "'includes':{'minKernel':'4.8','caps':['CAP_SYS_ADMIN']} | false",
        "'includes':{'caps':['CAP_CHOWN']},'excludes':{'caps':['CAP_KILL']} | false",
        "'includes':{},'excludes':{} | true",
        "'comment':'why' | true"
      })
  void aRuleAppliesIfItsConditionsHold(String conditions, boolean applies) {
    LinuxSeccomp profile =
        parse(
            "{'defaultAction':'SCMP_ACT_ERRNO','syscalls':[{'names':['mount'],"
                + "'action':'SCMP_ACT_ALLOW',"
                + conditions
                + "}]}");

    assertThat(profile.syscalls()).hasSize(applies ? 1 : 0);
  }

  @Test
  void archMapGivesTheArchitecturesOfThisMachine() {
    LinuxSeccomp profile =
        parse(
            """
            {'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':1,'archMap':[
              {'architecture':'SCMP_ARCH_AARCH64','subArchitectures':['SCMP_ARCH_ARM']},
              {'architecture':'SCMP_ARCH_X86_64',
               'subArchitectures':['SCMP_ARCH_X86','SCMP_ARCH_X32']},
              {'architecture':'SCMP_ARCH_RISCV64','subArchitectures':null}]}
            """);

    assertThat(profile.architectures())
        .containsExactly("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32");
  }

  @Test
  void aRuleAboutOneNameIsReadAsDockerOnceWroteIt() {
    LinuxSeccomp profile =
        parse(
            """
            {'defaultAction':'SCMP_ACT_ERRNO','architectures':['SCMP_ARCH_X86_64'],'syscalls':[
              {'name':'clone','action':'SCMP_ACT_ALLOW','args':[
                {'index':0,'value':2080505856,'valueTwo':0,'op':'SCMP_CMP_MASKED_EQ'}]},
              {'name':'mount','action':'SCMP_ACT_ERRNO','errnoRet':38,'args':null}]}
            """);

    assertThat(profile.syscalls().getFirst().names()).containsExactly("clone");
    assertThat(profile.syscalls().getFirst().args().getFirst().value()).isEqualTo(2080505856L);
    assertThat(profile.syscalls().getLast().errnoRet()).isEqualTo(38);
  }

  @Test
  void anOciProfileIsReadAsItIs() {
    String json =
        "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"flags\":[\"SECCOMP_FILTER_FLAG_LOG\"],"
            + "\"syscalls\":[{\"names\":[\"mkdir\"],\"action\":\"SCMP_ACT_KILL\"}]}";

    assertThat(parse(json))
        .isEqualTo(LinuxSeccomp.parse(json.getBytes(StandardCharsets.UTF_8), "profile"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'syscalls':[]} | defaultAction: missing",
        "{'defaultAction':'ALLOW'} | defaultAction: unknown seccomp action \"ALLOW\"",
        "{'defaultAction':'SCMP_ACT_KILL','syscalls':[{'action':'SCMP_ACT_KILL'}]}"
            + " | syscalls[0].names: must not be empty",
        "{'defaultAction':'SCMP_ACT_KILL','syscalls':[{'name':'a','names':['b']}]}"
            + " | syscalls[0].name: cannot stand beside names",
        "{'defaultAction':'SCMP_ACT_KILL','syscalls':[{'name':'a','action':'SCMP_ACT_KILL',"
            + "'includes':{'minKernel':'new'}}]}"
            + " | syscalls[0].minKernel: expected a version such as 4.8, found new",
        "{'defaultAction':'SCMP_ACT_KILL','architectures':['SCMP_ARCH_X86'],"
            + "'archMap':[{'architecture':'SCMP_ARCH_X86'}]}"
            + " | archMap: cannot stand beside architectures"
      })
  void aMalformedProfileIsRefusedByItsMember(String json, String problem) {
    assertThatThrownBy(() -> parse(json)).hasMessage("parse /etc/seccomp.json: " + problem);
  }

  private static LinuxSeccomp parse(String json) {
    return DockerSeccompProfile.parse(
        json.replace('\'', '"').getBytes(StandardCharsets.UTF_8),
        "/etc/seccomp.json",
        CapabilitySet.DEFAULT,
        SeccompArchitecture.X86_64,
        "6.1.0-13-amd64");
  }
}
