package dev.mydocker.cli.option;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds what a mistyped word was meant to be. */
final class Suggestions {
  private static final int FAR = 3;

  private Suggestions() {}

  /**
   * Returns the nearest of {@code known}, the first of equals, or null if none is near: one edit
   * for words of up to three letters, else two; or the one word that {@code typed} begins.
   */
  static @Nullable String nearest(String typed, List<String> known) {
    int limit = typed.length() <= 3 ? 1 : 2;
    String best = null;
    int bestDistance = limit + 1;
    for (String word : known) {
      int distance = distance(typed, word);
      if (distance < bestDistance) {
        best = word;
        bestDistance = distance;
      }
    }
    if (best == null && typed.length() >= FAR) {
      for (String word : known) {
        if (word.startsWith(typed)) {
          return word;
        }
      }
    }
    return best;
  }

  /** Levenshtein's distance, where swapping two neighbours counts as one edit. */
  static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(changed, Math.min(last[j], row[j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      int[] spare = beforeLast;
      beforeLast = last;
      last = row;
      row = spare;
    }
    return last[b.length()];
  }
}
