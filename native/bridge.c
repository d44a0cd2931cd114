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

static jint perform_at(JNIEnv *env, jbyteArray array, uint8_t *message, jsize length) {
    struct segment segment;
    (*env)->GetByteArrayRegion(env, array, 0, length, (jbyte *)message);
    long error = segment_open(&segment, message, (size_t)length, NULL);
    if (error == 0 && segment.header->descriptors != 0) {
        error = -EBADF;
    }
    if (error != 0) {
        return (jint)error;
    }
    struct outcome outcome = {
        .guard_directory = -1, .guard_pidfd = -1, .serve = -1, .exit_code = -1};
    segment_perform(&segment, &outcome);
    size_t reply = segment_reply(&segment);
    (*env)->SetByteArrayRegion(env, array, 0, (jsize)reply, (const jbyte *)message);
    return (jint)reply;
}

/*
 * dev.mydocker.kernel.InProcess.perform(byte[], int): performs the segment in array[0..length),
 * writes the reply to the array's start and returns its length, or -errno for a malformed one.
 */
JNIEXPORT jint JNICALL Java_dev_mydocker_kernel_InProcess_perform(JNIEnv *env, jclass unused,
                                                                  jbyteArray array, jint length) {
    (void)unused;
    if (length <= SMALL) {
        uint8_t message[SMALL] __attribute__((aligned(16)));
        return perform_at(env, array, message, length);
    }
    long memory = sys6(__NR_mmap, 0, length, PROTECTION, PRIVATE_ANONYMOUS, -1, 0);
    if (memory < 0 && memory >= -4095) {
        return (jint)memory;
    }
    jint reply = perform_at(env, array, (uint8_t *)memory, length);
    sys2(__NR_munmap, memory, length);
    return reply;
}
