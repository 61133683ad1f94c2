#include "io/udp_worker.h"

#include <assert.h>
#include <errno.h>
#include <netinet/udp.h>
#include <string.h>

void udp_sending_make(struct udp_sending *sending) {
    for (unsigned i = 0; i < UDP_MESSAGES; i++) {
        struct cmsghdr *control = &sending->controls[i].aligned;
        *control = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof(uint16_t)), .cmsg_level = IPPROTO_UDP, .cmsg_type = UDP_SEGMENT};
        sending->messages[i].msg_hdr.msg_name = &sending->addresses[i];
    }
}

/* What of a list goes through one socket, in the list's order. */
struct batch {
    struct udp_worker *worker;
    struct udp_socket *socket;
    const struct datagram *list;
    bool *taken; /* one for each of the list */
    unsigned count;
    unsigned singles; /* of the batch: before this one nothing goes as a train */
    uint16_t at[IO_MAX_BURST];
};

static const struct datagram *datagram_at(const struct batch *batch, unsigned i) {
    return &batch->list[batch->at[i]];
}

/*
 * How many datagrams from the first-th on go as one train: to one peer, of one length but for the last, which may be
 * shorter. Those between two of them in the list are other peers', so a peer's order stays.
 */
static unsigned train_length(const struct batch *batch, unsigned first) {
    const struct datagram *head = datagram_at(batch, first);
    size_t bytes = head->length;
    unsigned count = 1;
    if (!batch->socket->facts.gso || first < batch->singles || head->length == 0) return 1;
    while (count < UDP_SEGMENTS && first + count < batch->count) {
        const struct datagram *next = datagram_at(batch, first + count);
        bytes += next->length;
        bool fits =
            next->peer == head->peer && next->length <= head->length && next->length > 0 && bytes <= UDP_LONGEST;
        if (!fits) break;
        count++;
        if (next->length < head->length) break;
    }
    return count;
}

/* A message of `count` parts to one peer, cut by the kernel every `segment` bytes; 0: not at all. */
static void write_message(struct udp_worker *worker, unsigned which, struct iovec *parts, unsigned count, uint32_t peer,
                          uint16_t segment) {
    struct udp_sending *sending = &worker->sending;
    const struct endpoint *to = &worker->peers->list[peer].endpoint;
    struct msghdr *message = &sending->messages[which].msg_hdr;
    socket_address_write(&sending->addresses[which], to);
    message->msg_namelen = socket_address_length(to->family);
    message->msg_iov = parts;
    message->msg_iovlen = count;
    message->msg_control = segment > 0 ? &sending->controls[which] : NULL;
    message->msg_controllen = segment > 0 ? CMSG_SPACE(sizeof segment) : 0;
    if (segment > 0) memcpy(CMSG_DATA(&sending->controls[which].aligned), &segment, sizeof segment);
}

/* Messages from the first-th datagram on, as many as one call takes; `ends` says behind which datagram each ends. */
static unsigned write_messages(const struct batch *batch, unsigned first, unsigned ends[UDP_MESSAGES]) {
    struct iovec *parts = batch->worker->sending.parts;
    unsigned count = 0;
    while (count < UDP_MESSAGES && first < batch->count) {
        unsigned datagrams = train_length(batch, first);
        const struct datagram *head = datagram_at(batch, first);
        for (unsigned i = 0; i < datagrams; i++) {
            const struct datagram *one = datagram_at(batch, first + i);
            parts[i] = (struct iovec){one->bytes, one->length};
        }
        write_message(batch->worker, count, parts, datagrams, head->peer, datagrams > 1 ? head->length : 0);
        parts += datagrams;
        first += datagrams;
        ends[count++] = first;
    }
    return count;
}

/* There is no room, for whomever it is: trying the next one would only take time. */
static bool is_full(int error) {
    return error == EAGAIN || error == ENOBUFS || error == ENOMEM;
}

/*
 * A train that was not taken may be because of what it is: a device that does not sum (EIO, so on this socket there are
 * no more of them), or datagrams longer than the device's MTU (EINVAL or EMSGSIZE, by the kernel's age), of which the
 * last one may yet fit. They then go one by one.
 */
static bool goes_without_trains(struct batch *batch, unsigned first, unsigned end, int error) {
    if (end - first < 2 || (error != EIO && error != EINVAL && error != EMSGSIZE)) return false;
    if (error == EIO) batch->socket->facts.gso = false;
    batch->singles = end;
    return true;
}

static void send_batch(struct batch *batch) {
    unsigned ends[UDP_MESSAGES], first = 0;
    while (first < batch->count) {
        unsigned messages = write_messages(batch, first, ends);
        int sent = sendmmsg(batch->socket->fd, batch->worker->sending.messages, messages, MSG_DONTWAIT);
        if (sent > 0) {
            for (; first < ends[sent - 1]; first++) batch->taken[batch->at[first]] = true;
            continue;
        }
        if (is_full(errno)) return;
        if (!goes_without_trains(batch, first, ends[0], errno))
            first = ends[0]; /* this peer's; the next one's may go */
    }
}

unsigned udp_send_bursts(struct io *io, struct datagram *list, unsigned count) {
    struct udp_worker *worker = udp_worker_of(io);
    bool taken[IO_MAX_BURST];
    assert(count <= IO_MAX_BURST);
    memset(taken, false, count);
    for (unsigned s = 0; s < worker->socket_count; s++) {
        struct batch batch = {.worker = worker, .socket = &worker->sockets[s], .list = list, .taken = taken};
        for (unsigned i = 0; i < count; i++)
            if (udp_family(worker, list[i].peer) == batch.socket->facts.bound.family)
                batch.at[batch.count++] = (uint16_t)i;
        send_batch(&batch);
    }
    return udp_sent(worker, list, count, taken);
}

/* One call's messages to peers of the socket's family from the first-th on; `*first` becomes the one behind them. */
static unsigned write_spread(struct udp_worker *worker, const struct udp_socket *socket, struct iovec *part,
                             const uint32_t *peers, unsigned count, unsigned *first) {
    unsigned messages = 0;
    for (; messages < UDP_MESSAGES && *first < count; (*first)++)
        if (udp_family(worker, peers[*first]) == socket->facts.bound.family)
            write_message(worker, messages++, part, 1, peers[*first], 0);
    return messages;
}

/* Sends the messages that are written and adds up how many were taken. False where there is no more room. */
static bool send_messages(struct udp_worker *worker, const struct udp_socket *socket, unsigned messages,
                          unsigned *taken) {
    for (unsigned first = 0; first < messages;) {
        int sent = sendmmsg(socket->fd, worker->sending.messages + first, messages - first, MSG_DONTWAIT);
        if (sent > 0) {
            *taken += (unsigned)sent;
            first += (unsigned)sent;
        } else if (is_full(errno)) {
            return false;
        } else {
            first++; /* this peer's; the next one's may go */
        }
    }
    return true;
}

unsigned udp_spread_bursts(struct io *io, const uint8_t *bytes, uint16_t length, const uint32_t *peers,
                           unsigned count) {
    struct udp_worker *worker = udp_worker_of(io);
    /* The kernel only reads what an iovec of sendmmsg names, which its type cannot say. */
    struct iovec part = {(void *)(uintptr_t)bytes, length};
    unsigned taken = 0;
    for (unsigned s = 0; s < worker->socket_count; s++) {
        const struct udp_socket *socket = &worker->sockets[s];
        for (unsigned first = 0; first < count;) {
            unsigned messages = write_spread(worker, socket, &part, peers, count, &first);
            if (!send_messages(worker, socket, messages, &taken)) break;
        }
    }
    counter_add(&io->counters->transmitted, taken);
    counter_add(&io->counters->refused, count - taken);
    return taken;
}
