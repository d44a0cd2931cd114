package dev.mydocker.testing;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.mydocker.MydockerException;
import dev.mydocker.kernel.Bytes;
import java.math.BigDecimal;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Formatter;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The direction of the packages' dependencies, and what is never called where. */
class ArchitectureTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.mydocker")
          .that(
              DescribedPredicate.not(
                  resideInAnyPackage("dev.mydocker.testing..", "dev.mydocker.testkit..")));

  /** What a cold start would pay for: milliseconds each, measured. */
  private static final DescribedPredicate<JavaClass> SLOW_WHEN_COLD =
      resideInAnyPackage("java.util.regex..", "java.util.logging..", "java.time.format..")
          .or(type(BigDecimal.class))
          .or(type(Formatter.class))
          .or(type(MessageDigest.class))
          .or(type(SecureRandom.class))
          .or(type(UUID.class))
          .as("regex, logging, java.time.format, Formatter, MessageDigest, SecureRandom, UUID");

  @Test
  void theRulesSeeTheCode() {
    assertThat(OURS).hasSizeGreaterThan(3);
  }

  @ParameterizedTest(name = "{0} uses only {1}")
  @CsvSource(
      value = {
        "kernel, ''",
        "oci, ''",
        "runtime, kernel oci",
        "image, kernel oci",
        "network, kernel",
        "engine, kernel oci runtime image network",
        "cli, kernel oci engine",
        "cli.oci, kernel oci runtime cli",
      })
  void dependenciesPointDown(String name, String allowed) {
    DescribedPredicate<JavaClass> below =
        resideInAnyPackage("dev.mydocker", "dev.mydocker." + name + "..")
            .or(DescribedPredicate.not(resideInAPackage("dev.mydocker..")));
    for (String other : allowed.split(" ")) {
      if (!other.isEmpty()) {
        below = below.or(resideInAPackage("dev.mydocker." + other + ".."));
      }
    }
    if (name.equals("oci")) {
      below = below.or(JavaClass.Predicates.equivalentTo(Bytes.class));
    }
    classes()
        .that()
        .resideInAPackage("dev.mydocker." + name + "..")
        // The OCI runtime's command line is over the runtime, not over the engine.
        .and(
            resideInAPackage(name.equals("cli") ? "dev.mydocker.cli.oci.." : "")
                .negate()
                .as("those that have a row of their own are left out"))
        .should()
        .onlyDependOnClassesThat(below.as("the packages below, and those of the JDK"))
        .allowEmptyShould(true)
        .check(OURS);
  }

  @Test
  void theRootPackageUsesNoneOfTheOthers() {
    noClasses()
        .that()
        .resideInAPackage("dev.mydocker")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.mydocker.(**)")
        .check(OURS);
  }

  @Test
  void noPackagesFormACycle() {
    slices().matching("dev.mydocker.(**)").should().beFreeOfCycles().check(OURS);
  }

  @Test
  void onlyMainKnowsTheProcess() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("dev.mydocker.cli.Main")
        .and()
        .doNotHaveFullyQualifiedName("dev.mydocker.cli.oci.Main")
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .accessField(System.class, "in")
        .because("commands work on an Invocation, and a library has no standard output")
        .check(OURS);
  }

  @Test
  void nativeCodeIsLoadedInOnePackage() {
    // apt-get wants its caller's environment (a proxy, say), which plans do not pass on; so do the
    // helpers that keep credentials in a desktop's keyring, and our own program when it prepares.
    DescribedPredicate<JavaClass> elsewhere =
        resideInAPackage("dev.mydocker.kernel..")
            .or(simpleName("BusyboxPackage"))
            .or(simpleName("CredentialHelper"))
            .or(simpleName("Preparation"))
            .as("kernel, BusyboxPackage, CredentialHelper and Preparation");
    noClasses()
        .that(DescribedPredicate.not(elsewhere))
        .should()
        .callMethod(System.class, "load", String.class)
        .orShould()
        .callMethod(System.class, "loadLibrary", String.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(ProcessBuilder.class)
        .because("processes are started by plans, and kernel alone knows who performs them")
        .check(OURS);
  }

  /** The constructors without operation and object are for applications, and the command line. */
  @Test
  void everyErrorOfTheLibraryHasItsParts() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.mydocker.kernel..",
            "dev.mydocker.oci..",
            "dev.mydocker.runtime..",
            "dev.mydocker.image..",
            "dev.mydocker.network..",
            "dev.mydocker.engine..")
        .should()
        .callConstructorWhere(
            DescribedPredicate.describe(
                "they are the public ones of MydockerException",
                call ->
                    call.getTargetOwner().isEquivalentTo(MydockerException.class)
                        && call.getTarget()
                            .resolveMember()
                            .orElseThrow()
                            .getModifiers()
                            .contains(JavaModifier.PUBLIC)))
        .because("a program asks for operation, object and reason: MydockerException.of and .said")
        .check(OURS);
  }

  @Test
  void theColdPathStaysCold() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.mydocker",
            "dev.mydocker.cli..",
            "dev.mydocker.kernel..",
            "dev.mydocker.oci..",
            "dev.mydocker.runtime..")
        .should()
        .dependOnClassesThat(SLOW_WHEN_COLD)
        .orShould()
        .callMethod(String.class, "format", String.class, Object[].class)
        .orShould()
        .callMethod(String.class, "formatted", Object[].class)
        .because("each costs 10 to 80 ms in a JVM that has just started")
        .check(OURS);
  }
}
