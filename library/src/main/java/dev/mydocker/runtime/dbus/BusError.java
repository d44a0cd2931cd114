package dev.mydocker.runtime.dbus;

import dev.mydocker.MydockerException;

/** What a service answered instead of doing what it was asked for. */
public final class BusError extends MydockerException {
  private static final long serialVersionUID = 1L;

  private final String name;

  /**
   * @param asked what it was asked for
   * @param name the error's, such as {@code org.freedesktop.DBus.Error.AccessDenied}
   * @param text what the service says about it; may be empty
   */
  BusError(String asked, String name, String text) {
    super(Category.INTERNAL, asked, "", text.isEmpty() ? name : text, null, null, null);
    this.name = name;
  }

  /** The error's name. */
  public String name() {
    return name;
  }
}
