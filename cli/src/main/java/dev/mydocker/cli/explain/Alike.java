package dev.mydocker.cli.explain;

import dev.mydocker.engine.ExplainedCall;
import java.util.ArrayList;
import java.util.List;

/** Calls that differ in one argument, such as the dropping of one capability after the other. */
final class Alike {
  /** From so many calls on they are one line. */
  private static final int MANY = 4;

  /** A step of more calls is told by what they do, not in their order. */
  private static final int LONG_STEP = 9;

  /** More of the values than so many characters nobody wants to read. */
  private static final int LONGEST = 700;

  private Alike() {}

  /** Calls in runs of one kind each. */
  static List<List<ExplainedCall>> runs(List<ExplainedCall> calls) {
    List<List<ExplainedCall>> runs = new ArrayList<>();
    boolean sorted = calls.size() > LONG_STEP;
    for (ExplainedCall call : calls) {
      List<ExplainedCall> run = null;
      for (int i = runs.size() - 1; i >= 0 && run == null; i--) {
        run = are(runs.get(i).get(0), call, sorted) ? runs.get(i) : null;
        if (!sorted) {
          break;
        }
      }
      if (run == null) {
        run = new ArrayList<>();
        runs.add(run);
      }
      run.add(call);
    }
    List<List<ExplainedCall>> all = new ArrayList<>();
    for (List<ExplainedCall> run : runs) {
      if (run.size() >= MANY) {
        all.add(run);
      } else {
        run.forEach(call -> all.add(List.of(call)));
      }
    }
    return all;
  }

  private static boolean are(ExplainedCall a, ExplainedCall b, boolean sorted) {
    List<String> one = Wrap.parts(Shorten.all(a.call()));
    List<String> other = Wrap.parts(Shorten.all(b.call()));
    String name = name(one.get(0));
    return one.size() == other.size()
        && (one.get(0).equals(other.get(0))
            || name.equals("execve")
            || sorted && name.equals("mount_setattr"))
        && name.equals(name(other.get(0)))
        && !name.equals("fsconfig")
        && isError(a) == isError(b);
  }

  private static String name(String part) {
    int open = part.indexOf('(');
    return open < 0 ? part : part.substring(0, open);
  }

  private static boolean isError(ExplainedCall call) {
    String result = call.result();
    return result != null && result.indexOf(':') > 0;
  }

  /** One line for all: the first call, with what stands in its place in the others. */
  static String together(List<ExplainedCall> calls) {
    String first = Shorten.all(calls.get(0).call());
    if (calls.size() == 1) {
      return first;
    }
    int at = 0;
    List<String> parts = Wrap.parts(first);
    List<List<String>> others = new ArrayList<>();
    for (ExplainedCall call : calls) {
      others.add(Wrap.parts(Shorten.all(call.call())));
    }
    while (at < parts.size() && isShared(others, at)) {
      at++;
    }
    if (at == parts.size()) {
      return first + ", " + calls.size() + " times";
    }
    List<String> values = values(others, at);
    String before = String.join("", parts.subList(0, at));
    String name = at == 0 ? name(first) + "(" : "";
    String all = before + name + "{ " + String.join(" | ", values) + " }";
    if (at == parts.size() - 1) {
      return all + ")";
    }
    for (int i = at + 1; i < parts.size(); i++) {
      if (!isShared(others, i)) {
        return all + ", …)";
      }
    }
    return all + ", " + String.join("", parts.subList(at + 1, parts.size()));
  }

  private static boolean isShared(List<List<String>> calls, int at) {
    for (List<String> call : calls) {
      if (!call.get(at).equals(calls.get(0).get(at))) {
        return false;
      }
    }
    return true;
  }

  private static List<String> values(List<List<String>> calls, int at) {
    List<String> values = new ArrayList<>();
    int length = 0;
    for (List<String> call : calls) {
      String part = call.get(at).strip();
      String value = at == 0 ? part.substring(part.indexOf('(') + 1) : part;
      value = value.endsWith(",") || value.endsWith(")") ? cutEnd(value) : value;
      if (values.contains(value)) {
        continue;
      }
      length += value.length() * (value.startsWith("\"/") ? 2 : 1);
      if (length > LONGEST && values.size() > 1) {
        values.add((calls.size() - values.size()) + " more");
        return values;
      }
      values.add(value);
    }
    return values;
  }

  private static String cutEnd(String value) {
    return value.substring(0, value.length() - 1);
  }
}
