/**
 * The commands, one class for each verb. A command does its work on a Call and returns its exit
 * code.
 */
package dev.mydocker.cli.command;
