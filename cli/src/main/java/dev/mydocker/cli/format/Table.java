package dev.mydocker.cli.format;

import java.util.ArrayList;
import java.util.List;

/**
 * Columns of text as docker's are: Go's tabwriter with cells of ten characters or more and three
 * blanks between them.
 */
public final class Table {
  private static final int NARROWEST = 10;
  private static final int PADDING = 3;

  private final List<String[]> rows = new ArrayList<>();

  /** Begins a table with a row of headers. */
  public Table(String... headers) {
    rows.add(headers);
  }

  private Table(List<String[]> rows) {
    this.rows.addAll(rows);
  }

  /** Adds a row. */
  public Table row(String... cells) {
    rows.add(cells.clone());
    return this;
  }

  /** Aligns lines whose cells are separated by tabs. */
  public static String align(List<String> lines) {
    List<String[]> rows = new ArrayList<>();
    for (String line : lines) {
      rows.add(cells(line));
    }
    return new Table(rows).text();
  }

  private static String[] cells(String line) {
    List<String> cells = new ArrayList<>();
    int from = 0;
    int tab = line.indexOf('\t');
    while (tab >= 0) {
      cells.add(line.substring(from, tab));
      from = tab + 1;
      tab = line.indexOf('\t', from);
    }
    cells.add(line.substring(from));
    return cells.toArray(new String[0]);
  }

  /** Returns the rows, each ending in a line feed. */
  public String text() {
    int columns = 0;
    for (String[] row : rows) {
      columns = Math.max(columns, row.length);
    }
    int[][] widths = new int[rows.size()][columns];
    for (int column = 0; column < columns; column++) {
      measure(column, widths);
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      String[] row = rows.get(i);
      for (int column = 0; column < row.length; column++) {
        out.append(row[column]);
        if (column + 1 < row.length) {
          out.repeat(' ', widths[i][column] - width(row[column]));
        }
      }
      out.append('\n');
    }
    return out.toString();
  }

  /** A column is a block of neighbouring rows that go on behind it. */
  private void measure(int column, int[][] widths) {
    int first = 0;
    while (first < rows.size()) {
      int next = first;
      int widest = NARROWEST;
      while (next < rows.size() && rows.get(next).length > column + 1) {
        widest = Math.max(widest, width(rows.get(next)[column]) + PADDING);
        next++;
      }
      for (int i = first; i < next; i++) {
        widths[i][column] = widest;
      }
      first = Math.max(next, first + 1);
    }
  }

  /** Counts characters, as tabwriter does, which takes none for wider than others. */
  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }
}
