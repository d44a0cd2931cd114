/** What tests need of a machine, and what they must not leave on it. */
@org.jspecify.annotations.NullMarked
package dev.mydocker.testkit;
