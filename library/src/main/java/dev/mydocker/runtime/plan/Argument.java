package dev.mydocker.runtime.plan;

import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.SignalNames;
import dev.mydocker.runtime.security.CapabilitySet;
import dev.mydocker.runtime.security.RlimitNames;
import java.util.ArrayList;
import java.util.List;

/** What an argument of a system call is, and how a person reads it. */
enum Argument {
  NUMBER,
  /** Something that is written to, or too long to show. */
  BUFFER {
    @Override
    String data(SegmentView view, long offset) {
      return "buffer";
    }
  },
  /** The size of the structure before it: not shown. */
  SIZE,
  DESCRIPTOR {
    @Override
    String number(long number) {
      return number == Linux.AT_FDCWD ? "AT_FDCWD" : Long.toString(number);
    }
  },
  TEXT {
    @Override
    String data(SegmentView view, long offset) {
      return quote(view.text(offset));
    }

    @Override
    String number(long number) {
      return number == 0 ? "NULL" : Long.toString(number);
    }
  },
  TEXTS {
    @Override
    String data(SegmentView view, long offset) {
      List<String> texts = new ArrayList<>();
      for (long at = offset; view.data(at, 8) != -1; at += 8) {
        texts.add(quote(view.text(view.data(at, 8))));
      }
      return texts.toString();
    }
  },
  MODE {
    @Override
    String number(long number) {
      String type = Flags.FILE_TYPE.name(number & Linux.S_IFMT);
      return (type.isEmpty() ? "" : type + "|") + octal(number & 0xFFF);
    }
  },
  DEVICE {
    @Override
    String number(long number) {
      // The kernel's own encoding; see Linux.device.
      long major = number >> 8 & 0xFFF;
      long minor = number & 0xFF | number >> 12 & 0xFFF00;
      return major + ":" + minor;
    }
  },
  AT_FLAGS(Flags.AT, true),
  OPEN_FLAGS(Flags.OPEN, true),
  MOUNT_FLAGS(Flags.MOUNT, true),
  UNMOUNT_FLAGS(Flags.UNMOUNT, true),
  MOUNT_ATTRIBUTES(Flags.MOUNT_ATTRIBUTES, true),
  OPEN_TREE_FLAGS(Flags.OPEN_TREE, true),
  MOVE_MOUNT_FLAGS(Flags.MOVE_MOUNT, true),
  FSOPEN_FLAGS(Flags.FSOPEN, true),
  FSMOUNT_FLAGS(Flags.FSMOUNT, true),
  NAMESPACES(Flags.NAMESPACES, true),
  SECCOMP_FLAGS(Flags.SECCOMP, true),
  FSCONFIG_COMMAND(Flags.FSCONFIG, false),
  PRCTL_OPTION(Flags.PRCTL, false),
  IOCTL_REQUEST(Flags.IOCTL, false),
  KEYCTL_OPERATION(Flags.KEYCTL, false),
  SECCOMP_OPERATION(Flags.SECCOMP_OPERATION, false),
  SOCKET_FAMILY(Flags.SOCKET_FAMILY, false),
  STATX_MASK(Flags.STATX, false),
  UNLINK_FLAGS(Flags.UNLINK, true),
  MEMFD_FLAGS(Flags.MEMFD, true),
  FCNTL_COMMAND(Flags.FCNTL, false),
  SEALS(Flags.SEALS, true),
  BPF_COMMAND(Flags.BPF, false),
  SOCKET_TYPE {
    @Override
    String number(long number) {
      String type = (number & 0xF) == Linux.SOCK_STREAM ? "SOCK_STREAM" : "SOCK_DGRAM";
      return type + ((number & Linux.SOCK_CLOEXEC) == 0 ? "" : "|SOCK_CLOEXEC");
    }
  },
  RESOURCE {
    @Override
    String number(long number) {
      return RlimitNames.name((int) number).orElse(Long.toString(number));
    }
  },
  CAPABILITY {
    @Override
    String number(long number) {
      return CapabilitySet.ofMask(1L << number).names().stream()
          .findFirst()
          .orElse(Long.toString(number));
    }
  },
  SIGNAL {
    @Override
    String number(long number) {
      return SignalNames.name((int) number);
    }
  },
  /** The last descriptor of close_range(2). */
  LAST_DESCRIPTOR {
    @Override
    String number(long number) {
      return number == 0xFFFFFFFFL ? "~0U" : Long.toString(number);
    }
  },
  /** struct sock_fprog, seccomp(2): what it begins with is its length. */
  FILTER {
    @Override
    String data(SegmentView view, long offset) {
      return "{" + view.data(offset, 2) + " instructions}";
    }
  },
  /** struct clone_args, clone3(2). */
  CLONE_ARGS {
    @Override
    String data(SegmentView view, long offset) {
      long flags = view.data(offset, 8);
      long signal = view.data(offset + 32, 8);
      return "{flags="
          + Flags.CLONE.names(flags)
          + (signal == 0 ? "" : ", exit_signal=" + SignalNames.name((int) signal))
          + "}";
    }
  },
  /** struct open_how, openat2(2). */
  OPEN_HOW {
    @Override
    String data(SegmentView view, long offset) {
      long flags = view.data(offset, 8);
      String mode = (flags & Linux.O_CREAT) == 0 ? "" : ", " + octal(view.data(offset + 8, 8));
      return Flags.OPEN.names(flags) + mode + ", " + Flags.RESOLVE.names(view.data(offset + 16, 8));
    }
  },
  /** struct mount_attr, mount_setattr(2). */
  MOUNT_ATTR {
    @Override
    String data(SegmentView view, long offset) {
      List<String> parts = new ArrayList<>();
      add(parts, "set", Flags.MOUNT_ATTRIBUTES, view.data(offset, 8));
      add(parts, "clear", Flags.MOUNT_ATTRIBUTES, view.data(offset + 8, 8));
      add(parts, "propagation", Flags.MOUNT, view.data(offset + 16, 8));
      return "{" + String.join(", ", parts) + "}";
    }

    private static void add(List<String> parts, String name, Flags flags, long number) {
      if (number != 0) {
        parts.add(name + "=" + flags.names(number));
      }
    }
  },
  /** struct rlimit64, prlimit(2). */
  LIMIT {
    @Override
    String data(SegmentView view, long offset) {
      return "{" + limit(view.data(offset, 8)) + ", " + limit(view.data(offset + 8, 8)) + "}";
    }

    private static String limit(long number) {
      return number == -1 ? "unlimited" : Long.toUnsignedString(number);
    }
  },
  /** The sets of capset(2): effective, permitted, inheritable. */
  CAPABILITIES {
    @Override
    String data(SegmentView view, long offset) {
      List<String> sets = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        long set = view.data(offset + 4L * i, 4) | view.data(offset + 12 + 4L * i, 4) << 32;
        sets.add(capabilities(set));
      }
      return "{effective="
          + sets.get(0)
          + ", permitted="
          + (sets.get(1).equals(sets.get(0)) ? "the same" : sets.get(1))
          + ", inheritable="
          + sets.get(2)
          + "}";
    }

    private static String capabilities(long set) {
      if (set == 0) {
        return "none";
      }
      return set == CapabilitySet.ALL.mask()
          ? "all"
          : String.join("|", CapabilitySet.ofMask(set & CapabilitySet.ALL.mask()).names());
    }
  };

  /** Does not change once its class is there. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final Flags flags;

  private final boolean bits;

  Argument() {
    this(Flags.AT, false);
  }

  Argument(Flags flags, boolean bits) {
    this.flags = flags;
    this.bits = bits;
  }

  /** An immediate number. */
  String number(long number) {
    if (bits) {
      return flags.names(number);
    }
    return flags == Flags.AT ? Long.toString(number) : flags.name(number);
  }

  /** A place in the data. */
  String data(SegmentView view, long offset) {
    return "buffer";
  }

  private static String octal(long number) {
    return number == 0 ? "0" : "0" + Long.toOctalString(number);
  }

  /** As C would write it, with what is not printable escaped. */
  static String quote(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c == '\n') {
        out.append("\\n");
      } else if (c == '\t') {
        out.append("\\t");
      } else if (c < ' ' || c == 0x7F) {
        out.append("\\x").append(Character.forDigit(c >> 4, 16));
        out.append(Character.forDigit(c & 15, 16));
      } else if (c >= 0xDC80 && c <= 0xDCFF && (i == 0 || !isPair(text, i))) {
        // A byte that is no UTF-8; see Bytes.
        out.append("\\x").append(Integer.toHexString(c - 0xDC00));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }

  private static boolean isPair(String text, int at) {
    return Character.isHighSurrogate(text.charAt(at - 1));
  }
}
