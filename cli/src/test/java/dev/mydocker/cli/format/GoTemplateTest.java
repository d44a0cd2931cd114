package dev.mydocker.cli.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.cli.format.GoTemplate.Absent;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected texts are what docker 28.2.2 prints for the same template and data. */
class GoTemplateTest {
  private static final JsonValue DATA =
      Json.parse(
          """
          {"Name": "default", "Pid": 42, "Ratio": 1.5, "Running": true, "None": null,
           "State": {"Status": "running", "ExitCode": 0},
           "Config": {"Env": ["A=1", "B=2"], "Labels": {"b": "2", "a": "1", "com.x": "y"},
                      "Cmd": [], "Volumes": {}},
           "Mounts": [{"Source": "/a", "RW": true}, {"Source": "/b", "RW": false}]}
          """,
          "test");

  private static String execute(String template) {
    return GoTemplate.parse(template).execute(DATA, Absent.ERROR);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '´',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "{{.Name}}~default",
        "a {{.Name}} b~a default b",
        "no actions { } }}~no actions { } }}",
        "{{.State.Status}}~running",
        "{{ .State.ExitCode }}~0",
        "{{.Pid}} {{.Ratio}} {{.Running}}~42 1.5 true",
        "{{.Config.Env}}~[A=1 B=2]",
        "{{.Config.Labels}}~map[a:1 b:2 com.x:y]",
        "{{.Config.Labels.a}}~1",
        "{{.Config.Labels.nope}}~<no value>",
        "{{index .Config.Labels \"com.x\"}}~y",
        "{{index .Config.Labels \"nope\"}}~",
        "{{index .Config.Env 1}}~B=2",
        "{{(index .Mounts 0).Source}}~/a",
        "{{index .Mounts 1 \"Source\"}}~/b",
        "{{len .Config.Env}} {{len .Config.Labels}} {{len .Name}}~2 3 7",
        "{{json .Name}} {{json .Config.Env}} {{json .None}}~\"default\" [\"A=1\",\"B=2\"] null",
        "{{json .State}}~{\"Status\":\"running\",\"ExitCode\":0}",
        "{{.State | json}}~{\"Status\":\"running\",\"ExitCode\":0}",
        "{{join .Config.Env \", \"}}~A=1, B=2",
        "{{join (split \"a b c\" \" \") \"-\"}}~a-b-c",
        "{{upper .Name}} {{lower \"ABC\"}} {{title \"abc def\"}}~DEFAULT abc Abc Def",
        "{{.Name | upper | printf \"%s!\"}}~DEFAULT!",
        "{{pad .Name 2 3}}|{{pad \"\" 2 3}}|{{truncate .Name 3}}~  default   ||def",
        "{{range .Mounts}}{{.Source}};{{end}}~/a;/b;",
        "{{range $i, $m := .Mounts}}{{$i}}{{$m.Source}}{{end}}~0/a1/b",
        "{{range $k, $v := .Config.Labels}}{{$k}}={{$v}} {{end}}~a=1 b=2 com.x=y ",
        "{{range .Config.Cmd}}x{{else}}none{{end}}~none",
        "{{range .Mounts}}{{if not .RW}}{{continue}}{{end}}{{.Source}}{{break}}{{end}}~/a",
        "{{range .Mounts}}{{$.Name}}{{end}}~defaultdefault",
        "{{range 3}}{{.}}{{end}}~012",
        "{{with .State}}{{.Status}}{{end}}~running",
        "{{with .Config.Cmd}}a{{else}}b{{end}}~b",
        "{{with $s := .State}}{{$s.Status}}{{end}}~running",
        "{{if .Running}}up{{else}}down{{end}}~up",
        "{{if .Config.Volumes}}a{{else if .None}}b{{else if eq .Pid 42}}c{{else}}d{{end}}~c",
        "{{if and .Running (gt .Pid 1)}}ok{{end}}~ok",
        "{{and 1 0 2}} {{or 0 \"\" \"z\"}} {{not 0}}~0 z true",
        "{{or .Name .Nope}}~default",
        "{{eq .Name \"x\" \"default\"}} {{ne 1 2}} {{lt 1 2}} {{le 2 2}} {{gt 1 2}} {{ge 1 2}}~true"
            + " true true true false false",
        "{{lt \"a\" \"b\"}} {{eq .Running true}}~true true",
        "{{$x := .Name}}{{$x}}{{$x = \"y\"}}{{$x}}~defaulty",
        "{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}~2",
        "{{/* comment */}}y~y",
        "x  {{- /* comment */ -}}  y~xy",
        "a  {{- .Name -}}  b~adefaultb",
        "{{- if true }} a {{ end -}} b~ a b",
        "{{true}} {{1}} {{-1}} {{1.5}} {{0x10}} {{'a'}} {{`raw\\t`}} {{\"q\\t\\u00e9\\\"\"}}~true 1"
            + " -1 1.5 16 97 raw\\t q\té\"",
        "{{printf \"%d %s %q %v\" 3 \"a\" \"b\\\"c\" .Name}}~3 a \"b\\\"c\" default",
        "{{printf \"%5d|%-5d|%05d|%+d\" 4 5 6 7}}~    4|5    |00006|+7",
        "{{printf \"%x %X %o %b %c %t %%\" 255 255 8 5 65 true}}~ff FF 10 101 A true %",
        "{{printf \"%.2f|%8.3f|%v|%6.2f\" 3.14159 2.5 1.5 3.14159}}~3.14|   2.500|1.5|  3.14",
        "{{printf \"%10s|%-10s|%.2s|%x\" \"abc\" \"abc\" \"abc\" \"hi\"}}~       abc|abc      "
            + " |ab|6869",
        "{{printf \"%d\" \"x\"}} {{printf \"%s\" 3}} {{printf \"%z\" 1}} {{printf"
            + " \"%d\"}}~%!d(string=x) %!s(int=3) %!z(int=1) %!d(MISSING)",
        "{{printf \"x\" 1 \"b\"}}~x%!(EXTRA int=1, string=b)",
        "{{print \"a\" 1 2 \"b\" \"c\" 3}}~a1 2bc3",
        "{{println \"a\" 1 2}}~´a 1 2\n´",
        "{{1 | printf \"%d-%d\" 2}}~2-1",
        "{{slice \"abcdef\" 1 3}}~bc",
        "{{printf \"%s\" .Name | len}}~7",
        "{{.}}~map[Config:map[Cmd:[] Env:[A=1 B=2] Labels:map[a:1 b:2 com.x:y] Volumes:map[]]"
            + " Mounts:[map[RW:true Source:/a] map[RW:false Source:/b]] Name:default None:<nil>"
            + " Pid:42 Ratio:1.5 Running:true State:map[ExitCode:0 Status:running]]",
      })
  void templatesPrintWhatGoPrints(String template, String expected) {
    String wanted =
        expected == null
            ? ""
            : expected.startsWith("´") ? expected.substring(1, expected.length() - 1) : expected;
    assertThat(execute(template)).isEqualTo(wanted);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '´',
      value = {
        "{{.Nope}} ~ 1:2: executing \"\" at <.Nope>: map has no entry for key \"Nope\"",
        "{{.State.Nope}} ~ 1:8: executing \"\" at <.State.Nope>: map has no entry for key \"Nope\"",
        "{{.Name.Foo}} ~ 1:7: executing \"\" at <.Name.Foo>: can't evaluate field Foo in type"
            + " string",
        "{{eq 1 \"a\"}} ~ 1:2: executing \"\" at <eq 1 \"a\">: error calling eq: incompatible types"
            + " for comparison",
        "{{index .Config.Env 5}} ~ 1:2: executing \"\" at <index .Config.Env 5>: error calling"
            + " index: index out of range: 5",
        "{{index .Config.Labels 1}} ~ 1:2: executing \"\" at <index .Config.Labels 1>: error"
            + " calling index: value has type int; should be string",
        "{{len 3}} ~ 1:2: executing \"\" at <len 3>: error calling len: len of type int",
        "{{len}} ~ 1:2: executing \"\" at <len>: wrong number of args for len: want 1 got 0",
        "{{\"abc\" | .Name}} ~ 1:10: executing \"\" at <.Name>: Name has arguments but cannot be"
            + " invoked as function",
        "{{range .Name}}{{end}} ~ 1:8: executing \"\" at <.Name>: range can't iterate over default",
        "{{nope .Name}} ~ 1: function \"nope\" not defined",
        "{{.Name ~ 1: unclosed action",
        "{{if}} ~ 1: missing value for if",
        "{{if .Name}} ~ 1: unexpected EOF",
        "{{end}} ~ 1: unexpected {{end}}",
        "{{else}} ~ 1: unexpected {{else}}",
        "{{$y}} ~ 1: undefined variable \"$y\"",
        "{{break}} ~ 1: {{break}} outside {{range}}",
        "{{\"a}} ~ 1: unterminated quoted string",
        "{{nil}} ~ 1: nil is not a command",
        "{{range $k, $v, $z := .Config}}{{end}} ~ 1: too many declarations in range",
        "{{/* x }} ~ 1: unclosed comment",
        "{{(.Name}} ~ 1: unexpected \"}}\" in parenthesized pipeline",
        "{{define \"x\"}} ~ 1: {{define}} is not supported by mydocker",
      })
  void mistakesAreNamedInGosWords(String template, String message) {
    assertThatThrownBy(() -> execute(template))
        .isInstanceOf(MydockerException.class)
        .hasMessage("template parsing error: template: :" + message);
  }

  @Test
  void theLineOfAMistakeIsCounted() {
    assertThatThrownBy(() -> execute("a\nb {{.Nope}}"))
        .hasMessageContaining("template: :2:4: executing");
  }

  @Test
  void anAbsentFieldOfAMapPrintsNoValue() {
    assertThat(GoTemplate.parse("{{.Nope}}|{{if .Nope}}a{{end}}").execute(DATA, Absent.NO_VALUE))
        .isEqualTo("<no value>|");
    assertThatThrownBy(() -> GoTemplate.parse("{{.Nope.X}}").execute(DATA, Absent.NO_VALUE))
        .hasMessageContaining("nil data; no entry for key \"X\"");
  }
}
