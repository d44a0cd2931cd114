/**
 * A client of registries (distribution specification 1.1), on an HTTP client of its own.
 *
 * <p>Nothing of this is loaded by a command that talks to no registry.
 */
@NullMarked
package dev.mydocker.image.registry;

import org.jspecify.annotations.NullMarked;
