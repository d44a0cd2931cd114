package dev.mydocker.runtime.cgroup;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Cgroups that a container has made below its own, as a caller of {@code exec} names them. */
public final class SubCgroups {
  private SubCgroups() {}

  /**
   * The cgroups that a process joins.
   *
   * @param typed either one path for every hierarchy, or {@code CONTROLLER[,CONTROLLER]:PATH} for
   *     those hierarchies of v1, as with runc; below the container's own cgroup
   * @throws MydockerException if it is nothing below, or names a controller that is not there
   */
  public static CgroupPaths below(CgroupPaths paths, List<String> typed) {
    Map<String, String> places = new LinkedHashMap<>();
    for (String each : typed) {
      add(places, each, typed.size() == 1);
    }
    List<CgroupDirectory> directories = new ArrayList<>(paths.directories());
    for (Map.Entry<String, String> place : places.entrySet()) {
      boolean found = false;
      for (int i = 0; i < directories.size(); i++) {
        CgroupDirectory own = paths.directories().get(i);
        if (place.getKey().isEmpty() || names(own, place.getKey())) {
          directories.set(i, own.in(own.cgroup() + relative(place.getValue())));
          found = true;
        }
      }
      if (!found) {
        throw invalid(place.getKey() + ": no such controller");
      }
    }
    return new CgroupPaths(paths.version(), directories, paths.rest());
  }

  /** The name of a hierarchy without controllers is such as {@code name=systemd}. */
  private static boolean names(CgroupDirectory directory, String controller) {
    return !directory.unified() && directory.controllers().contains(controller);
  }

  private static void add(Map<String, String> places, String typed, boolean alone) {
    int colon = typed.indexOf(':');
    if (colon < 0) {
      if (!alone) {
        throw invalid(typed + ": CONTROLLER: is missing, where more than one is given");
      }
      places.put("", typed);
      return;
    }
    for (String controller : typed.substring(0, colon).split(",", -1)) {
      if (controller.isEmpty()) {
        throw invalid(typed + ": an empty CONTROLLER");
      }
      if (places.put(controller, typed.substring(colon + 1)) != null) {
        throw invalid("controller " + controller + " specified multiple times");
      }
    }
  }

  /** The path from the container's cgroup with a leading slash, or nothing for that itself. */
  private static String relative(String path) {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        if (parts.pollLast() == null) {
          throw invalid(path + " is not a sub cgroup path");
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return parts.isEmpty() ? "" : "/" + String.join("/", parts);
  }

  private static MydockerException invalid(String what) {
    return MydockerException.of(Category.INVALID, "exec", "", "invalid --cgroup argument: " + what);
  }
}
