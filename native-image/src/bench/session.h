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
 * The largest rates, by a search (bench/search.h) with the datagrams of the rig; "search" in the JSON's innermost object.
 * SEARCH_WHOLE: NDR (nothing lost) and PDR (0.5 % lost at most). The short ones are for figures that are measured many
 * times, with wider bounds in a sixth of the time. SEARCH_PDR is what two sides are compared by: on a virtual machine
 * NDR tells the moments for which the hypervisor takes a CPU away (3 ms fill a ring of 1,024 at 0.3 Mpps), and so
 * differs tenfold between runs of one program whose PDR differs by a few per cent.
 */
enum search_kind { SEARCH_WHOLE, SEARCH_PDR, SEARCH_NDR_AND_PDR };
bool session_search(struct session *session, struct rig *rig, enum search_kind kind, struct search *search);

/* What such a search has found, in packets a second; 0: not even the least rate. NDR: 0 also where it was not searched. */
uint64_t session_ndr(const struct search *search);
uint64_t session_pdr(const struct search *search);

/* One rate for so long; tried again while it is disturbed, three times. session->trial holds it. */
bool session_try(struct session *session, struct rig *rig, uint64_t rate, uint64_t duration_ns);

/* The sides that --backend asks for: kernel first. Answers how many. */
unsigned session_sides(const struct session *session, const struct rig_side *sides[2]);

/* Bytes of a datagram for a frame of so many bytes on an Ethernet, its check sequence included (RFC 2544 counts so). */
uint16_t session_datagram(uint32_t packet_size);

#endif
