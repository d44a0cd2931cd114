package dev.mydocker.runtime.systemd;

import dev.mydocker.runtime.dbus.Variant;

/**
 * A property of a unit (org.freedesktop.systemd1(5)).
 *
 * @param name its name
 * @param value its value
 */
public record Property(String name, Variant value) {}
