package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a container may use; null is no limit of its own.
 *
 * @param memory how much memory
 * @param memorySwap how much memory and swap together; null is twice the memory
 * @param memoryReservation what it keeps when memory is short
 * @param nanoCpus processor time in billionths of a processor
 * @param cpuShares its weight against others, from 2 to 262144
 * @param cpusetCpus the processors it may run on, such as {@code 0-2,4}
 * @param cpusetMems the memory nodes it may use
 * @param pidsLimit how many processes and threads; -1 for no limit
 * @param ulimits limits of each process
 */
public record ResourceLimits(
    @Nullable ByteSize memory,
    @Nullable ByteSize memorySwap,
    @Nullable ByteSize memoryReservation,
    @Nullable Long nanoCpus,
    @Nullable Long cpuShares,
    @Nullable String cpusetCpus,
    @Nullable String cpusetMems,
    @Nullable Long pidsLimit,
    List<Ulimit> ulimits) {
  /** No limits. */
  public static final ResourceLimits NONE =
      new ResourceLimits(null, null, null, null, null, null, null, null, List.of());

  private static final ByteSize SMALLEST_MEMORY = ByteSize.mebibytes(6);

  /** Copies the list, takes Docker's spellings of "no limit" for null, and checks the rest. */
  public ResourceLimits {
    memory = nullIfNone(memory);
    memorySwap = memorySwap != null && memorySwap.bytes() == 0 ? null : memorySwap;
    memoryReservation = nullIfNone(memoryReservation);
    nanoCpus = nullIfZero(nanoCpus);
    cpuShares = nullIfZero(cpuShares);
    pidsLimit = nullIfZero(pidsLimit);
    ulimits = List.copyOf(ulimits);
    requireMemory(memory, memorySwap, memoryReservation);
    require(
        nanoCpus == null || nanoCpus >= 10_000_000,
        "number of CPUs",
        nanoCpus,
        "invalid number of CPUs: the smallest is 0.01");
    if (cpuShares != null && (cpuShares < 2 || cpuShares > 262_144)) {
      throw invalid(
          "CPU shares",
          cpuShares,
          "invalid CPU shares (" + cpuShares + "): the range is from 2 to 262144");
    }
    if (cpusetCpus != null && !isList(cpusetCpus)) {
      throw invalid("cpuset cpus", cpusetCpus, "invalid value " + cpusetCpus + " for cpuset cpus");
    }
    if (cpusetMems != null && !isList(cpusetMems)) {
      throw invalid("cpuset mems", cpusetMems, "invalid value " + cpusetMems + " for cpuset mems");
    }
    if (pidsLimit != null && pidsLimit < -1) {
      throw invalid("pids limit", pidsLimit, "invalid pids limit: " + pidsLimit);
    }
  }

  private static @Nullable ByteSize nullIfNone(@Nullable ByteSize size) {
    return size == null || size.isUnlimited() || size.bytes() == 0 ? null : size;
  }

  private static @Nullable Long nullIfZero(@Nullable Long value) {
    return value == null || value == 0 ? null : value;
  }

  private static void requireMemory(
      @Nullable ByteSize memory, @Nullable ByteSize swap, @Nullable ByteSize reservation) {
    if (memory == null) {
      require(
          swap == null || swap.isUnlimited(),
          "memory and swap",
          swap,
          "you should always set the Memory limit when using Memoryswap limit, see usage");
    } else {
      require(
          memory.compareTo(SMALLEST_MEMORY) >= 0,
          "memory",
          memory,
          "Minimum memory limit allowed is 6MB");
      require(
          swap == null || swap.compareTo(memory) >= 0,
          "memory and swap",
          swap,
          "Minimum memoryswap limit should be larger than memory limit, see usage");
      require(
          reservation == null || reservation.compareTo(memory) <= 0,
          "memory reservation",
          reservation,
          "Minimum memory limit can not be less than memory reservation limit, see usage");
    }
    require(
        reservation == null || reservation.compareTo(SMALLEST_MEMORY) >= 0,
        "memory reservation",
        reservation,
        "Minimum memory reservation allowed is 6MB");
  }

  /** Whether {@code text} is a list of numbers and ranges, as cpuset(7) takes it. */
  private static boolean isList(String text) {
    int last = -1;
    int from = -1;
    for (int i = 0; i <= text.length(); i++) {
      char c = i == text.length() ? ',' : text.charAt(i);
      if (c >= '0' && c <= '9') {
        last = last < 0 ? c - '0' : last * 10 + c - '0';
        if (last >= 8192) {
          return false;
        }
      } else if (last < 0 || c == '-' && from >= 0 || c != '-' && c != ',') {
        return false;
      } else if (c == ',' && from > last) {
        return false;
      } else {
        from = c == '-' ? last : -1;
        last = -1;
      }
    }
    return true;
  }

  private static void require(boolean holds, String what, @Nullable Object words, String problem) {
    if (!holds) {
      throw invalid(what, words == null ? "" : words, problem);
    }
  }

  private static MydockerException invalid(String what, Object words, String problem) {
    return MydockerException.invalid(what, words, problem, null);
  }
}
