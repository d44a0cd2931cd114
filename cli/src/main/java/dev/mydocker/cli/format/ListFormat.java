package dev.mydocker.cli.format;

import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonString;
import dev.mydocker.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a list is printed: {@code --format} of {@code ps} and {@code images}, which is empty or
 * {@code table} for the usual columns, {@code table TEMPLATE}, {@code json}, or a template for each
 * line.
 */
public final class ListFormat {
  private static final String TABLE = "table";

  private final Map<String, String> headers;
  private final List<String> columns;

  /**
   * A thing in the list.
   *
   * @param fields what templates see, by Docker's names
   * @param methods what a field answers when it is called with a key: {@code .Label "KEY"}
   */
  public record Row(JsonObject fields, JsonObject methods) {
    /** A row without methods. */
    public static Row of(JsonObject fields) {
      return new Row(fields, JsonObject.empty());
    }
  }

  /**
   * A list with certain fields.
   *
   * @param headers the header of each field, by its name
   * @param columns the fields that the usual table shows, in order
   */
  public ListFormat(Map<String, String> headers, List<String> columns) {
    this.headers = new LinkedHashMap<>(headers);
    this.columns = List.copyOf(columns);
  }

  /**
   * Returns the text of a list.
   *
   * @param format what {@code --format} says, or nothing
   * @param quiet whether only identifiers are shown, as {@code -q} says
   */
  public String text(String format, boolean quiet, List<Row> rows) {
    if (quiet) {
      StringBuilder out = new StringBuilder();
      for (Row row : rows) {
        out.append(GoPrint.text(row.fields().get("ID"))).append('\n');
      }
      return out.toString();
    }
    if (format.isEmpty() || format.equals(TABLE)) {
      return usual(rows);
    }
    if (format.equals("json")) {
      StringBuilder out = new StringBuilder();
      for (Row row : rows) {
        out.append(Json.compact(sorted(row.fields()))).append('\n');
      }
      return out.toString();
    }
    boolean table = format.startsWith(TABLE);
    GoTemplate template = GoTemplate.parse(unescaped(table ? format.substring(5) : format));
    List<String> lines = new ArrayList<>();
    if (table) {
      Map<String, JsonValue> names = new LinkedHashMap<>();
      headers.forEach((field, header) -> names.put(field, new JsonString(header)));
      lines.add(template.executeHeader(JsonObject.of(names)));
    }
    for (Row row : rows) {
      lines.add(template.executeRow(sorted(row.fields()), row.methods()));
    }
    if (table) {
      return Table.align(split(lines));
    }
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  /** Returns the usual table, empty so far: for rows whose cells are in the columns' order. */
  public Table table() {
    String[] names = new String[columns.size()];
    for (int i = 0; i < names.length; i++) {
      names[i] = headers.getOrDefault(columns.get(i), columns.get(i));
    }
    return new Table(names);
  }

  private String usual(List<Row> rows) {
    Table table = table();
    for (Row row : rows) {
      String[] cells = new String[columns.size()];
      for (int i = 0; i < cells.length; i++) {
        cells[i] = GoPrint.text(row.fields().get(columns.get(i)));
      }
      table.row(cells);
    }
    return table.text();
  }

  /** Docker shows fields in the order of their names. */
  private static JsonObject sorted(JsonObject fields) {
    return JsonObject.of(new TreeMap<>(fields.members()));
  }

  /** People type {@code \t} and {@code \n} between quotes, where a shell leaves them. */
  private static String unescaped(String format) {
    int from = 0;
    int to = format.length();
    while (from < to && format.charAt(from) == ' ') {
      from++;
    }
    while (to > from && format.charAt(to - 1) == ' ') {
      to--;
    }
    return format.substring(from, to).replace("\\t", "\t").replace("\\n", "\n");
  }

  private static List<String> split(List<String> rows) {
    List<String> lines = new ArrayList<>();
    for (String row : rows) {
      int from = 0;
      int end = row.indexOf('\n');
      while (end >= 0) {
        lines.add(row.substring(from, end));
        from = end + 1;
        end = row.indexOf('\n', from);
      }
      lines.add(row.substring(from));
    }
    return lines;
  }
}
