#ifndef PANTHEON_STATISTICS_SCRAPE_H
#define PANTHEON_STATISTICS_SCRAPE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/failure.h"
#include "statistics/metrics.h"
#include "statistics/request.h"

/*
 * The HTTP side of the metrics: GET /metrics and GET /healthz, one request a connection, on the control thread, without
 * a thread of its own and without ever blocking it. The control loop polls the files that scrape_files gives it
 * together with its own, for as long as scrape_ms says, and hands the events to scrape_handle.
 *
 * There is no authentication and no TLS: it listens on a loopback address or on a Unix socket of the node's user and
 * group, unless the configuration says otherwise. Whoever can connect can read the counters, and keep others from it
 * for SCRAPE_SECONDS at a time; neither reaches the datapath.
 */

/* One scraper needs one, a second scraper and a person another each. */
#define SCRAPE_CONNECTIONS 8u

/* From its acceptance to its end: a scraper on this host needs a millisecond. */
#define SCRAPE_SECONDS 2u

/* Room in front of a page for its header, of which the longest has some 170 bytes. */
#define SCRAPE_HEADER 256u

enum scrape_state { SCRAPE_FREE, SCRAPE_READING, SCRAPE_SENDING, SCRAPE_ENDING };

struct scrape_connection {
    enum scrape_state state;
    int file;
    uint64_t deadline_ns;
    size_t received;
    size_t sent, end; /* of `answer`: what is left to send */
    char request[REQUEST_BYTES];
    char answer[SCRAPE_HEADER + METRICS_BYTES];
};

/* What is answered; whoever opens it embeds this in what it knows. Called on the control thread. */
struct scrape_pages {
    /* False where the page cannot be made. */
    bool (*metrics)(struct scrape_pages *pages, char *to, size_t room, size_t *length);
    /* Writes one line, without its end, of what is wrong or how it is; true: healthy. */
    bool (*health)(struct scrape_pages *pages, char *line, size_t room);
};

/* Two megabytes, of which untouched pages take no memory. All zero is one that does not listen. */
struct scrape {
    bool open;
    int listener;
    const char *path; /* of a Unix socket, NULL otherwise */
    struct scrape_pages *pages;
    struct scrape_connection connections[SCRAPE_CONNECTIONS];
};

/* `listen` is [metrics] listen, which pattern_listen accepted; it stays where it is. */
bool scrape_open(struct scrape *scrape, const char *listen, struct scrape_pages *pages, struct failure *why);

/* What is to be polled; unused ones are -1, which poll passes over. */
#define SCRAPE_FILES (SCRAPE_CONNECTIONS + 1u)
void scrape_files(const struct scrape *scrape, struct pollfd files[SCRAPE_FILES]);

/* How long may be polled: `most`, or less where a connection's time is over before. */
int scrape_ms(const struct scrape *scrape, uint64_t now_ns, int most);

/* After every poll, whatever it said: connections whose time is over are ended here. */
void scrape_handle(struct scrape *scrape, const struct pollfd files[SCRAPE_FILES], uint64_t now_ns);

void scrape_close(struct scrape *scrape);

#endif
