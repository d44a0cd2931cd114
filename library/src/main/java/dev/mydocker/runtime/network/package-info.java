/**
 * What the kernel is asked of network devices, by routing netlink (rtnetlink(7)): which there are,
 * with which addresses, and that they move.
 */
package dev.mydocker.runtime.network;
