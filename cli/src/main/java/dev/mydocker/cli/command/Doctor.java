package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.engine.Diagnosis;
import dev.mydocker.engine.Finding;
import dev.mydocker.engine.Repair;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonValue;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code doctor}: says what is wrong with this machine and the state directory, each with what to
 * do about it. Exit code 0 healthy, 1 degraded, 2 unusable.
 */
final class Doctor {
  private static final int SUBJECT = 18;

  private Doctor() {}

  static int run(Call call) {
    String format = call.arguments().value("format").orElse("");
    if (!format.isEmpty() && !format.equals("json")) {
      throw new MydockerException(
          Category.INVALID, "doctor: unknown format " + format, "the only one is json");
    }
    List<Repair> repairs = call.arguments().flag("repair") ? call.engine().repair() : List.of();
    List<Finding> findings = new ArrayList<>(call.engine().diagnose().findings());
    findings.addAll(LauncherCheckup.run(call));
    Diagnosis diagnosis = new Diagnosis(findings);
    if (format.isEmpty()) {
      print(call, diagnosis, repairs);
    } else {
      call.out().println(Json.compact(json(diagnosis, repairs)));
    }
    return switch (diagnosis.health()) {
      case HEALTHY -> 0;
      case DEGRADED -> 1;
      case UNUSABLE -> 2;
    };
  }

  private static void print(Call call, Diagnosis diagnosis, List<Repair> repairs) {
    for (Repair repair : repairs) {
      call.out().println(line(repair));
    }
    String area = "";
    int problems = 0;
    for (Finding finding : diagnosis.findings()) {
      if (!finding.area().equals(area)) {
        area = finding.area();
        call.out().println(area);
      }
      boolean bad = finding.level().compareTo(Finding.Level.NOTE) > 0;
      problems += bad ? 1 : 0;
      call.out()
          .println(
              "  "
                  + padded(finding.level().word(), 10)
                  + padded(finding.subject() + ":", SUBJECT)
                  + finding.message());
      if (finding.fix() != null) {
        call.out().println("            -> " + finding.fix());
      }
    }
    String count =
        problems == 0 ? "" : problems == 1 ? ": 1 problem" : ": " + problems + " problems";
    call.out().println(diagnosis.health().word() + count);
  }

  private static String line(Repair repair) {
    String reason = repair.why().isEmpty() ? "" : " (" + repair.why() + ")";
    String problem = repair.problem();
    return problem == null
        ? repair.what() + reason
        : "not " + repair.what() + reason + ": " + problem;
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }

  private static JsonObject json(Diagnosis diagnosis, List<Repair> repairs) {
    List<JsonValue> findings = new ArrayList<>();
    for (Finding finding : diagnosis.findings()) {
      findings.add(
          new ObjectWriter()
              .put("area", finding.area())
              .put("subject", finding.subject())
              .put("level", finding.level().word())
              .put("message", finding.message())
              .optional("fix", finding.fix())
              .finish());
    }
    List<JsonValue> done = new ArrayList<>();
    for (Repair repair : repairs) {
      done.add(
          new ObjectWriter()
              .put("what", repair.what())
              .put("why", repair.why())
              .optional("problem", repair.problem())
              .finish());
    }
    return new ObjectWriter()
        .put("health", diagnosis.health().word())
        .put("findings", JsonArray.of(findings))
        .put("repairs", JsonArray.of(done))
        .finish();
  }
}
