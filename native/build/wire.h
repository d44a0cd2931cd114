/* Made from wire.table by wire.awk. */
#ifndef MYDOCKER_WIRE_H
#define MYDOCKER_WIRE_H
#include <asm/unistd.h>
#include <stdint.h>
#define WIRE_MAGIC 0x6b64796d
#define WIRE_VERSION 1
#define WIRE_MAXIMUM_LENGTH 16777216
#define WIRE_MAXIMUM_INSTRUCTIONS 65536
#define WIRE_MAXIMUM_DESCRIPTORS 64
struct wire_header {
    uint32_t magic;
    uint16_t version;
    uint16_t flags;
    uint32_t length;
    uint32_t instructions;
    uint32_t data_length;
    uint32_t return_offset;
    uint32_t return_length;
    uint32_t descriptors;
    int32_t failed;
    int32_t error;
};
_Static_assert(sizeof(struct wire_header) == 40, "header");
#define WIRE_FLAG_TRACE 1
#define WIRE_FLAG_REPLY 2
struct wire_instruction {
    uint8_t operation;
    uint8_t policy;
    uint16_t kinds;
    uint32_t number;
    uint32_t tolerated;
    uint32_t jump;
    int64_t argument[6];
};
_Static_assert(sizeof(struct wire_instruction) == 64, "instruction");
#define WIRE_KIND_IMMEDIATE 0
#define WIRE_KIND_DATA 1
#define WIRE_KIND_RESULT 2
#define WIRE_KIND_DESCRIPTOR 3
#define WIRE_POLICY_FAIL 0
#define WIRE_POLICY_IGNORE 1
#define WIRE_POLICY_TOLERATE 2
#define WIRE_POLICY_JUMP 3
#define WIRE_OP_SYSCALL 1
#define WIRE_OP_CHECK 2
#define WIRE_OP_JUMP 3
#define WIRE_OP_STORE 4
#define WIRE_OP_LOAD 5
#define WIRE_OP_RELOCATE 6
#define WIRE_OP_SPAWN 7
#define WIRE_OP_EXECUTE 8
#define WIRE_OP_WAIT 9
#define WIRE_OP_REAP 10
#define WIRE_OP_MONITOR 11
#define WIRE_OP_KILL_CGROUP 12
#define WIRE_OP_REMOVE_CGROUP 13
#define WIRE_OP_DELETE_TREE 14
#define WIRE_OP_SHARE 15
#define WIRE_OP_SEND 16
#define WIRE_OP_RECEIVE 17
#define WIRE_OP_GUARD 18
#define WIRE_OP_EXIT 19
#define WIRE_OP_LAST 19
struct wire_monitor {
    uint64_t version;
    int64_t pid;
    int64_t pidfd;
    int64_t out;
    int64_t err;
    int64_t in;
    uint64_t flags;
    int64_t directory;
    uint64_t log_max_size;
    uint64_t log_max_files;
    int64_t listener;
    int64_t client;
    int64_t lifeline;
    int64_t session;
    int64_t oom_events;
};
_Static_assert(sizeof(struct wire_monitor) == 120, "monitor");
#define WIRE_MONITOR_VERSION 1
#define WIRE_MONITOR_TERMINAL 1
#define WIRE_MONITOR_STDIN_ONCE 2
#define WIRE_MONITOR_LOGGED 4
#define WIRE_MONITOR_SERVES_ONE 8
#define WIRE_ATTACH_VERSION 1
#define WIRE_ATTACH_MAXIMUM 32768
#define WIRE_ATTACH_HELLO 0
#define WIRE_ATTACH_IN 1
#define WIRE_ATTACH_IN_EOF 2
#define WIRE_ATTACH_RESIZE 3
#define WIRE_ATTACH_SIGNAL 4
#define WIRE_ATTACH_DETACH 5
#define WIRE_ATTACH_WELCOME 16
#define WIRE_ATTACH_OUT 17
#define WIRE_ATTACH_ERR 18
#define WIRE_ATTACH_EXIT 19
#define WIRE_HELLO_OUT 1
#define WIRE_HELLO_ERR 2
#define WIRE_HELLO_IN 4
#define WIRE_HELLO_REPLAY 8
#define WIRE_CLIENT_RAW 1
#define WIRE_CLIENT_STDIN 2
#define WIRE_CLIENT_SIG_PROXY 4
#define WIRE_CLIENT_PRINT_EXIT 8
#define WIRE_CLIENT_OUT 16
#define WIRE_CLIENT_ERR 32
#define WIRE_FOLLOW_TIMES 1
#define WIRE_FOLLOW_OUT 2
#define WIRE_FOLLOW_ERR 4
#if defined(__x86_64__)
_Static_assert(__NR_read == 0, "read");
#else
_Static_assert(__NR_read == 63, "read");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_write == 1, "write");
#else
_Static_assert(__NR_write == 64, "write");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_close == 3, "close");
#else
_Static_assert(__NR_close == 57, "close");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_fstat == 5, "fstat");
#else
_Static_assert(__NR_fstat == 80, "fstat");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_lseek == 8, "lseek");
#else
_Static_assert(__NR_lseek == 62, "lseek");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_mmap == 9, "mmap");
#else
_Static_assert(__NR_mmap == 222, "mmap");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_ioctl == 16, "ioctl");
#else
_Static_assert(__NR_ioctl == 29, "ioctl");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_pread64 == 17, "pread64");
#else
_Static_assert(__NR_pread64 == 67, "pread64");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_pwrite64 == 18, "pwrite64");
#else
_Static_assert(__NR_pwrite64 == 68, "pwrite64");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_dup == 32, "dup");
#else
_Static_assert(__NR_dup == 23, "dup");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_nanosleep == 35, "nanosleep");
#else
_Static_assert(__NR_nanosleep == 101, "nanosleep");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_getpid == 39, "getpid");
#else
_Static_assert(__NR_getpid == 172, "getpid");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_sendfile == 40, "sendfile");
#else
_Static_assert(__NR_sendfile == 71, "sendfile");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_socket == 41, "socket");
#else
_Static_assert(__NR_socket == 198, "socket");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_connect == 42, "connect");
#else
_Static_assert(__NR_connect == 203, "connect");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_sendto == 44, "sendto");
#else
_Static_assert(__NR_sendto == 206, "sendto");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_sendmsg == 46, "sendmsg");
#else
_Static_assert(__NR_sendmsg == 211, "sendmsg");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_recvmsg == 47, "recvmsg");
#else
_Static_assert(__NR_recvmsg == 212, "recvmsg");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_shutdown == 48, "shutdown");
#else
_Static_assert(__NR_shutdown == 210, "shutdown");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_bind == 49, "bind");
#else
_Static_assert(__NR_bind == 200, "bind");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_listen == 50, "listen");
#else
_Static_assert(__NR_listen == 201, "listen");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_getsockname == 51, "getsockname");
#else
_Static_assert(__NR_getsockname == 204, "getsockname");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_socketpair == 53, "socketpair");
#else
_Static_assert(__NR_socketpair == 199, "socketpair");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_setsockopt == 54, "setsockopt");
#else
_Static_assert(__NR_setsockopt == 208, "setsockopt");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_getsockopt == 55, "getsockopt");
#else
_Static_assert(__NR_getsockopt == 209, "getsockopt");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_kill == 62, "kill");
#else
_Static_assert(__NR_kill == 129, "kill");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_uname == 63, "uname");
#else
_Static_assert(__NR_uname == 160, "uname");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_fcntl == 72, "fcntl");
#else
_Static_assert(__NR_fcntl == 25, "fcntl");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_flock == 73, "flock");
#else
_Static_assert(__NR_flock == 32, "flock");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_fsync == 74, "fsync");
#else
_Static_assert(__NR_fsync == 82, "fsync");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_fdatasync == 75, "fdatasync");
#else
_Static_assert(__NR_fdatasync == 83, "fdatasync");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_ftruncate == 77, "ftruncate");
#else
_Static_assert(__NR_ftruncate == 46, "ftruncate");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_getcwd == 79, "getcwd");
#else
_Static_assert(__NR_getcwd == 17, "getcwd");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_chdir == 80, "chdir");
#else
_Static_assert(__NR_chdir == 49, "chdir");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_fchdir == 81, "fchdir");
#else
_Static_assert(__NR_fchdir == 50, "fchdir");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_fchmod == 91, "fchmod");
#else
_Static_assert(__NR_fchmod == 52, "fchmod");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_fchown == 93, "fchown");
#else
_Static_assert(__NR_fchown == 55, "fchown");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_umask == 95, "umask");
#else
_Static_assert(__NR_umask == 166, "umask");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_getuid == 102, "getuid");
#else
_Static_assert(__NR_getuid == 174, "getuid");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_getgid == 104, "getgid");
#else
_Static_assert(__NR_getgid == 176, "getgid");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_geteuid == 107, "geteuid");
#else
_Static_assert(__NR_geteuid == 175, "geteuid");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_setgid == 106, "setgid");
#else
_Static_assert(__NR_setgid == 144, "setgid");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_setuid == 105, "setuid");
#else
_Static_assert(__NR_setuid == 146, "setuid");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_setpgid == 109, "setpgid");
#else
_Static_assert(__NR_setpgid == 154, "setpgid");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_getppid == 110, "getppid");
#else
_Static_assert(__NR_getppid == 173, "getppid");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_setsid == 112, "setsid");
#else
_Static_assert(__NR_setsid == 157, "setsid");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_setgroups == 116, "setgroups");
#else
_Static_assert(__NR_setgroups == 159, "setgroups");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_setresuid == 117, "setresuid");
#else
_Static_assert(__NR_setresuid == 147, "setresuid");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_setresgid == 119, "setresgid");
#else
_Static_assert(__NR_setresgid == 149, "setresgid");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_capget == 125, "capget");
#else
_Static_assert(__NR_capget == 90, "capget");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_capset == 126, "capset");
#else
_Static_assert(__NR_capset == 91, "capset");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_personality == 135, "personality");
#else
_Static_assert(__NR_personality == 92, "personality");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_statfs == 137, "statfs");
#else
_Static_assert(__NR_statfs == 43, "statfs");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_fstatfs == 138, "fstatfs");
#else
_Static_assert(__NR_fstatfs == 44, "fstatfs");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_prctl == 157, "prctl");
#else
_Static_assert(__NR_prctl == 167, "prctl");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_sync == 162, "sync");
#else
_Static_assert(__NR_sync == 81, "sync");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_mount == 165, "mount");
#else
_Static_assert(__NR_mount == 40, "mount");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_umount2 == 166, "umount2");
#else
_Static_assert(__NR_umount2 == 39, "umount2");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_sethostname == 170, "sethostname");
#else
_Static_assert(__NR_sethostname == 161, "sethostname");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_setdomainname == 171, "setdomainname");
#else
_Static_assert(__NR_setdomainname == 162, "setdomainname");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_fsetxattr == 190, "fsetxattr");
#else
_Static_assert(__NR_fsetxattr == 7, "fsetxattr");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_lsetxattr == 189, "lsetxattr");
#else
_Static_assert(__NR_lsetxattr == 6, "lsetxattr");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_fgetxattr == 193, "fgetxattr");
#else
_Static_assert(__NR_fgetxattr == 10, "fgetxattr");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_lgetxattr == 192, "lgetxattr");
#else
_Static_assert(__NR_lgetxattr == 9, "lgetxattr");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_flistxattr == 196, "flistxattr");
#else
_Static_assert(__NR_flistxattr == 13, "flistxattr");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_llistxattr == 195, "llistxattr");
#else
_Static_assert(__NR_llistxattr == 12, "llistxattr");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_getdents64 == 217, "getdents64");
#else
_Static_assert(__NR_getdents64 == 61, "getdents64");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_exit_group == 231, "exit_group");
#else
_Static_assert(__NR_exit_group == 94, "exit_group");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_waitid == 247, "waitid");
#else
_Static_assert(__NR_waitid == 95, "waitid");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_add_key == 248, "add_key");
#else
_Static_assert(__NR_add_key == 217, "add_key");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_keyctl == 250, "keyctl");
#else
_Static_assert(__NR_keyctl == 219, "keyctl");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_ioprio_set == 251, "ioprio_set");
#else
_Static_assert(__NR_ioprio_set == 30, "ioprio_set");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_inotify_add_watch == 254, "inotify_add_watch");
#else
_Static_assert(__NR_inotify_add_watch == 27, "inotify_add_watch");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_openat == 257, "openat");
#else
_Static_assert(__NR_openat == 56, "openat");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_mkdirat == 258, "mkdirat");
#else
_Static_assert(__NR_mkdirat == 34, "mkdirat");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_mknodat == 259, "mknodat");
#else
_Static_assert(__NR_mknodat == 33, "mknodat");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_fchownat == 260, "fchownat");
#else
_Static_assert(__NR_fchownat == 54, "fchownat");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_newfstatat == 262, "newfstatat");
#else
_Static_assert(__NR_newfstatat == 79, "newfstatat");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_unlinkat == 263, "unlinkat");
#else
_Static_assert(__NR_unlinkat == 35, "unlinkat");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_linkat == 265, "linkat");
#else
_Static_assert(__NR_linkat == 37, "linkat");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_symlinkat == 266, "symlinkat");
#else
_Static_assert(__NR_symlinkat == 36, "symlinkat");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_readlinkat == 267, "readlinkat");
#else
_Static_assert(__NR_readlinkat == 78, "readlinkat");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_fchmodat == 268, "fchmodat");
#else
_Static_assert(__NR_fchmodat == 53, "fchmodat");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_ppoll == 271, "ppoll");
#else
_Static_assert(__NR_ppoll == 73, "ppoll");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_unshare == 272, "unshare");
#else
_Static_assert(__NR_unshare == 97, "unshare");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_splice == 275, "splice");
#else
_Static_assert(__NR_splice == 76, "splice");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_utimensat == 280, "utimensat");
#else
_Static_assert(__NR_utimensat == 88, "utimensat");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_fallocate == 285, "fallocate");
#else
_Static_assert(__NR_fallocate == 47, "fallocate");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_accept4 == 288, "accept4");
#else
_Static_assert(__NR_accept4 == 242, "accept4");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_dup3 == 292, "dup3");
#else
_Static_assert(__NR_dup3 == 24, "dup3");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_pipe2 == 293, "pipe2");
#else
_Static_assert(__NR_pipe2 == 59, "pipe2");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_inotify_init1 == 294, "inotify_init1");
#else
_Static_assert(__NR_inotify_init1 == 26, "inotify_init1");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_prlimit64 == 302, "prlimit64");
#else
_Static_assert(__NR_prlimit64 == 261, "prlimit64");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_syncfs == 306, "syncfs");
#else
_Static_assert(__NR_syncfs == 267, "syncfs");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_setns == 308, "setns");
#else
_Static_assert(__NR_setns == 268, "setns");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_getrandom == 318, "getrandom");
#else
_Static_assert(__NR_getrandom == 278, "getrandom");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_memfd_create == 319, "memfd_create");
#else
_Static_assert(__NR_memfd_create == 279, "memfd_create");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_bpf == 321, "bpf");
#else
_Static_assert(__NR_bpf == 280, "bpf");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_execveat == 322, "execveat");
#else
_Static_assert(__NR_execveat == 281, "execveat");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_execve == 59, "execve");
#else
_Static_assert(__NR_execve == 221, "execve");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_copy_file_range == 326, "copy_file_range");
#else
_Static_assert(__NR_copy_file_range == 285, "copy_file_range");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_renameat2 == 316, "renameat2");
#else
_Static_assert(__NR_renameat2 == 276, "renameat2");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_seccomp == 317, "seccomp");
#else
_Static_assert(__NR_seccomp == 277, "seccomp");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_statx == 332, "statx");
#else
_Static_assert(__NR_statx == 291, "statx");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_pidfd_send_signal == 424, "pidfd_send_signal");
#else
_Static_assert(__NR_pidfd_send_signal == 424, "pidfd_send_signal");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_open_tree == 428, "open_tree");
#else
_Static_assert(__NR_open_tree == 428, "open_tree");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_move_mount == 429, "move_mount");
#else
_Static_assert(__NR_move_mount == 429, "move_mount");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_fsopen == 430, "fsopen");
#else
_Static_assert(__NR_fsopen == 430, "fsopen");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_fsconfig == 431, "fsconfig");
#else
_Static_assert(__NR_fsconfig == 431, "fsconfig");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_fsmount == 432, "fsmount");
#else
_Static_assert(__NR_fsmount == 432, "fsmount");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_fspick == 433, "fspick");
#else
_Static_assert(__NR_fspick == 433, "fspick");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_pidfd_open == 434, "pidfd_open");
#else
_Static_assert(__NR_pidfd_open == 434, "pidfd_open");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_clone3 == 435, "clone3");
#else
_Static_assert(__NR_clone3 == 435, "clone3");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_close_range == 436, "close_range");
#else
_Static_assert(__NR_close_range == 436, "close_range");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_openat2 == 437, "openat2");
#else
_Static_assert(__NR_openat2 == 437, "openat2");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_pidfd_getfd == 438, "pidfd_getfd");
#else
_Static_assert(__NR_pidfd_getfd == 438, "pidfd_getfd");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_faccessat2 == 439, "faccessat2");
#else
_Static_assert(__NR_faccessat2 == 439, "faccessat2");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_mount_setattr == 442, "mount_setattr");
#else
_Static_assert(__NR_mount_setattr == 442, "mount_setattr");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_sched_setscheduler == 144, "sched_setscheduler");
#else
_Static_assert(__NR_sched_setscheduler == 119, "sched_setscheduler");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_sched_setaffinity == 203, "sched_setaffinity");
#else
_Static_assert(__NR_sched_setaffinity == 122, "sched_setaffinity");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_gettid == 186, "gettid");
#else
_Static_assert(__NR_gettid == 178, "gettid");
#endif
#if defined(__x86_64__)
_Static_assert(__NR_clock_gettime == 228, "clock_gettime");
#else
_Static_assert(__NR_clock_gettime == 113, "clock_gettime");
#endif
#endif
