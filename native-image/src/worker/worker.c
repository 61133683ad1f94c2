#include "worker/worker.h"

#include "net/bytes.h"
#include "protocol/echo.h"

/*
 * A round is compiled twice, with and without its marks, so that nobody pays for them who is not profiled; what is inlined
 * into one of them has to be into both.
 */
#define ROUND static inline __attribute__((always_inline))

ROUND void mark(struct worker *worker, bool profiled, enum stage stage, uint64_t packets) {
    if (profiled) stages_mark(&worker->stages, stage, __builtin_ia32_rdtsc(), packets);
}

static void send_answers(struct worker *worker, unsigned count) {
    if (count == 0) return;
    unsigned sent = worker->io->operations->send(worker->io, worker->answers, count);
    for (unsigned i = 0; i < sent; i++) exchange_sent(worker->exchange, worker->answers[i].peer);
}

/* One burst, sorted by what becomes of it. */
struct sorted {
    unsigned answers, turned, dropped, at_desk, receipts;
};

/*
 * Which thread of its application: transactions by their tag, everything of one slot (the eight bytes behind the header of
 * all that consensus takes) by that slot. False where it is dropped.
 */
static bool hand(struct worker *worker, enum application application, struct datagram *datagram, uint64_t now,
                 struct sorted *sorted) {
    struct handed handed = {.datagram = *datagram, .tag = now};
    unsigned threads = worker->distribution.threads[application], thread = 0;
    if (application == APPLICATION_TRANSACTION_POOL) {
        thread = gate_take(&worker->gate, datagram, now, &handed);
        if (thread == GATE_DROPPED) return false;
        if (worker->desk != NULL) {
            worker->at_desk[sorted->at_desk++] = handed;
            return true;
        }
    } else if (threads > 1 && datagram->length >= HEADER_BYTES + 8u) {
        thread = (unsigned)(bytes_read64(datagram->bytes + HEADER_BYTES) % threads);
    }
    distribution_put(&worker->distribution, application, thread, &handed);
    return true;
}

ROUND void sort(struct worker *worker, struct datagram *datagram, uint64_t now, struct sorted *sorted) {
    enum application application;
    switch (reception_judge(&worker->reception, datagram, now, &application)) {
    case VERDICT_SEND: worker->answers[sorted->answers++] = *datagram; return;
    case VERDICT_TURN: worker->turned[sorted->turned++] = *datagram; return;
    case VERDICT_HAND:
        if (hand(worker, application, datagram, now, sorted)) return;
        break;
    case VERDICT_DROP: break;
    }
    worker->dropped[sorted->dropped++] = *datagram;
}

/* The worker's own desk: receipts are answers, the rest is done with. */
static void take_at_desk(struct worker *worker, struct sorted *sorted) {
    if (sorted->at_desk == 0) return;
    desk_take(worker->desk, worker->at_desk, sorted->at_desk, worker->from_desk);
    for (unsigned i = 0; i < sorted->at_desk; i++) {
        const struct datagram *datagram = &worker->from_desk[i];
        if (datagram->peer == HANDOFF_DROP)
            worker->dropped[sorted->dropped++] = *datagram;
        else
            worker->receipts[sorted->receipts++] = *datagram;
    }
}

/* True where something came, whatever it was: a loop that sleeps while strangers flood it loses what its peers send. */
ROUND bool receive(struct worker *worker, uint64_t now, bool profiled) {
    const struct io_operations *io = worker->io->operations;
    const struct counter *taken = &worker->io->counters->received;
    uint64_t before = counter_read(taken);
    struct sorted sorted = {0};
    unsigned count = io->receive(worker->io, worker->received, worker->burst, now);
    mark(worker, profiled, STAGE_RECEIVE, counter_read(taken) - before);
    for (unsigned i = 0; i < count; i++) sort(worker, &worker->received[i], now, &sorted);
    unsigned handed = count - sorted.answers - sorted.turned - sorted.dropped;
    mark(worker, profiled, STAGE_JUDGE, count);
    take_at_desk(worker, &sorted);
    sorted.dropped +=
        distribution_hand_over(&worker->distribution, worker->reception.drops, worker->dropped + sorted.dropped);
    mark(worker, profiled, STAGE_APPLICATIONS, handed);
    send_answers(worker, sorted.answers);
    if (sorted.receipts > 0) io->send(worker->io, worker->receipts, sorted.receipts);
    if (sorted.turned > 0) io->turn(worker->io, worker->turned, sorted.turned, ECHO_GROWN);
    if (sorted.dropped > 0) io->drop(worker->io, worker->dropped, sorted.dropped);
    mark(worker, profiled, STAGE_SEND, sorted.answers + sorted.receipts + sorted.turned + sorted.dropped);
    return counter_read(taken) != before;
}

static unsigned send_probes(struct worker *worker, uint64_t now) {
    unsigned count = 0;
    while (count < worker->burst && exchange_probe_due(worker->exchange, now)) {
        struct datagram *datagram = &worker->answers[count];
        if (!worker->io->operations->take(worker->io, datagram)) break;
        exchange_probe(worker->exchange, datagram, now);
        count++;
    }
    send_answers(worker, count);
    return count;
}

/* The configuration may have been read again since the last round. */
static void look_at_configuration(struct worker *worker) {
    const struct live *live = slots_read(worker->slots, worker->index);
    if (live == worker->live) return;
    worker->live = live;
    worker->reception.rates = live->rates;
    worker->gate.rate = live->transactions;
    worker->idle.adaptive = live->adaptive;
    if (live->profiled != worker->profiled) stages_turn(&worker->stages, live->profiled, __builtin_ia32_rdtsc());
    worker->profiled = live->profiled;
}

ROUND unsigned work_through(struct worker *worker, bool profiled) {
    uint64_t now = clock_now(&worker->clock);
    unsigned work = receive(worker, now, profiled) ? 1 : 0;
    unsigned collected = distribution_collect(&worker->distribution, worker->io);
    mark(worker, profiled, STAGE_APPLICATIONS, collected);
    if (collected > 0) work++;
    if (worker->probes) {
        unsigned probes = send_probes(worker, now);
        mark(worker, profiled, STAGE_PROBES, probes);
        work += probes;
    }
    if (profiled) stages_end_round(&worker->stages, work > 0);
    return work;
}

/* Seldom, and apart, so that it is not in the way of the other one. */
static __attribute__((noinline, cold)) unsigned work_through_profiled(struct worker *worker) {
    return work_through(worker, true);
}

uint32_t worker_round(struct worker *worker) {
    look_at_configuration(worker);
    unsigned work = __builtin_expect(worker->profiled, 0) ? work_through_profiled(worker) : work_through(worker, false);
    counter_add(&worker->rounds, 1);
    if (work > 0) counter_add(&worker->busy_rounds, 1);
    return idle_round(&worker->idle, work);
}

static void run(struct worker *worker) {
    while (!atomic_load_explicit(worker->stop, memory_order_relaxed)) {
        uint32_t pause = worker_round(worker);
        if (pause == 0 || halt_is_near(worker->halt)) continue;
        counter_add(&worker->pauses, 1);
        worker->io->operations->wait(worker->io, pause);
        mark(worker, worker->profiled, STAGE_PAUSE, 0);
    }
}

int worker_run(void *argument) {
    struct worker *worker = argument;
    idle_prepare_thread();
    run(worker);
    while (halt_wait(worker->halt)) {
        mark(worker, worker->profiled, STAGE_PAUSE, 0);
        run(worker);
    }
    return 0;
}
