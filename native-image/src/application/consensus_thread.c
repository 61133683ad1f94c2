#include "application/consensus_thread.h"

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

void consensus_thread_prepare(struct consensus_thread *thread, uint64_t now_ns) {
    thread->outbox = (struct outbox){.send = send, .tell = tell};
    thread->now_ns = now_ns;
    uint64_t slot = schedule_slot(&thread->schedule, now_ns);
    bool begins = schedule_start(&thread->schedule, slot) == now_ns;
    thread->next_slot_ns = schedule_start(&thread->schedule, begins ? slot : slot + 1);
}

uint64_t consensus_thread_clock(void) {
    return clock_kernel_ns(CLOCK_REALTIME);
}

/* From one worker. */
static unsigned receive(struct consensus_thread *thread, struct handoff *handoff, uint64_t now_ns) {
    unsigned count = handoff_take(handoff, thread->taken, BURST);
    for (unsigned i = 0; i < count; i++) {
        const struct datagram *datagram = &thread->taken[i].datagram;
        struct header header;
        /* The worker has read it before, or it would not be here. */
        if (header_read(datagram->bytes, datagram->length, &header) == HEADER_OK)
            validator_receive(thread->validator, header.type, datagram->bytes + HEADER_BYTES,
                              datagram->length - HEADER_BYTES, datagram->peer, now_ns);
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
    const struct schedule *schedule = &thread->schedule;
    uint64_t slot = schedule_slot(schedule, now_ns);
    thread->next_slot_ns = schedule_start(schedule, slot + 1);
    if (schedule_leader(schedule, slot) != thread->self) return;
    struct proposed block = proposal_block(thread->proposal, slot);
    counter_add(&thread->counters.expired, block.expired);
    if (validator_propose(thread->validator, block.bytes, block.length, now_ns) != PROPOSED) return;
    counter_add(&thread->counters.proposed, block.transactions);
    proposal_clear(thread->proposal);
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
    *deadline_ns = validator_tick(thread->validator, now_ns);
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

static void run(struct consensus_thread *thread) {
    while (!atomic_load_explicit(thread->stop, memory_order_relaxed)) {
        uint64_t now_ns = consensus_thread_now(thread), deadline_ns;
        unsigned work = consensus_thread_round(thread, now_ns, &deadline_ns);
        counter_add(&thread->counters.rounds, 1);
        if (work > 0) counter_add(&thread->counters.busy_rounds, 1);
        uint32_t pause = idle_round(&thread->idle, work);
        if (pause == 0 || halt_is_near(thread->halt)) continue;
        counter_add(&thread->counters.pauses, 1);
        idle_pause(deadline_ns - now_ns < pause ? (uint32_t)(deadline_ns - now_ns) : pause);
    }
}

void consensus_thread_run(void *argument) {
    struct consensus_thread *thread = argument;
    idle_prepare_thread();
    do run(thread);
    while (halt_wait(thread->halt));
    for (unsigned i = 0; i < thread->workers; i++) handoff_give_all_back(thread->handoffs[i]);
}
