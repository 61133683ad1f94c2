#include "consensus/simulation.h"

#include <stdlib.h>
#include <string.h>

#include "consensus/simulation_events.h"

struct samples {
    uint64_t *list;
    size_t count, room;
};

struct node {
    struct outbox outbox; /* first: an outbox is a node */
    struct simulation *simulation;
    struct validator *validator;
    uint32_t index;
    bool dead;
    uint64_t line_free_ns;
    uint64_t tick_ns;        /* the earliest one that is queued */
    uint64_t completed_slot; /* and one: the last that was handed up */
};

struct simulation {
    struct simulation_settings settings;
    struct node *nodes;
    struct events events;
    uint64_t now_ns, random, next_slot;
    uint8_t *block;
    uint64_t block_slot;
    struct samples propagation, response;
    struct simulation_result result;
};

struct simulation_settings simulation_default(uint32_t validators) {
    struct simulation_settings settings = {.validator = settings_default(),
                                           .block_bytes = 128 * 1024,
                                           .latency_ns = 100000,
                                           .bits_per_second = 10000000000ull,
                                           .queue_ns = 2000000,
                                           .seed = 1};
    settings.validator.schedule.validators = validators;
    settings.validator.schedule.genesis_ns = 1000000000;
    settings.validator.depth = SETTINGS_MIN_DEPTH;
    settings.validator.max_block = settings.block_bytes;
    return settings;
}

static uint64_t draw(struct simulation *simulation) {
    /* xorshift64 (Marsaglia, 2003) */
    simulation->random ^= simulation->random << 13;
    simulation->random ^= simulation->random >> 7;
    return simulation->random ^= simulation->random << 17;
}

static bool happens(struct simulation *simulation, uint32_t millionths) {
    return millionths > 0 && draw(simulation) % 1000000 < millionths;
}

static void add_sample(struct samples *samples, uint64_t value) {
    samples->list = events_grow(samples->list, &samples->room, samples->count, sizeof *samples->list);
    samples->list[samples->count++] = value;
}

/* The block of a slot: the same for who proposes it and who checks it. */
static const uint8_t *block_of(struct simulation *simulation, uint64_t slot) {
    if (simulation->block_slot == slot + 1) return simulation->block;
    uint64_t state = (slot + 1) * 0x9e3779b97f4a7c15ull;
    for (uint32_t i = 0; i < simulation->settings.block_bytes; i++) {
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        simulation->block[i] = (uint8_t)(state >> 56);
    }
    simulation->block_slot = slot + 1;
    return simulation->block;
}

/* Takes a reference of the packet for an arrival after the latency, unless it is lost. */
static void fly(struct simulation *simulation, struct packet *packet, uint32_t to, uint64_t left_ns) {
    const struct simulation_settings *settings = &simulation->settings;
    if (happens(simulation, settings->loss_millionths)) return;
    uint64_t at_ns = left_ns + settings->latency_ns + draw(simulation) % (settings->latency_ns / 2 + 1);
    if (happens(simulation, settings->reorder_millionths)) at_ns += draw(simulation) % (5 * settings->latency_ns);
    packet->references++;
    events_push(&simulation->events, (struct event){.at_ns = at_ns, .packet = packet, .to = to});
}

static struct packet *make_packet(uint32_t from, const uint8_t *bytes, uint16_t length) {
    struct packet *packet = malloc(sizeof *packet + length);
    if (packet == NULL) abort();
    *packet = (struct packet){.references = 1, .from = from, .length = length};
    memcpy(packet->bytes, bytes, length);
    return packet;
}

/* What a datagram takes on the line: 66 bytes more for IPv4, UDP, Ethernet, its checksum, preamble and gap. */
static uint64_t line_ns(const struct simulation *simulation, uint16_t length) {
    return (length + 66ull) * 8 * 1000000000 / simulation->settings.bits_per_second;
}

static bool send(struct outbox *outbox, const uint8_t *bytes, uint16_t length, const uint32_t *peers, unsigned count) {
    struct node *node = (struct node *)outbox;
    struct simulation *simulation = node->simulation;
    if (node->dead) return true;
    if (node->line_free_ns < simulation->now_ns) node->line_free_ns = simulation->now_ns;
    if (node->line_free_ns - simulation->now_ns > simulation->settings.queue_ns) return false;
    struct packet *packet = make_packet(node->index, bytes, length);
    for (unsigned i = 0; i < count; i++) {
        node->line_free_ns += line_ns(simulation, length);
        fly(simulation, packet, peers[i], node->line_free_ns);
        if (happens(simulation, simulation->settings.duplicate_millionths))
            fly(simulation, packet, peers[i], node->line_free_ns);
    }
    packet_drop(packet);
    return true;
}

static void tell(struct outbox *outbox, const struct validator_event *event) {
    struct node *node = (struct node *)outbox;
    struct simulation *simulation = node->simulation;
    struct simulation_result *result = &simulation->result;
    bool leads = schedule_leader(&simulation->settings.validator.schedule, event->slot) == node->index;
    switch (event->kind) {
    case EVENT_COMPLETED:
        result->completed++;
        add_sample(&simulation->propagation, event->ns);
        if (event->length != simulation->settings.block_bytes ||
            memcmp(event->bytes, block_of(simulation, event->slot), event->length) != 0 ||
            node->completed_slot == event->slot + 1)
            result->wrong++;
        node->completed_slot = event->slot + 1;
        break;
    case EVENT_ACKED:
        if (!leads) add_sample(&simulation->response, event->ns);
        break;
    case EVENT_CONFIRMED:
        if (schedule_collector(&simulation->settings.validator.schedule, event->slot) == node->index)
            result->confirmed++;
        break;
    case EVENT_MISSED: result->missed += !node->dead; break;
    }
}

/* Ticks the validator and queues its next tick. */
static void tick(struct simulation *simulation, struct node *node) {
    uint64_t next = validator_tick(node->validator, simulation->now_ns);
    if (next == UINT64_MAX || (node->tick_ns > simulation->now_ns && node->tick_ns <= next)) return;
    node->tick_ns = next > simulation->now_ns ? next : simulation->now_ns + 1;
    events_push(&simulation->events, (struct event){.at_ns = node->tick_ns, .to = node->index});
}

struct simulation *simulation_make(const struct simulation_settings *settings) {
    struct simulation *simulation = calloc(1, sizeof *simulation);
    uint32_t count = settings->validator.schedule.validators;
    if (simulation == NULL) abort();
    simulation->settings = *settings;
    simulation->random = settings->seed * 0x9e3779b97f4a7c15ull | 1;
    simulation->now_ns = settings->validator.schedule.genesis_ns;
    simulation->nodes = calloc(count, sizeof *simulation->nodes);
    simulation->block = calloc(1, settings->block_bytes);
    uint32_t *peers = calloc(count, sizeof *peers);
    if (simulation->nodes == NULL || simulation->block == NULL || peers == NULL) abort();
    for (uint32_t i = 0; i < count; i++) peers[i] = i;
    for (uint32_t i = 0; i < count; i++) {
        struct node *node = &simulation->nodes[i];
        *node = (struct node){.outbox = {.send = send, .tell = tell}, .simulation = simulation, .index = i};
        struct settings own = settings->validator;
        own.self = i;
        own.peers = peers;
        own.schedule.seed = settings->seed;
        node->validator = validator_make(&own, &node->outbox, simulation->now_ns);
        if (node->validator == NULL) abort();
    }
    free(peers);
    return simulation;
}

void simulation_release(struct simulation *simulation) {
    events_release(&simulation->events);
    for (uint32_t i = 0; i < simulation->settings.validator.schedule.validators; i++)
        validator_release(simulation->nodes[i].validator);
    free(simulation->nodes);
    free(simulation->block);
    free(simulation->propagation.list);
    free(simulation->response.list);
    free(simulation);
}

void simulation_kill(struct simulation *simulation, uint32_t validator) {
    simulation->nodes[validator].dead = true;
}

static void arrive(struct simulation *simulation, const struct event *event) {
    struct node *node = &simulation->nodes[event->to];
    struct header header;
    if (!node->dead && event->packet != NULL &&
        header_read(event->packet->bytes, event->packet->length, &header) == HEADER_OK)
        validator_receive(node->validator, header.type, event->packet->bytes + HEADER_BYTES,
                          event->packet->length - HEADER_BYTES, event->packet->from, simulation->now_ns);
    if (!node->dead) tick(simulation, node);
    if (event->packet != NULL) packet_drop(event->packet);
}

static void run_until(struct simulation *simulation, uint64_t until_ns) {
    while (simulation->events.count > 0 && simulation->events.list[0].at_ns <= until_ns) {
        struct event event = events_pop(&simulation->events);
        simulation->now_ns = event.at_ns;
        arrive(simulation, &event);
    }
    simulation->now_ns = until_ns;
}

static void propose(struct simulation *simulation, uint64_t slot) {
    struct node *leader = &simulation->nodes[schedule_leader(&simulation->settings.validator.schedule, slot)];
    if (leader->dead) return;
    for (uint32_t i = 0; i < simulation->settings.validator.schedule.validators; i++)
        simulation->result.expected += !simulation->nodes[i].dead && &simulation->nodes[i] != leader;
    if (validator_propose(leader->validator, block_of(simulation, slot), simulation->settings.block_bytes,
                          simulation->now_ns) != PROPOSED)
        abort();
    tick(simulation, leader);
}

void simulation_run(struct simulation *simulation, uint32_t slots) {
    const struct schedule *schedule = &simulation->settings.validator.schedule;
    for (uint32_t i = 0; i < schedule->validators; i++) tick(simulation, &simulation->nodes[i]);
    for (uint32_t i = 0; i < slots; i++, simulation->next_slot++) {
        run_until(simulation, schedule_start(schedule, simulation->next_slot));
        propose(simulation, simulation->next_slot);
    }
    run_until(simulation, schedule_start(schedule, simulation->next_slot));
}

void simulation_inject(struct simulation *simulation, uint32_t from, uint32_t to, enum message_type type,
                       const uint8_t *body, size_t length) {
    uint8_t bytes[POST_MAX_DATAGRAM];
    header_write(&(struct header){.type = type, .hint = HEADER_NO_HINT}, bytes);
    memcpy(bytes + HEADER_BYTES, body, length);
    struct packet *packet = make_packet(from, bytes, (uint16_t)(HEADER_BYTES + length));
    events_push(&simulation->events, (struct event){.at_ns = simulation->now_ns, .packet = packet, .to = to});
}

struct validator *simulation_validator(struct simulation *simulation, uint32_t validator) {
    return simulation->nodes[validator].validator;
}

uint64_t simulation_count(const struct simulation *simulation, enum consensus_counter counter) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < simulation->settings.validator.schedule.validators; i++)
        if (!simulation->nodes[i].dead)
            sum += counter_read(&validator_counters(simulation->nodes[i].validator)[counter]);
    return sum;
}

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static double percentile_ms(struct samples *samples, unsigned hundredths) {
    if (samples->count == 0) return 0;
    qsort(samples->list, samples->count, sizeof *samples->list, by_value);
    return (double)samples->list[(samples->count - 1) * hundredths / 100] / 1e6;
}

struct simulation_result simulation_result(struct simulation *simulation) {
    struct simulation_result result = simulation->result;
    result.propagation_p50_ms = percentile_ms(&simulation->propagation, 50);
    result.propagation_p95_ms = percentile_ms(&simulation->propagation, 95);
    result.propagation_most_ms = percentile_ms(&simulation->propagation, 100);
    result.response_p50_ms = percentile_ms(&simulation->response, 50);
    result.response_p95_ms = percentile_ms(&simulation->response, 95);
    return result;
}
