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

  /** Few rows are longer. */
  private static final int USUAL = 128;

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
    String[][] table = rows.toArray(new String[0][]);
    int columns = 0;
    for (String[] row : table) {
      columns = Math.max(columns, row.length);
    }
    int[][] blanks = new int[table.length][columns];
    for (int column = 0; column < columns; column++) {
      measure(table, column, blanks);
    }
    StringBuilder out = new StringBuilder(table.length * USUAL);
    for (int i = 0; i < table.length; i++) {
      String[] row = table[i];
      int last = row.length - 1;
      for (int column = 0; column < last; column++) {
        out.append(row[column]).repeat(' ', blanks[i][column]);
      }
      if (last >= 0) {
        out.append(row[last]);
      }
      out.append('\n');
    }
    return out.toString();
  }

  /**
   * Finds how many blanks are behind each cell of a column: it is a block of neighbouring rows that
   * go on behind it. Each cell is measured once, for a cold JVM has thousands of them to interpret.
   */
  private static void measure(String[][] table, int column, int[][] blanks) {
    int first = 0;
    while (first < table.length) {
      int next = first;
      int widest = NARROWEST;
      while (next < table.length && table[next].length > column + 1) {
        int width = width(table[next][column]);
        blanks[next][column] = width;
        if (width + PADDING > widest) {
          widest = width + PADDING;
        }
        next++;
      }
      for (int i = first; i < next; i++) {
        blanks[i][column] = widest - blanks[i][column];
      }
      first = Math.max(next, first + 1);
    }
  }

  /** Counts characters, as tabwriter does, which takes none for wider than others. */
  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }
}
