package dev.mydocker.testing.publishing;

import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The application twice in one JVM, each time with a library of its own, and then gone. */
final class ClassLoaders {
  private ClassLoaders() {}

  /**
   * Runs it.
   *
   * @param arguments the application's class path
   */
  public static void main(String[] arguments) throws Exception {
    Set<String> before = threads();
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    List<Thread> running = new ArrayList<>();
    List<String> printed = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 2; i++) {
      URLClassLoader loader = loader(arguments[0]);
      loaders.add(new WeakReference<>(loader));
      running.add(Thread.ofPlatform().start(() -> printed.add(run(loader))));
    }
    for (Thread thread : running) {
      thread.join();
    }
    running.clear();
    printed.forEach(System.out::print);
    Set<String> after = threads();
    after.removeAll(before);
    System.out.println("threads left: " + after);
    int left = 0;
    for (WeakReference<ClassLoader> loader : loaders) {
      // Collected: nothing of the JVM holds on to the library.
      for (int tries = 0; tries < 50 && loader.get() != null; tries++) {
        System.gc();
      }
      left += loader.get() == null ? 0 : 1;
    }
    System.out.println("class loaders left: " + left);
  }

  private static URLClassLoader loader(String classPath) throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String each : classPath.split(File.pathSeparator)) {
      urls.add(Path.of(each).toUri().toURL());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  private static String run(URLClassLoader loader) {
    try (loader) {
      Method run = loader.loadClass("example.Application").getDeclaredMethod("run");
      run.setAccessible(true);
      return (String) run.invoke(null);
    } catch (IOException | ReflectiveOperationException e) {
      return "failed: " + e;
    }
  }

  /** All threads but those that the JDK keeps for a while to reap processes, or collects with. */
  private static Set<String> threads() {
    Set<String> names = new TreeSet<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (!thread.getName().startsWith("process reaper")) {
        names.add(thread.getName());
      }
    }
    return names;
  }
}
