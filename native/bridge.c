/*
 * The in-process performer's bridge: one method, which performs a segment in the calling thread.
 * JNI rather than the Foreign Function API because of cold start
 * (docs/decisions/0004-two-performers.md).
 */
#include "interp.h"

#include <asm/errno.h>
#include <jni.h>
#include <linux/mman.h>

enum { SMALL = 16384, PROTECTION = 3 /* PROT_READ | PROT_WRITE */, PRIVATE_ANONYMOUS = 0x22 };

static jint perform_at(JNIEnv *env, jbyteArray array, jbyteArray reply, uint8_t *message,
                       jsize length, size_t capacity) {
    struct segment segment;
    (*env)->GetByteArrayRegion(env, array, 0, length, (jbyte *)message);
    long error = segment_open(&segment, message, (size_t)length, capacity, NULL);
    if (error == 0 && segment.header->descriptors != 0) {
        error = -EBADF;
    }
    if (error != 0) {
        return (jint)error;
    }
    struct outcome outcome = {
        .guard_directory = -1, .guard_pidfd = -1, .serve = -1, .exit_code = -1};
    segment_perform(&segment, &outcome);
    size_t answer = segment_reply(&segment);
    (*env)->SetByteArrayRegion(env, reply, 0, (jsize)answer, (const jbyte *)message);
    return (jint)answer;
}

/*
 * dev.mydocker.kernel.InProcess.perform(byte[], byte[], int): performs a segment, which may be
 * short of `left_out` bytes, and writes its reply; returns the reply's length, or -errno for a
 * malformed one.
 */
JNIEXPORT jint JNICALL Java_dev_mydocker_kernel_InProcess_perform(JNIEnv *env, jclass unused,
                                                                  jbyteArray array,
                                                                  jbyteArray reply, jint left_out) {
    (void)unused;
    jsize length = (*env)->GetArrayLength(env, array);
    size_t capacity = (size_t)length + (size_t)left_out;
    if (capacity <= SMALL) {
        uint8_t message[SMALL] __attribute__((aligned(16)));
        return perform_at(env, array, reply, message, length, sizeof message);
    }
    long memory = sys6(__NR_mmap, 0, (long)capacity, PROTECTION, PRIVATE_ANONYMOUS, -1, 0);
    if (memory < 0 && memory >= -4095) {
        return (jint)memory;
    }
    jint answer = perform_at(env, array, reply, (uint8_t *)memory, length, capacity);
    sys2(__NR_munmap, memory, (long)capacity);
    return answer;
}
