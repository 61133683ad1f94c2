#include "exception/exception.h"

#include <errno.h>
#include <unistd.h>

struct pollfd exception_file(const struct exception *exception) {
    bool room = exception->open && frame_ring_has_room(exception->from_kernel);
    return (struct pollfd){.fd = exception->open ? exception->file : -1, .events = room ? POLLIN : 0};
}

static bool is_busy(const struct exception *exception, uint64_t now_ns) {
    return exception->last_ns != 0 && now_ns - exception->last_ns < EXCEPTION_BUSY_NS;
}

int exception_ms(const struct exception *exception, uint64_t now_ns, int most) {
    if (!exception->open) return most;
    int ms = is_busy(exception, now_ns) ? EXCEPTION_BUSY_MS : EXCEPTION_IDLE_MS;
    return ms < most ? ms : most;
}

/* A TAP that somebody deleted answers with this (tun.c). One that is down answers with EIO, and may be set up again. */
static bool is_gone(void) {
    return errno == EBADFD;
}

/* False where the TAP is gone. */
static bool give_kernel(struct exception *exception, struct frame_ring *ring, uint64_t now_ns) {
    const uint8_t *bytes;
    uint16_t length;
    for (unsigned i = 0; i < EXCEPTION_AT_ONCE && (bytes = frame_ring_first(ring, &length)) != NULL; i++) {
        ssize_t written = write(exception->file, bytes, length);
        frame_ring_done(ring);
        if (written < 0 && is_gone()) return false;
        counter_add(written == length ? &exception->written : &exception->refused, 1);
        exception->last_ns = now_ns;
    }
    return true;
}

/* One frame: 1; none, or no room: 0; the TAP is gone: -1. */
static int take_one(struct exception *exception) {
    uint8_t *room = frame_ring_room(exception->from_kernel);
    if (room == NULL) return 0;
    /* A longer frame is cut by the kernel, so that one byte more than fits tells that there was more. */
    uint16_t longest = frame_ring_longest(exception->from_kernel);
    ssize_t length = read(exception->file, room, longest);
    bool fits = length > 0 && length < longest;
    frame_ring_filled(exception->from_kernel, fits ? (uint16_t)length : 0);
    if (length < 0) return is_gone() ? -1 : 0;
    counter_add(fits ? &exception->taken : &exception->too_long, 1);
    return 1;
}

static bool take_from_kernel(struct exception *exception, uint64_t now_ns) {
    for (unsigned i = 0; i < EXCEPTION_AT_ONCE; i++) {
        int taken = take_one(exception);
        if (taken <= 0) return taken == 0;
        exception->last_ns = now_ns;
    }
    return true;
}

bool exception_handle(struct exception *exception, struct pollfd file, uint64_t now_ns) {
    if (!exception->open) return true;
    bool there = true;
    for (unsigned i = 0; i < exception->workers && there; i++)
        there = give_kernel(exception, exception->to_kernel[i], now_ns);
    if (there && file.revents != 0) there = take_from_kernel(exception, now_ns);
    if (!there) exception_close(exception);
    return there;
}

void exception_close(struct exception *exception) {
    if (exception->open) close(exception->file);
    exception->open = false;
}
