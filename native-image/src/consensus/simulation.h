#ifndef PANTHEON_CONSENSUS_SIMULATION_H
#define PANTHEON_CONSENSUS_SIMULATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "consensus/validator.h"

/*
 * A network of validators in virtual time, for the tests: an event queue, lines with a rate and a queue, latency, loss,
 * reordering, duplication, dead validators. The same every time for the same settings.
 *
 * Each validator has one line to send on, which holds `queue_ns` of backlog and refuses what is beyond. What is
 * received costs nothing: neither the receiver's line nor anybody's CPU time is simulated.
 */
struct simulation_settings {
    struct settings validator; /* self, peers and seed are filled in */
    uint32_t block_bytes;
    uint32_t loss_millionths;
    uint32_t duplicate_millionths;
    uint32_t reorder_millionths; /* held up by up to five times the latency */
    uint64_t latency_ns;         /* one way; up to half as much more is drawn for each datagram */
    uint64_t bits_per_second;
    uint64_t queue_ns;
    uint64_t seed;
};

/* A data centre: 10 Gbit/s, 100 us each way, no loss; blocks of 128 KB in slots of 400 ms. */
struct simulation_settings simulation_default(uint32_t validators);

struct simulation;

struct simulation *simulation_make(const struct simulation_settings *settings);
void simulation_release(struct simulation *simulation);

/* Hears and says nothing from now on. */
void simulation_kill(struct simulation *simulation, uint32_t validator);

/* The next `slots` slots: each leader that is alive proposes its block at the slot's start. Ends with the last slot. */
void simulation_run(struct simulation *simulation, uint32_t slots);

/* Another datagram from one to another now, as if the sender had said it. */
void simulation_inject(struct simulation *simulation, uint32_t from, uint32_t to, enum message_type type,
                       const uint8_t *body, size_t length);

struct validator *simulation_validator(struct simulation *simulation, uint32_t validator);

/* Of all validators that are alive together. */
uint64_t simulation_count(const struct simulation *simulation, enum consensus_counter counter);

struct simulation_result {
    uint64_t expected;  /* blocks, over all living validators but their leaders */
    uint64_t completed; /* of them */
    uint64_t wrong;     /* whose bytes were not the leader's, or that came twice */
    uint64_t confirmed; /* slots, by their collectors */
    uint64_t missed;    /* slots, over all validators */
    double propagation_p50_ms, propagation_p95_ms, propagation_most_ms;
    double response_p50_ms, response_p95_ms;
};
struct simulation_result simulation_result(struct simulation *simulation);

#endif
