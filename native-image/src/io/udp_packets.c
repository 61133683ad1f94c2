#include "io/udp_worker.h"

/* One datagram from a socket into a slot. False where none is there, or no slot. */
static bool receive_one(struct udp_worker *worker, const struct udp_socket *from, struct datagram *datagram,
                        bool *is_ours) {
    union socket_address address;
    socklen_t address_length = sizeof address;
    uint8_t *slot = slots_take(&worker->slots);
    if (slot == NULL) {
        counter_add(&worker->io.counters->no_buffer, 1);
        return false;
    }
    /* With MSG_TRUNC it answers how long the datagram was, however much of it found room. */
    ssize_t length =
        recvfrom(from->fd, slot, worker->slots.room, MSG_DONTWAIT | MSG_TRUNC, &address.any, &address_length);
    *is_ours = false;
    if (length >= 0) {
        counter_add(&worker->io.counters->received, 1);
        bool fits = (size_t)length <= worker->slots.room;
        struct endpoint sender = socket_address_read(&address);
        size_t peer = peers_find_sender(worker->peers, &sender, slot, fits ? (size_t)length : worker->slots.room);
        if (peer == PEERS_UNKNOWN) {
            counter_add(&worker->io.drops[DROP_UNKNOWN_SENDER], 1);
        } else if (!fits) {
            counter_add(&worker->io.drops[DROP_SCATTERED], 1);
        } else {
            *is_ours = true;
            *datagram = (struct datagram){.buffer = slot,
                                          .bytes = slot,
                                          .length = (uint16_t)length,
                                          .room = (uint16_t)worker->slots.room,
                                          .peer = (uint32_t)peer};
        }
    }
    if (!*is_ours) slots_give(&worker->slots, slot);
    return length >= 0;
}

unsigned udp_receive_packets(struct io *io, struct datagram *list, unsigned most, uint64_t now_ns) {
    struct udp_worker *worker = udp_worker_of(io);
    unsigned count = 0;
    for (unsigned i = 0; i < worker->socket_count; i++) {
        const struct udp_socket *from = &worker->sockets[(worker->first + i) % worker->socket_count];
        bool is_ours = false;
        for (unsigned calls = 0; calls < most && count < most; calls++) {
            if (!receive_one(worker, from, &list[count], &is_ours)) break;
            count += is_ours;
        }
    }
    worker->first++;
    udp_count_lost(worker, now_ns);
    return count;
}

static bool send_one(struct udp_worker *worker, const uint8_t *bytes, size_t length, uint32_t peer) {
    const struct endpoint *to = &worker->peers->list[peer].endpoint;
    union socket_address address;
    socket_address_write(&address, to);
    for (unsigned i = 0; i < worker->socket_count; i++)
        if (worker->sockets[i].facts.bound.family == to->family)
            return sendto(worker->sockets[i].fd, bytes, length, MSG_DONTWAIT, &address.any,
                          socket_address_length(to->family)) >= 0;
    return false;
}

unsigned udp_send_packets(struct io *io, struct datagram *list, unsigned count) {
    struct udp_worker *worker = udp_worker_of(io);
    bool taken[IO_MAX_BURST];
    for (unsigned i = 0; i < count; i++) taken[i] = send_one(worker, list[i].bytes, list[i].length, list[i].peer);
    return udp_sent(worker, list, count, taken);
}

unsigned udp_spread_packets(struct io *io, const uint8_t *bytes, uint16_t length, const uint32_t *peers,
                            unsigned count) {
    unsigned sent = 0;
    for (unsigned i = 0; i < count; i++) sent += send_one(udp_worker_of(io), bytes, length, peers[i]);
    counter_add(&io->counters->transmitted, sent);
    counter_add(&io->counters->refused, count - sent);
    return sent;
}
