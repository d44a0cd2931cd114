package dev.mydocker.runtime;

/**
 * What a monitor is told beside the process it watches.
 *
 * @param directory the container's directory, for log, exit record and cleanup; of an exec whose
 *     end is to be told, the one with the plan for that; or -1
 * @param logged whether output goes to a log in that directory, and clients may come and go
 * @param listener a listening socket for attach clients, or -1
 * @param client a connected attach client, or -1
 * @param lifeline the end of a pipe whose closing ends the container, or -1
 * @param stdinOnce whether the first client's end of input is the process's
 * @param logMaxSize bytes after which the log rotates; 0 for never
 * @param logMaxFiles how many log files there are at most
 * @param oomEvents a descriptor that tells whether the kernel ran out of the cgroup's memory, or -1
 */
public record MonitorSetup(
    int directory,
    boolean logged,
    int listener,
    int client,
    int lifeline,
    boolean stdinOnce,
    long logMaxSize,
    long logMaxFiles,
    int oomEvents) {}
