package dev.mydocker.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampTest {
  @ParameterizedTest
  @CsvSource({
    "0, 1970-01-01T00:00:00Z",
    "1, 1970-01-01T00:00:00.000000001Z",
    "1500000000, 1970-01-01T00:00:01.5Z",
    "-1, 1969-12-31T23:59:59.999999999Z",
    "1740755362000000000, 2025-02-28T15:09:22Z",
    "1709164800120000000, 2024-02-29T00:00:00.12Z",
  })
  void timesAreWrittenAsGoDoes(long nanos, String text) {
    assertThat(Timestamp.rfc3339Nano(nanos)).isEqualTo(text);
  }

  @Test
  void logTimesHaveAllDigits() {
    assertThat(Timestamp.rfc3339Fixed(1_500_000_000L)).isEqualTo("1970-01-01T00:00:01.500000000Z");
  }

  @Test
  void theCalendarIsThatOfJavaTime() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      long nanos = random.nextLong();
      long seconds = Math.floorDiv(nanos, Timestamp.SECOND);
      LocalDateTime time = LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
      assertThat(Timestamp.local(nanos, LocalZone.UTC))
          .isEqualTo(time.format(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss")));
      assertThat(
              Timestamp.seconds(
                  time.getYear(),
                  time.getMonthValue(),
                  time.getDayOfMonth(),
                  time.toLocalTime().toSecondOfDay()))
          .isEqualTo(seconds);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Europe/Berlin",
        "America/New_York",
        "America/St_Johns",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Auckland",
        "Pacific/Chatham",
        "America/Sao_Paulo",
        "Africa/Casablanca",
        "Europe/Dublin",
        "America/Nuuk",
        "UTC",
      })
  void clocksShowWhatJavaTimeShows(String zone) {
    LocalZone local = LocalZone.of(Map.of("TZ", zone));
    ZoneId expected = ZoneId.of(zone);
    Random random = new Random(2);
    for (int i = 0; i < 2_000; i++) {
      // From 1975 on: before, the two disagree about how finely history is told.
      long seconds = 157_766_400L + random.nextLong(2_200_000_000L);
      assertThat(local.offset(seconds))
          .as("%s at %d", zone, seconds)
          .isEqualTo(
              expected.getRules().getOffset(Instant.ofEpochSecond(seconds)).getTotalSeconds());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'CET-1CEST,M3.5.0,M10.5.0/3', Europe/Berlin",
    "'EST5EDT,M3.2.0,M11.1.0', America/New_York",
    "'NZST-12NZDT,M9.5.0,M4.1.0/3', Pacific/Auckland",
    "'<+0530>-5:30', Asia/Kolkata",
    "'IST-1GMT0,M10.5.0,M3.5.0/1', Europe/Dublin",
  })
  void aZoneMayBeARule(String rule, String zone) {
    LocalZone local = LocalZone.of(Map.of("TZ", rule));
    ZoneId expected = ZoneId.of(zone);
    for (long seconds = 1_500_000_000L; seconds < 1_600_000_000L; seconds += 50_001) {
      assertThat(local.offset(seconds))
          .as("%s at %d", zone, seconds)
          .isEqualTo(
              expected.getRules().getOffset(Instant.ofEpochSecond(seconds)).getTotalSeconds());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Nowhere/Land", "../etc/passwd", "/dev/null", ":", "XX", "CET-1CEST,M3"})
  void whatIsNoZoneIsUniversalTime(String zone) {
    assertThat(LocalZone.of(Map.of("TZ", zone)).offset(0)).isZero();
    assertThat(LocalZone.of(Map.of("TZ", zone)).abbreviation(0)).isEqualTo("UTC");
  }

  @Test
  void localTimesAreWrittenAsTheTutorialsAndGoDo() {
    LocalZone berlin = LocalZone.of(Map.of("TZ", ":Europe/Berlin"));
    long winter = 1_740_751_762L * Timestamp.SECOND;
    assertThat(Timestamp.local(winter, berlin)).isEqualTo("2025-02-28 15:09:22");
    assertThat(Timestamp.localWithZone(winter, berlin)).isEqualTo("2025-02-28 15:09:22 +0100 CET");
    LocalZone newYork = LocalZone.of(Map.of("TZ", "America/New_York"));
    assertThat(Timestamp.localWithZone(winter, newYork)).isEqualTo("2025-02-28 09:09:22 -0500 EST");
  }
}
