/*
 * gzip by ISA-L (libisal.so.2), where the machine has it: three times as quick as the JDK's zlib.
 * Looked for when the first archive is unpacked, never at a start, and never needed.
 *
 * The bridge has no C library of its own; dlopen(3) is the JVM's, which has loaded us by it.
 */
#include "sys.h"

#include <jni.h>
#include <linux/mman.h>

extern void *dlopen(const char *name, int flags) __attribute__((weak));
extern void *dlsym(void *library, const char *name) __attribute__((weak));

enum {
    LAZY = 1, /* RTLD_LAZY */
    PROTECTION = PROT_READ | PROT_WRITE,
    PRIVATE_ANONYMOUS = 0x22,
    BUFFER = 1 << 18,
    GZIP = 1,     /* ISAL_GZIP: header and trailer are read, and the checksum compared */
    FINISHED = 5, /* ISAL_BLOCK_FINISH */
};

/*
 * What we use of struct inflate_state (igzip_lib.h): its beginning, which is the same in all
 * versions behind this soname. The tables are those of ISAL_DECODE_LONG_BITS 12 and
 * ISAL_DECODE_SHORT_BITS 10; works() finds out whether that holds.
 */
struct inflate_state {
    uint8_t *next_out;
    uint32_t avail_out;
    uint32_t total_out;
    uint8_t *next_in;
    uint64_t read_in;
    uint32_t avail_in;
    int32_t read_in_length;
    uint32_t literals[1 << 12];
    uint16_t long_literals[1264];
    uint16_t distances[1 << 10];
    uint16_t long_distances[80];
    uint32_t block_state;
    uint32_t dictionary_length;
    uint32_t last_block;
    uint32_t format;
};

/* One archive's. */
struct inflater {
    union {
        struct inflate_state state;
        uint8_t room[1 << 18]; /* of 2.31: 88 KiB */
    };
    uint8_t in[BUFFER];
    uint8_t out[BUFFER];
};

static void (*isal_init)(struct inflate_state *state);
static int (*isal_inflate)(struct inflate_state *state);

static void begin(struct inflate_state *state) {
    isal_init(state);
    state->format = GZIP;
}

/* Whether a small archive becomes what it should, and one with a wrong checksum does not. */
static bool works(struct inflater *inflater) {
    static const uint8_t archive[] = {0x1f, 0x8b, 8,    0,    0,    0,    0, 0, 0, 3, 0x4b,
                                      4,    0,    0x43, 0xbe, 0xb7, 0xe8, 1, 0, 0, 0};
    struct inflate_state *state = &inflater->state;
    for (int damaged = 0; damaged < 2; damaged++) {
        begin(state);
        memcpy(inflater->in, archive, sizeof archive);
        inflater->in[14] ^= (uint8_t)damaged;
        state->next_in = inflater->in;
        state->avail_in = sizeof archive;
        state->next_out = inflater->out;
        state->avail_out = BUFFER;
        int error = isal_inflate(state);
        bool right = error == 0 && state->block_state == FINISHED && state->avail_in == 0 &&
                     state->avail_out == BUFFER - 1 && inflater->out[0] == 'a';
        if (right == (damaged != 0)) {
            return false;
        }
    }
    return true;
}

static bool load(void) {
    if (!dlopen || !dlsym) {
        return false;
    }
    void *library = dlopen("libisal.so.2", LAZY);
    if (library == NULL) {
        return false;
    }
    /* Not a union of pointers, for POSIX says that a function's fits. */
    *(void **)&isal_inflate = dlsym(library, "isal_inflate");
    *(void **)&isal_init = dlsym(library, "isal_inflate_init");
    return isal_inflate != NULL && isal_init != NULL;
}

/* dev.mydocker.kernel.NativeInflater.create(): an inflater's address, or 0. */
JNIEXPORT jlong JNICALL Java_dev_mydocker_kernel_NativeInflater_create(JNIEnv *env, jclass unused) {
    (void)env;
    (void)unused;
    if (!load()) {
        return 0;
    }
    long memory = sys6(__NR_mmap, 0, sizeof(struct inflater), PROTECTION, PRIVATE_ANONYMOUS, -1, 0);
    if (memory < 0 && memory >= -4095) {
        return 0;
    }
    struct inflater *inflater = (struct inflater *)memory;
    if (!works(inflater)) {
        sys2(__NR_munmap, memory, sizeof *inflater);
        return 0;
    }
    begin(&inflater->state);
    return memory;
}

JNIEXPORT void JNICALL Java_dev_mydocker_kernel_NativeInflater_free(JNIEnv *env, jclass unused,
                                                                    jlong address) {
    (void)env;
    (void)unused;
    sys2(__NR_munmap, address, sizeof(struct inflater));
}

/* Begins with the next member of an archive. */
JNIEXPORT void JNICALL Java_dev_mydocker_kernel_NativeInflater_reset(JNIEnv *env, jclass unused,
                                                                     jlong address) {
    (void)env;
    (void)unused;
    begin(&((struct inflater *)address)->state);
}

/*
 * dev.mydocker.kernel.NativeInflater.inflate(…): how many bytes of in[] were used, in the upper
 * half, and how many of out[] were made, in the lower, with FINISHED's bit 62 at the end of a
 * member; or ISA-L's error, which is negative.
 */
JNIEXPORT jlong JNICALL Java_dev_mydocker_kernel_NativeInflater_inflate(JNIEnv *env, jclass unused,
                                                                        jlong address,
                                                                        jbyteArray in, jint from,
                                                                        jint length, jbyteArray out,
                                                                        jint to, jint room) {
    (void)unused;
    struct inflater *inflater = (struct inflater *)address;
    struct inflate_state *state = &inflater->state;
    uint32_t given = length < BUFFER ? (uint32_t)length : BUFFER;
    uint32_t free = room < BUFFER ? (uint32_t)room : BUFFER;
    (*env)->GetByteArrayRegion(env, in, from, (jsize)given, (jbyte *)inflater->in);
    state->next_in = inflater->in;
    state->avail_in = given;
    state->next_out = inflater->out;
    state->avail_out = free;
    int error = isal_inflate(state);
    if (error < 0) {
        return error;
    }
    jlong used = given - state->avail_in;
    uint32_t made = free - state->avail_out;
    (*env)->SetByteArrayRegion(env, out, to, (jsize)made, (const jbyte *)inflater->out);
    jlong finished = state->block_state == FINISHED ? (jlong)1 << 62 : 0;
    return finished | used << 32 | made;
}
