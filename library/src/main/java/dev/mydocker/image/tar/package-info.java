/**
 * Tar archives as streams: POSIX ustar and pax (IEEE 1003.1, pax), GNU tar's and old V7's.
 *
 * <p>Names are byte strings as {@link dev.mydocker.kernel.Bytes} makes them. Nothing here touches a
 * file system, so nothing here judges names.
 */
package dev.mydocker.image.tar;
