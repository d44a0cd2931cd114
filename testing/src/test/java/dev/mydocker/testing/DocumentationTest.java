package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents name is there: files, links, classes and their methods. */
class DocumentationTest {
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)");

  /** A class, perhaps with its directories, perhaps with members. */
  private static final Pattern CLASS =
      Pattern.compile("`((?:[a-z]+/)*)([A-Z]\\w+)((?:\\.[A-Za-z]+)*)`");

  private static final Pattern FILE =
      Pattern.compile("`((?:native|launcher|bench|testing|docs)/[\\w./-]+)`");

  private static final Path ROOT = Checkout.directory();

  @Test
  void linksLeadSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path document : documents()) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        if (!Files.exists(document.resolveSibling(link.group(1)))) {
          broken.add(ROOT.relativize(document) + ": " + link.group(1));
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void filesAreThere() throws IOException {
    List<String> missing = new ArrayList<>();
    for (Path document : documents()) {
      Matcher file = FILE.matcher(Files.readString(document));
      while (file.find()) {
        if (!Files.exists(ROOT.resolve(file.group(1)))) {
          missing.add(ROOT.relativize(document) + ": " + file.group(1));
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void classesAndTheirMembersAreThere() throws IOException {
    List<Path> sources = sources();
    List<String> missing = new ArrayList<>();
    for (Path document : documents()) {
      Matcher name = CLASS.matcher(Files.readString(document));
      while (name.find()) {
        boolean plain = name.group(1).isEmpty() && name.group(3).isEmpty();
        boolean ours = !plain && !name.group(2).equals("String");
        if (ours && !exists(sources, name.group(1), name.group(2), name.group(3))) {
          missing.add(ROOT.relativize(document) + ": " + name.group());
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  private static boolean exists(List<Path> sources, String directory, String name, String members)
      throws IOException {
    // `cli/Main` is short for cli/src/main/java/dev/mydocker/cli/Main.java.
    String end = "/" + directory + name + ".java";
    for (Path source : sources) {
      if (source.toString().endsWith(end)) {
        String text = Files.readString(source);
        return Stream.of(members.split("\\."))
            .allMatch(member -> Pattern.compile("\\b" + member + "\\b").matcher(text).find());
      }
    }
    return false;
  }

  private static List<Path> documents() throws IOException {
    List<Path> documents =
        new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md")));
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
    }
    return documents;
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module : List.of("library", "cli", "testkit", "testing")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src"))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    return sources;
  }
}
