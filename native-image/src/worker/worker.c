#include "worker/worker.h"

#include "protocol/echo.h"

static void send_answers(struct worker *worker, unsigned count) {
    uint32_t peers[IO_MAX_BURST];
    if (count == 0) return;
    for (unsigned i = 0; i < count; i++) peers[i] = worker->answers[i].peer;
    unsigned sent = worker->io->operations->send(worker->io, worker->answers, count);
    for (unsigned i = 0; i < sent; i++) exchange_sent(worker->exchange, peers[i]);
}

/* True where something came, whatever it was: a loop that sleeps while strangers flood it loses what its peers send. */
static bool receive(struct worker *worker, uint64_t now) {
    const struct io_operations *io = worker->io->operations;
    const struct counter *taken = &worker->io->counters->received;
    struct datagram *list = worker->received;
    uint64_t before = counter_read(taken);
    unsigned count = io->receive(worker->io, list, worker->burst, now), answers = 0, turned = 0, dropped = 0;
    for (unsigned i = 0; i < count; i++) {
        enum application application;
        switch (reception_judge(&worker->reception, &list[i], now, &application)) {
        case VERDICT_SEND: worker->answers[answers++] = list[i]; break;
        case VERDICT_TURN: worker->turned[turned++] = list[i]; break;
        case VERDICT_DROP:
        case VERDICT_HAND: worker->dropped[dropped++] = list[i]; break;
        }
    }
    send_answers(worker, answers);
    if (turned > 0) io->turn(worker->io, worker->turned, turned, ECHO_GROWN);
    if (dropped > 0) io->drop(worker->io, worker->dropped, dropped);
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

int worker_run(void *argument) {
    struct worker *worker = argument;
    idle_prepare_thread();
    while (!atomic_load_explicit(worker->stop, memory_order_relaxed)) {
        uint64_t now = clock_now(&worker->clock);
        unsigned work = receive(worker, now) ? 1 : 0;
        if (worker->probes) work += send_probes(worker, now);
        counter_add(&worker->rounds, 1);
        if (work > 0) counter_add(&worker->busy_rounds, 1);
        uint32_t pause = idle_round(&worker->idle, work);
        if (pause == 0) continue;
        counter_add(&worker->pauses, 1);
        worker->io->operations->wait(worker->io, pause);
    }
    return 0;
}
