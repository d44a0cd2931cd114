/** How {@code --explain} and {@code --dry-run} show steps: to people, and to programs. */
package dev.mydocker.cli.explain;
