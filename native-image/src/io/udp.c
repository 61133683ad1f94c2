#include "io/udp.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "io/udp_worker.h"

/* What the kernel dropped changes counters that people and their tools read: ten times a second is often enough. */
static const uint64_t ASK_EVERY_NS = 100000000;
static const uint32_t NS_PER_SECOND = 1000000000;

void udp_count_lost(struct udp_worker *worker, uint64_t now_ns) {
    if (now_ns - worker->asked_ns < ASK_EVERY_NS) return;
    worker->asked_ns = now_ns;
    for (unsigned i = 0; i < worker->socket_count; i++)
        counter_add(&worker->io.counters->lost_below, udp_socket_lost(&worker->sockets[i]));
}

static bool take(struct io *io, struct datagram *datagram) {
    struct udp_worker *worker = udp_worker_of(io);
    uint8_t *slot = slots_take(&worker->slots);
    if (slot == NULL) {
        counter_add(&io->counters->no_buffer, 1);
        return false;
    }
    *datagram = (struct datagram){.buffer = slot, .bytes = slot, .room = (uint16_t)worker->slots.room};
    return true;
}

static void drop(struct io *io, struct datagram *list, unsigned count) {
    for (unsigned i = 0; i < count; i++) slots_give(&udp_worker_of(io)->slots, list[i].buffer);
}

/* Those that were not taken go behind those that were. Seldom, so its 12 KiB of stack are not everybody's. */
__attribute__((noinline)) static void put_in_order(struct datagram *list, unsigned count, const bool *taken) {
    struct datagram others[IO_MAX_BURST];
    unsigned first = 0, other = 0;
    for (unsigned i = 0; i < count; i++) {
        if (taken[i])
            list[first++] = list[i];
        else
            others[other++] = list[i];
    }
    memcpy(list + first, others, other * sizeof *others);
}

unsigned udp_sent(struct udp_worker *worker, struct datagram *list, unsigned count, const bool *taken) {
    unsigned sent = 0;
    for (unsigned i = 0; i < count; i++) sent += taken[i];
    drop(&worker->io, list, count);
    counter_add(&worker->io.counters->transmitted, sent);
    if (sent == count) return sent;
    counter_add(&worker->io.counters->refused, count - sent);
    put_in_order(list, count, taken);
    return sent;
}

/* The buffer holds what came and the address stands in `peer`: sending is all there is to it, whatever has changed. */
static unsigned turn_bursts(struct io *io, struct datagram *list, unsigned count, uint16_t grown) {
    (void)grown;
    return udp_send_bursts(io, list, count);
}

static unsigned turn_packets(struct io *io, struct datagram *list, unsigned count, uint16_t grown) {
    (void)grown;
    return udp_send_packets(io, list, count);
}

/* Where the pool is empty, what waits below cannot be had, and would only make this a loop without a pause. */
static void wait_for_datagrams(struct io *io, uint32_t ns) {
    struct udp_worker *worker = udp_worker_of(io);
    struct pollfd files[2];
    unsigned count = worker->slots.free_count > 0 ? worker->socket_count : 0;
    if (count > 0 && worker->receiving.next < worker->receiving.count) return; /* some are here and not cut yet */
    for (unsigned i = 0; i < count; i++) files[i] = (struct pollfd){.fd = worker->sockets[i].fd, .events = POLLIN};
    struct timespec most = {.tv_sec = ns / NS_PER_SECOND, .tv_nsec = ns % NS_PER_SECOND};
    ppoll(files, count, &most, NULL);
}

static const struct io_operations BURSTS = {
    .receive = udp_receive_bursts,
    .take = take,
    .send = udp_send_bursts,
    .turn = turn_bursts,
    .spread = udp_spread_bursts,
    .drop = drop,
    .wait = wait_for_datagrams,
};

static const struct io_operations PACKETS = {
    .receive = udp_receive_packets,
    .take = take,
    .send = udp_send_packets,
    .turn = turn_packets,
    .spread = udp_spread_packets,
    .drop = drop,
    .wait = wait_for_datagrams,
};

static struct udp_worker *make_worker(const struct udp_settings *settings) {
    struct udp_worker *worker = aligned_alloc(64, (sizeof *worker + 63) / 64 * 64);
    if (worker == NULL) return NULL;
    memset(worker, 0, sizeof *worker);
    worker->io = (struct io){.operations = settings->mode == UDP_BURSTS ? &BURSTS : &PACKETS,
                             .counters = &worker->counters,
                             .drops = worker->drops};
    worker->peers = settings->peers;
    udp_sending_make(&worker->sending);
    if (slots_make(&worker->slots, settings->slots, settings->room) &&
        (settings->mode == UDP_PACKETS || udp_receiving_make(&worker->receiving)))
        return worker;
    udp_close(&worker->io);
    return NULL;
}

/* `listen` has the port of the first worker, which may have been the kernel's choice. */
static bool open_sockets(struct udp_worker *worker, const struct udp_settings *settings, struct endpoint *listen,
                         struct failure *why) {
    for (unsigned i = 0; i < settings->listen_count; i++) {
        if (!udp_socket_open(&worker->sockets[i], &listen[i], settings, why)) return false;
        worker->socket_count = i + 1;
        listen[i].port = worker->sockets[i].facts.bound.port;
    }
    return true;
}

bool udp_open(const struct udp_settings *settings, struct io **list, struct failure *why) {
    struct endpoint listen[2];
    memcpy(listen, settings->listen, sizeof listen);
    for (unsigned i = 0; i < settings->listen_count; i++)
        if (!udp_socket_is_free(&listen[i], why)) return false;
    for (unsigned i = 0; i < settings->workers; i++) {
        struct udp_worker *worker = make_worker(settings);
        if (worker != NULL && open_sockets(worker, settings, listen, why)) {
            list[i] = &worker->io;
            continue;
        }
        if (worker == NULL) failed(why, "no memory for %u datagrams of each network thread", settings->slots);
        if (worker != NULL) udp_close(&worker->io);
        while (i-- > 0) udp_close(list[i]);
        return false;
    }
    return true;
}

unsigned udp_close(struct io *io) {
    struct udp_worker *worker = udp_worker_of(io);
    for (unsigned i = 0; i < worker->socket_count; i++) close(worker->sockets[i].fd);
    slots_release(&worker->receiving.trains);
    unsigned missing = slots_release(&worker->slots);
    free(worker);
    return missing;
}

struct udp_facts udp_facts(const struct io *io, unsigned which) {
    return ((const struct udp_worker *)(const void *)io)->sockets[which].facts;
}
