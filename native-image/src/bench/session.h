#ifndef PANTHEON_BENCH_SESSION_H
#define PANTHEON_BENCH_SESSION_H

#include "bench/json.h"
#include "bench/options.h"
#include "bench/output.h"
#include "bench/plot.h"
#include "bench/progress.h"
#include "bench/rig.h"
#include "bench/trial.h"

/*
 * What every command begins and ends with: its output files, the place where it runs, progress, and what it tells at the
 * end. A command is a few calls of this and its own figures.
 */
struct session {
    const struct options *options;
    struct output json_file;
    struct output svg_file;
    struct json json; /* an object is open */
    FILE *nowhere;    /* where JSON goes that nobody asked for */
    struct progress *progress;
    struct trial_setting setting;
    struct rig_place place;
    struct trial trial; /* the last one */
    int exit;           /* enum bench_exit, BENCH_MEASURED so far */
};

/* False where it could not begin: a line was written, and `exit` says what. */
bool session_begin(struct session *session, const struct options *options);

/* Files are kept where everything went well, and the exit code is answered. */
int session_end(struct session *session);

/* A line on standard error; the session ends with BENCH_FAILED. Always false. */
bool session_fail(struct session *session, const struct failure *why);

/* A finding that is not certain: the session ends with BENCH_UNCERTAIN. */
__attribute__((format(printf, 2, 3))) void session_doubt(struct session *session, const char *format, ...);

/* A node on a wire with traffic (rig_up); false as session_fail. The caller ends it with rig_down. */
bool session_up(struct session *session, struct rig *rig, const struct rig_side *side, enum traffic_kind kind,
                unsigned connections, uint16_t length);

/*
 * The largest rates, by a search (bench/search.h) with the datagrams of the rig: NDR (nothing lost) and PDR (0.5 % lost at
 * most), in packets a second; "search" in the JSON's innermost object.
 */
bool session_search(struct session *session, struct rig *rig, struct search *search);

/*
 * How many come through in a second while SESSION_WINDOW are under way (bench/window.h): what sides are compared by.
 * Above 0. "largest" in the JSON's innermost object; lost ones, which there should be none of, are a doubt.
 *
 * Half of what the rings of a memif hold, so nothing is lost in them, and eight bursts, so neither side waits for the
 * other.
 */
#define SESSION_WINDOW 512u
bool session_largest(struct session *session, struct rig *rig, uint64_t *rate);

/* One rate for so long, in an open loop; tried again while it is disturbed, three times. session->trial holds it. */
bool session_try(struct session *session, struct rig *rig, uint64_t rate, uint64_t duration_ns);

/* The sides that --backend asks for: kernel first. Answers how many. */
unsigned session_sides(const struct session *session, const struct rig_side *sides[2]);

/* Bytes of a datagram for a frame of so many bytes on an Ethernet, its check sequence included (RFC 2544 counts so). */
uint16_t session_datagram(uint32_t packet_size);

#endif
