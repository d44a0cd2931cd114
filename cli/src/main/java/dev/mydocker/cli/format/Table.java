package dev.mydocker.cli.format;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
  private @Nullable String[] blanks = new String[USUAL];

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
    int[][] behind = new int[table.length][columns];
    for (int column = 0; column < columns; column++) {
      measure(table, column, behind);
    }
    StringBuilder out = new StringBuilder(table.length * USUAL);
    for (int i = 0; i < table.length; i++) {
      String[] row = table[i];
      int last = row.length - 1;
      for (int column = 0; column < last; column++) {
        out.append(row[column]).append(blanks(behind[i][column]));
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
  private static void measure(String[][] table, int column, int[][] behind) {
    int first = 0;
    while (first < table.length) {
      int next = first;
      int widest = NARROWEST;
      while (next < table.length && table[next].length > column + 1) {
        int width = width(table[next][column]);
        behind[next][column] = width;
        if (width + PADDING > widest) {
          widest = width + PADDING;
        }
        next++;
      }
      for (int i = first; i < next; i++) {
        behind[i][column] = widest - behind[i][column];
      }
      first = Math.max(next, first + 1);
    }
  }

  /** So many blanks; to copy them takes a cold JVM a third of what it takes to write each. */
  private String blanks(int count) {
    if (count >= blanks.length) {
      blanks = Arrays.copyOf(blanks, count + USUAL);
    }
    String found = blanks[count];
    if (found == null) {
      found = " ".repeat(count);
      blanks[count] = found;
    }
    return found;
  }

  /** Counts characters, as tabwriter does, which takes none for wider than others. */
  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }
}
