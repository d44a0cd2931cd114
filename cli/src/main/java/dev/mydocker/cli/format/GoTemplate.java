package dev.mydocker.cli.format;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonValue;
import java.util.List;
import java.util.Set;

/**
 * A template in the language of Go's text/template with Docker's functions, for {@code --format}.
 *
 * <p>It knows fields, {@code index len slice json join split upper lower title pad truncate print
 * printf println eq ne lt le gt ge and or not}, pipelines, variables, {@code if else range with
 * break continue}, comments and trimmed blanks; not {@code define}, {@code block} and {@code
 * template}. The data is a JSON tree, so where Go would tell a struct from a map, the reader of the
 * data says what an absent member means ({@link Absent}).
 */
public final class GoTemplate {
  /** What becomes of a field that the data does not have. */
  public enum Absent {
    /** It prints {@code <no value>}, as of a map in Go. */
    NO_VALUE,
    /** It is an error that names it, as of a struct in Go: docker inspect. */
    ERROR,
    /** It is an error that says the type has no such field: docker ps. */
    NO_FIELD
  }

  /** Members of docker inspect's objects that are maps: what they lack prints no value. */
  public static final Set<String> MAPS =
      Set.of(
          "Labels",
          "Annotations",
          "Networks",
          "Ports",
          "PortBindings",
          "ExposedPorts",
          "Volumes",
          "Sysctls",
          "Tmpfs",
          "Data",
          "StorageOpt");

  private final String text;
  private final List<TemplateNode> nodes;

  private GoTemplate(String text, List<TemplateNode> nodes) {
    this.text = text;
    this.nodes = nodes;
  }

  /**
   * Parses a template.
   *
   * @throws MydockerException in Go's words, with the place, if it is malformed
   */
  public static GoTemplate parse(String text) {
    return new GoTemplate(text, new TemplateParser(text).parse());
  }

  /**
   * Executes the template.
   *
   * @param absent what becomes of a field that the data does not have
   * @throws MydockerException in Go's words if it does not fit the data
   */
  public String execute(JsonValue data, Absent absent) {
    return execute(new TemplateScope(text, data, JsonObject.empty(), absent, false));
  }

  /**
   * Executes the template over a row of a list.
   *
   * @param methods what the data answers when a field is called with a key: {@code .Label "KEY"}
   */
  String executeRow(JsonObject row, JsonObject methods) {
    return execute(new TemplateScope(text, row, methods, Absent.NO_FIELD, false));
  }

  /** Executes the template over a table's headers, which functions leave as they are. */
  String executeHeader(JsonObject headers) {
    return execute(new TemplateScope(text, headers, JsonObject.empty(), Absent.NO_VALUE, true));
  }

  private String execute(TemplateScope scope) {
    for (TemplateNode node : nodes) {
      var _ = node.write(scope);
    }
    return scope.out().toString();
  }

  /** A mistake at a place of the template, in the form that Go and Docker give it. */
  static MydockerException error(String template, int position, String cause) {
    int line = 1;
    for (int i = 0; i < position; i++) {
      if (template.charAt(i) == '\n') {
        line++;
      }
    }
    return new MydockerException(
        Category.INVALID, "template parsing error: template: :" + line + ": " + cause);
  }
}
