/** As much of D-Bus as it takes to ask one service of this machine for something. */
package dev.mydocker.runtime.dbus;
