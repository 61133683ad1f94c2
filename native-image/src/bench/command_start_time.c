#include <inttypes.h>
#include <time.h>

#include "bench/commands.h"
#include "bench/session.h"
#include "bench/spread.h"
#include "net/bytes.h"
#include "protocol/echo.h"

/*
 * From the moment at which a node's process is made to its first answer to an echo, which is sent every millisecond
 * from the wire's first moment on. What EAL needs of it (rte_eal_init) the node says itself, and it is taken off:
 * DPDK's matter, and another on hugepages. In it is also the benchmark's own end of a memif, which is plugged in once
 * the node's is there.
 */
enum { EVERY_US = 1000, MOST_MS = 20000 };

static const double GOAL = 1;

struct start {
    double total_s; /* to the first answer */
    double eal_s;   /* of it rte_eal_init's; 0 without EAL */
};

struct starts {
    unsigned count;
    double total[SPREAD_MOST_PAIRS], eal[SPREAD_MOST_PAIRS], beyond[SPREAD_MOST_PAIRS];
};

static bool is_answer(const struct wire_datagram *datagram) {
    return datagram->length >= ECHO_BYTES && datagram->bytes[3] == MESSAGE_ECHO_REPLY;
}

static bool answers(struct wire *wire) {
    struct wire_datagram list[WIRE_BURST];
    unsigned count = wire_receive(wire, list, WIRE_BURST);
    for (unsigned i = 0; i < count; i++)
        if (is_answer(&list[i])) return true;
    return false;
}

/* False where it does not answer within 20 s. */
static bool first_answer(struct rig *rig, struct failure *why) {
    uint8_t bytes[ECHO_BYTES] = {0};
    struct header header = {.type = MESSAGE_ECHO, .network = header_network("pantheon-bench"), .hint = HEADER_NO_HINT};
    struct wire_datagram echo = {.bytes = bytes, .length = sizeof bytes};
    struct timespec pause = {.tv_nsec = EVERY_US * 1000};
    header_write(&header, bytes);
    for (unsigned ms = 0; ms < MOST_MS; ms++) {
        bytes_write32(bytes + HEADER_BYTES, ms);
        wire_send(rig->wire, &echo, 1);
        nanosleep(&pause, NULL);
        if (answers(rig->wire)) return true;
        if (!subject_lives(&rig->subject, why)) return false;
    }
    return failed(why, "%s: no answer within %u s", rig->side->name, MOST_MS / 1000);
}

static bool start_once(struct session *session, const struct rig_side *side, struct start *start) {
    struct rig rig;
    struct failure why;
    double ms = 0;
    uint64_t begin = clock_kernel_ns(CLOCK_MONOTONIC);
    if (!rig_connect(&rig, &session->place, side, session->options->peers, ECHO_BYTES, &why))
        return session_fail(session, &why);
    bool answered = first_answer(&rig, &why);
    uint64_t now = clock_kernel_ns(CLOCK_MONOTONIC);
    bool told = side->kind != WIRE_MEMIF || subject_wrote(&rig.subject, "EAL: started in ", &ms);
    rig_down(&rig);
    if (!answered) return session_fail(session, &why);
    if (!told) return failed(&why, "the node does not say how long EAL took"), session_fail(session, &why);
    *start = (struct start){.total_s = (double)(now - begin) / 1e9, .eal_s = ms / 1e3};
    return true;
}

static bool add(struct session *session, const struct rig_side *side, struct starts *starts) {
    struct start start = {0};
    progress_say(session->progress, "%s: start %u of %u", side->name, starts->count + 1, session->options->pairs);
    if (!start_once(session, side, &start)) return false;
    starts->total[starts->count] = start.total_s;
    starts->eal[starts->count] = start.eal_s;
    starts->beyond[starts->count++] = start.total_s - start.eal_s;
    return true;
}

static void write_list(struct json *json, const char *key, const double *list, unsigned count) {
    json_row(json, key);
    for (unsigned i = 0; i < count; i++) json_number(json, NULL, list[i]);
    json_end(json);
}

static void tell(struct session *session, const struct rig_side *side, struct starts *starts) {
    unsigned count = starts->count;
    json_object(&session->json, side->name);
    write_list(&session->json, "total_s", starts->total, count);
    write_list(&session->json, "eal_s", starts->eal, count);
    write_list(&session->json, "beyond_s", starts->beyond, count);
    json_end(&session->json);
    double beyond = spread_median(starts->beyond, count);
    printf("%-8s first answer %.3f s after exec, EAL's own %.3f s, beyond it %.3f s (%.3f to %.3f)%s\n", side->name,
           spread_median(starts->total, count), spread_median(starts->eal, count), beyond, starts->beyond[0],
           starts->beyond[count - 1], beyond <= GOAL ? ", goal reached" : ", goal missed");
}

int command_start_time(const struct options *options) {
    struct session session;
    const struct rig_side *sides[2];
    static struct starts starts[2];
    if (!session_begin(&session, options)) return session_end(&session);
    json_whole(&session.json, "peers", options->peers);
    unsigned count = session_sides(&session, sides);
    bool well = true;
    for (unsigned i = 0; well && i < options->pairs * count; i++)
        well = add(&session, sides[i % count], &starts[i % count]);
    for (unsigned i = 0; well && i < count; i++) tell(&session, sides[i], &starts[i]);
    return session_end(&session);
}
