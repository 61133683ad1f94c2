#include "application/consensus_thread.h"

#include "net/bytes.h"
#include "worker/clock.h"

/*
 * At once from one worker: what two bursts of the default size bring. And batches of one desk: 16 are 1,024
 * transactions, copied in a tenth of a millisecond.
 */
enum { BURST = 64, MOST_BATCHES = 16 };

static struct consensus_thread *of(struct outbox *outbox) {
    return (struct consensus_thread *)(void *)outbox; /* its first member */
}

static bool send(struct outbox *outbox, const uint8_t *bytes, uint16_t length, const uint32_t *peers, unsigned count) {
    return handoff_send(of(outbox)->handoffs[0], bytes, length, peers, count);
}

static void tell(struct outbox *outbox, const struct validator_event *event) {
    if (event->kind == EVENT_CONFIRMED) counter_add(&of(outbox)->counters.confirmed, 1);
}

void consensus_thread_prepare(struct consensus_thread *thread, const struct schedule *schedule, uint64_t now_ns) {
    thread->outbox = (struct outbox){.send = send, .tell = tell};
    thread->now_ns = now_ns;
    uint64_t slot = schedule_slot(schedule, now_ns);
    bool begins = schedule_start(schedule, slot) == now_ns;
    thread->next_slot_ns = schedule_start(schedule, begins ? slot : slot + 1);
}

uint64_t consensus_thread_clock(void) {
    return clock_kernel_ns(CLOCK_REALTIME);
}

static struct seat *seat_of(const struct consensus_thread *thread, uint64_t slot) {
    return thread->before != NULL && slot < thread->first_slot ? thread->before : thread->present;
}

/* What consensus takes begins with its slot; what is too short for that anybody may count. */
static void hand(struct consensus_thread *thread, enum message_type type, const struct datagram *datagram,
                 uint64_t now_ns) {
    const uint8_t *body = datagram->bytes + HEADER_BYTES;
    size_t length = datagram->length - HEADER_BYTES;
    struct seat *seat = length < sizeof(uint64_t) ? thread->present : seat_of(thread, bytes_read64(body));
    seat_receive(seat, type, body, length, datagram->peer, now_ns);
}

/* From one worker. */
static unsigned receive(struct consensus_thread *thread, struct handoff *handoff, uint64_t now_ns) {
    unsigned count = handoff_take(handoff, thread->taken, BURST);
    for (unsigned i = 0; i < count; i++) {
        const struct datagram *datagram = &thread->taken[i].datagram;
        struct header header;
        /* The worker has read it before, or it would not be here. */
        if (header_read(datagram->bytes, datagram->length, &header) == HEADER_OK)
            hand(thread, header.type, datagram, now_ns);
        thread->back[i] = *datagram;
        thread->back[i].peer = HANDOFF_DROP;
    }
    if (count > 0) handoff_give_back(handoff, thread->back, count);
    return count;
}

static unsigned collect(struct consensus_thread *thread, struct batches *batches) {
    unsigned count = 0;
    uint32_t length;
    const uint8_t *bytes;
    while (count < MOST_BATCHES && (bytes = batches_take(batches, &length)) != NULL) {
        counter_add(&thread->counters.displaced, proposal_add(thread->proposal, bytes, length));
        count++;
    }
    return count;
}

/* Once a slot. */
static void propose(struct consensus_thread *thread, uint64_t now_ns) {
    uint64_t slot = schedule_slot(&thread->present->schedule, now_ns);
    const struct seat *seat = seat_of(thread, slot);
    thread->next_slot_ns = schedule_start(&seat->schedule, slot + 1);
    if (schedule_leader(&seat->schedule, slot) != seat->self) return;
    struct proposed block = proposal_block(thread->proposal, slot);
    counter_add(&thread->counters.expired, block.expired);
    if (validator_propose(seat->validator, block.bytes, block.length, now_ns) != PROPOSED) return;
    counter_add(&thread->counters.proposed, block.transactions);
    proposal_clear(thread->proposal);
}

/* The one before has no more to do once its slots are too old. It is released with the next change, or the program. */
static uint64_t tick(struct consensus_thread *thread, uint64_t now_ns) {
    uint64_t deadline_ns = validator_tick(thread->present->validator, now_ns), other_ns;
    if (thread->before == NULL) return deadline_ns;
    const struct schedule *schedule = &thread->before->schedule;
    if (schedule_slot(schedule, now_ns) >= thread->first_slot + thread->depth_slots) return deadline_ns;
    other_ns = validator_tick(thread->before->validator, now_ns);
    return other_ns < deadline_ns ? other_ns : deadline_ns;
}

uint64_t consensus_thread_era(const struct schedule *schedule, uint64_t now_ns) {
    /* One slot ahead may be worked on already, and one more passes before the change is through. */
    uint64_t least = schedule_slot(schedule, now_ns) + 3;
    return (least + CONSENSUS_ERA - 1) / CONSENSUS_ERA * CONSENSUS_ERA;
}

static void keep_counters(struct consensus_thread *thread, const struct seat *seat) {
    const struct counter *counters = validator_counters(seat->validator);
    for (unsigned i = 0; i < CONSENSUS_COUNTERS; i++) thread->past[i] += counter_read(&counters[i]);
}

struct seat *consensus_thread_move(struct consensus_thread *thread, struct seat *next, uint64_t first,
                                   const uint32_t *to, uint32_t *from, uint32_t peers) {
    uint64_t slot = schedule_slot(&next->schedule, thread->now_ns);
    /* Of two changes in one era the first one's validator has not begun: as if it had not been. */
    bool begun = thread->before == NULL || slot + 1 >= thread->first_slot;
    struct seat *gone = begun ? thread->before : thread->present;
    if (gone != NULL) keep_counters(thread, gone);
    if (begun) thread->before = thread->present;
    thread->present = next;
    thread->first_slot = first;
    seat_move(thread->before, to, from, peers);
    validator_end(thread->before->validator, first);
    return gone;
}

uint64_t consensus_thread_count(const struct consensus_thread *thread, enum consensus_counter counter) {
    uint64_t count = thread->past[counter] + counter_read(&validator_counters(thread->present->validator)[counter]);
    if (thread->before != NULL) count += counter_read(&validator_counters(thread->before->validator)[counter]);
    return count;
}

unsigned consensus_thread_take(struct consensus_thread *thread, uint64_t now_ns) {
    unsigned work = 0;
    for (unsigned i = 0; i < thread->workers; i++) work += receive(thread, thread->handoffs[i], now_ns);
    return work;
}

unsigned consensus_thread_round(struct consensus_thread *thread, uint64_t now_ns, uint64_t *deadline_ns) {
    unsigned work = consensus_thread_take(thread, now_ns);
    for (unsigned i = 0; i < thread->desks; i++) work += collect(thread, thread->batches[i]);
    if (now_ns >= thread->next_slot_ns) propose(thread, now_ns);
    *deadline_ns = tick(thread, now_ns);
    if (*deadline_ns > thread->next_slot_ns) *deadline_ns = thread->next_slot_ns;
    return *deadline_ns <= now_ns ? work + 1
                                  : work; /* a block of its own is under way: the next burst is due at once */
}

/* The validator's time does not go back: where the clock is set back, it waits until it has come up again. */
uint64_t consensus_thread_now(struct consensus_thread *thread) {
    uint64_t now_ns = consensus_thread_clock();
    if (now_ns < thread->now_ns) {
        counter_add(&thread->counters.clock_back, 1);
        return thread->now_ns;
    }
    return thread->now_ns = now_ns;
}

static unsigned round_now(void *argument, uint64_t *most_ns) {
    struct consensus_thread *thread = argument;
    uint64_t now_ns = consensus_thread_now(thread), deadline_ns;
    unsigned work = consensus_thread_round(thread, now_ns, &deadline_ns);
    *most_ns = deadline_ns - now_ns;
    return work;
}

void consensus_thread_run(void *argument) {
    struct consensus_thread *thread = argument;
    loop_run(&thread->loop, round_now, thread);
    for (unsigned i = 0; i < thread->workers; i++) handoff_give_all_back(thread->handoffs[i]);
}
