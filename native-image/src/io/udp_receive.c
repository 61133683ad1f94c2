#include "io/udp_worker.h"

#include <netinet/udp.h>
#include <string.h>

bool udp_receiving_make(struct udp_receiving *receiving) {
    if (!slots_make(&receiving->trains, UDP_MESSAGES, UDP_TRAIN)) return false;
    for (unsigned i = 0; i < UDP_MESSAGES; i++) {
        receiving->parts[i] = (struct iovec){slots_take(&receiving->trains), UDP_TRAIN};
        receiving->messages[i].msg_hdr = (struct msghdr){
            .msg_name = &receiving->addresses[i],
            .msg_iov = &receiving->parts[i],
            .msg_iovlen = 1,
            .msg_control = &receiving->controls[i],
        };
    }
    return true;
}

/* How long each datagram of a train is, the last one perhaps shorter; 0 where it is one datagram. */
static size_t segment_of(struct msghdr *message) {
    for (struct cmsghdr *at = CMSG_FIRSTHDR(message); at != NULL; at = CMSG_NXTHDR(message, at)) {
        if (at->cmsg_level != IPPROTO_UDP || at->cmsg_type != UDP_GRO) continue;
        int size;
        memcpy(&size, CMSG_DATA(at), sizeof size);
        return size > 0 ? (size_t)size : 0;
    }
    return 0;
}

static void count_drop(struct udp_worker *worker, enum drop reason, size_t datagrams) {
    counter_add(&worker->io.drops[reason], datagrams);
}

/*
 * Finds out about the next train who sent it and how it is cut; all its datagrams come from one endpoint. False where
 * it is dropped as a whole.
 */
static bool open_train(struct udp_worker *worker) {
    struct udp_receiving *receiving = &worker->receiving;
    struct mmsghdr *train = &receiving->messages[receiving->next];
    const uint8_t *bytes = receiving->parts[receiving->next].iov_base;
    size_t segment = segment_of(&train->msg_hdr), length = train->msg_len;
    receiving->segment = segment > 0 && segment < length ? segment : length;
    size_t datagrams = length == 0 ? 1 : (length + receiving->segment - 1) / receiving->segment;
    counter_add(&worker->io.counters->received, datagrams);
    /* Neither can be: the buffer is longer than any train, and nothing else tells of itself in control messages. */
    if ((train->msg_hdr.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
        count_drop(worker, DROP_SCATTERED, datagrams);
        return false;
    }
    struct endpoint sender = socket_address_read(&receiving->addresses[receiving->next]);
    size_t peer = peers_find_sender(worker->peers, &sender, bytes, length);
    if (peer == PEERS_UNKNOWN) {
        count_drop(worker, DROP_UNKNOWN_SENDER, datagrams);
        return false;
    }
    receiving->peer = (uint32_t)peer;
    receiving->cut = 0;
    return receiving->is_open = true;
}

static void next_train(struct udp_receiving *receiving) {
    receiving->next++;
    receiving->is_open = false;
}

/* A train that is being cut: what is left of it is its sender's still, or a stranger's by now. */
void udp_move(struct io *io, const uint32_t *to) {
    struct udp_worker *worker = udp_worker_of(io);
    struct udp_receiving *receiving = &worker->receiving;
    if (!receiving->is_open) return;
    receiving->peer = to[receiving->peer];
    if (receiving->peer != PEERS_NOBODY) return;
    size_t left = receiving->messages[receiving->next].msg_len - receiving->cut;
    count_drop(worker, DROP_UNKNOWN_SENDER, (left + receiving->segment - 1) / receiving->segment);
    next_train(receiving);
}

/* One datagram of the train that is open, into a slot of its own. False where there is none: it stays where it is. */
static bool cut_one(struct udp_worker *worker, struct datagram *list, unsigned *count) {
    struct udp_receiving *receiving = &worker->receiving;
    size_t length = receiving->messages[receiving->next].msg_len, left = length - receiving->cut;
    size_t size = left < receiving->segment ? left : receiving->segment;
    const uint8_t *bytes = (const uint8_t *)receiving->parts[receiving->next].iov_base + receiving->cut;
    if (size > worker->slots.room) {
        count_drop(worker, DROP_SCATTERED, 1);
    } else {
        uint8_t *slot = slots_take(&worker->slots);
        if (slot == NULL) {
            counter_add(&worker->io.counters->no_buffer, 1);
            return false;
        }
        memcpy(slot, bytes, size);
        list[(*count)++] = (struct datagram){.buffer = slot,
                                             .bytes = slot,
                                             .length = (uint16_t)size,
                                             .room = (uint16_t)worker->slots.room,
                                             .peer = receiving->peer};
    }
    receiving->cut += size;
    if (receiving->cut == length) next_train(receiving);
    return true;
}

/* Answers how many it put into the list: `most`, or all there were, or all the pool has slots for. */
static unsigned cut(struct udp_worker *worker, struct datagram *list, unsigned most) {
    struct udp_receiving *receiving = &worker->receiving;
    unsigned count = 0;
    while (count < most && receiving->next < receiving->count) {
        if (!receiving->is_open && !open_train(worker))
            next_train(receiving);
        else if (!cut_one(worker, list, &count))
            break;
    }
    return count;
}

/* Asks a socket for as many trains as there are buffers. Answers how many came. */
static unsigned fill(struct udp_worker *worker, const struct udp_socket *from) {
    struct udp_receiving *receiving = &worker->receiving;
    for (unsigned i = 0; i < UDP_MESSAGES; i++) {
        struct msghdr *message = &receiving->messages[i].msg_hdr;
        message->msg_namelen = sizeof receiving->addresses[i];
        message->msg_controllen = sizeof receiving->controls[i];
    }
    int count = recvmmsg(from->fd, receiving->messages, UDP_MESSAGES, MSG_DONTWAIT, NULL);
    receiving->count = count > 0 ? (unsigned)count : 0;
    receiving->next = 0;
    receiving->is_open = false;
    return receiving->count;
}

unsigned udp_receive_bursts(struct io *io, struct datagram *list, unsigned most, uint64_t now_ns) {
    struct udp_worker *worker = udp_worker_of(io);
    struct udp_receiving *receiving = &worker->receiving;
    unsigned count = cut(worker, list, most);
    for (unsigned i = 0; i < worker->socket_count; i++) {
        const struct udp_socket *from = &worker->sockets[(worker->first + i) % worker->socket_count];
        /* As often as a list of single datagrams takes, so that strangers without end do not hold the worker here. */
        for (unsigned calls = 0; calls * UDP_MESSAGES < most; calls++) {
            if (count == most || receiving->next < receiving->count) break;
            unsigned trains = fill(worker, from);
            count += cut(worker, list + count, most - count);
            if (trains < UDP_MESSAGES) break;
        }
    }
    worker->first++;
    udp_count_lost(worker, now_ns);
    return count;
}
