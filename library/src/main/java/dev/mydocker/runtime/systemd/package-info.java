/** Cgroups that systemd makes: units, their properties, and the manager that is asked for them. */
package dev.mydocker.runtime.systemd;
