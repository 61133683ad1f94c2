#include "io/testing_dpdk.h"

#include "net/bytes.h"
#include "net/packet.h"
#include "net/resolution.h"

/* What the workers of the DPDK backend hand to the exception path and take from it: on EAL with a net_ring port. */

static int begin_rings(void **state) {
    struct world *world = *state;
    if (world_begin(state) != 0) return 1;
    round_of(world, 0, START);
    while (sent(world) > 0) {
    } /* its questions; at START there are no more */
    for (unsigned i = 0; i < 2; i++) world->io[i].to_kernel = frame_ring_make(8, 1519);
    world->io[0].from_kernel = frame_ring_make(8, 1519);
    return 0;
}

static int end_rings(void **state) {
    struct world *world = *state;
    for (unsigned i = 0; i < 2; i++) frame_ring_release(world->io[i].to_kernel);
    frame_ring_release(world->io[0].from_kernel);
    return world_end(state);
}

/* The frame comes to a worker; whether the kernel gets exactly it. */
static bool kernel_gets(struct world *world, unsigned worker, const uint8_t *bytes, size_t length) {
    uint16_t got;
    comes(world, bytes, length);
    round_of(world, worker, START);
    struct frame_ring *ring = world->io[worker].to_kernel;
    const uint8_t *first = frame_ring_first(ring, &got);
    if (first == NULL) return false;
    assert_int_equal(got, length);
    assert_memory_equal(first, bytes, length);
    frame_ring_done(ring);
    assert_null(frame_ring_first(ring, &got));
    return true;
}

static uint64_t dropped(const struct world *world, unsigned worker) {
    uint64_t sum = 0;
    for (unsigned i = 0; i < DROPS; i++) sum += counter_read(&world->drops[worker][i]);
    return sum;
}

/* A right datagram from host 2 to port `port` of host `host`, of 100 bytes. */
static size_t datagram(uint8_t *bytes, unsigned family, unsigned host, uint16_t port) {
    struct packet_template template;
    struct endpoint from = host_of(family, 2, 30900), to = host_of(family, host, port);
    packet_template_make(&template, MAC_OF_2, MAC_OF_1, &from, &to);
    memset(bytes + template.length, 5, 100);
    packet_write(&template, bytes, 100, true);
    return template.length + 100u;
}

static void what_is_not_the_data_planes_goes_to_the_kernel(void **state) {
    struct world *world = *state;
    uint8_t bytes[200] = {0};
    for (unsigned worker = 0; worker < 2; worker++) {
        for (unsigned i = 0; i < 2; i++) {
            assert_true(kernel_gets(world, worker, bytes, datagram(bytes, FAMILIES[i], 1, 53)));
            assert_true(kernel_gets(world, worker, bytes, datagram(bytes, FAMILIES[i], 77, 30900)));
        }
        size_t length = datagram(bytes, 4, 1, 30900);
        bytes[23] = 1; /* ICMP */
        assert_true(kernel_gets(world, worker, bytes, length));
        length = datagram(bytes, 4, 1, 30900);
        bytes[20] = 0x20; /* more fragments */
        assert_true(kernel_gets(world, worker, bytes, length));
        length = datagram(bytes, 6, 1, 30900);
        bytes[20] = 0; /* hop-by-hop options */
        assert_true(kernel_gets(world, worker, bytes, length));
        bytes[12] = 0x88, bytes[13] = 0xcc; /* LLDP, to its group */
        memcpy(bytes, (uint8_t[]){0x01, 0x80, 0xc2, 0, 0, 0x0e}, 6);
        assert_true(kernel_gets(world, worker, bytes, length));
        assert_int_equal(counter_read(&world->io[worker].more.to_kernel), 8);
        assert_int_equal(dropped(world, worker), 0);
    }
}

static void the_nodes_own_port_what_is_malformed_and_others_frames_never_do(void **state) {
    struct world *world = *state;
    uint8_t bytes[200] = {0};
    size_t length = datagram(bytes, 4, 1, 30900);
    bytes_write16(bytes + 34, 4711); /* a stranger's port */
    assert_false(kernel_gets(world, 1, bytes, length));
    assert_int_equal(counter_read(&world->drops[1][DROP_UNKNOWN_SENDER]), 1);
    length = datagram(bytes, 4, 1, 53);
    bytes[24] ^= 1; /* IPv4's checksum */
    assert_false(kernel_gets(world, 1, bytes, length));
    assert_int_equal(counter_read(&world->drops[1][PACKET_BAD_SUM]), 1);
    length = datagram(bytes, 4, 1, 53);
    bytes[5] ^= 1; /* another card's */
    assert_false(kernel_gets(world, 1, bytes, length));
    assert_int_equal(counter_read(&world->drops[1][DROP_NOT_FOR_US]), 1);
    bytes[12] = 0x88, bytes[13] = 0xcc;
    assert_false(kernel_gets(world, 1, bytes, length));
    assert_int_equal(counter_read(&world->drops[1][PACKET_OTHER_PROTOCOL]), 1);
    assert_int_equal(counter_read(&world->io[1].more.to_kernel), 0);
}

static void a_question_that_the_data_plane_answers_is_not_the_kernels_all_else_is_heard_by_both(void **state) {
    struct world *world = *state;
    uint8_t bytes[RESOLUTION_MAX];
    for (unsigned i = 0; i < 2; i++) {
        struct resolution said = said_by(FAMILIES[i], 2, MAC_OF_2, RESOLUTION_REQUEST);
        assert_false(kernel_gets(world, 1, bytes, resolution_write(&said, bytes)));
        assert_int_not_equal(sent(world), 0);
        said.target = host_of(FAMILIES[i], 99, 0); /* an address that only the kernel may have */
        assert_true(kernel_gets(world, 1, bytes, resolution_write(&said, bytes)));
        said = said_by(FAMILIES[i], 2, MAC_OF_2, RESOLUTION_ANSWER);
        assert_true(kernel_gets(world, 1, bytes, resolution_write(&said, bytes)));
    }
    assert_int_equal(dropped(world, 1), 0);
    round_of(world, 0, START);
    goes_to(&world->neighbours, FOUR, MAC_OF_2);
    goes_to(&world->neighbours, SIX, MAC_OF_2);
    while (sent(world) > 0) {
    }
}

static void a_kernel_that_is_behind_loses_frames_which_are_counted(void **state) {
    struct world *world = *state;
    uint8_t bytes[200] = {0};
    size_t length = datagram(bytes, 4, 1, 53);
    for (unsigned i = 0; i < 10; i++) {
        comes(world, bytes, length);
        round_of(world, 1, START);
    }
    assert_int_equal(counter_read(&world->io[1].more.to_kernel), 7);
    assert_int_equal(counter_read(&world->drops[1][DROP_EXCEPTION_OVERRUN]), 3);
}

static void frames_of_the_kernel_go_out_as_they_are(void **state) {
    struct world *world = *state;
    uint8_t bytes[1518];
    for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(i * 7);
    assert_true(frame_ring_put(world->io[0].from_kernel, bytes, sizeof bytes));
    assert_true(frame_ring_put(world->io[0].from_kernel, bytes + 1, 42));
    round_of(world, 0, START);
    assert_int_equal(sent(world), sizeof bytes);
    assert_memory_equal(world->bytes, bytes, sizeof bytes);
    assert_int_equal(sent(world), 42);
    assert_memory_equal(world->bytes, bytes + 1, 42);
    assert_int_equal(counter_read(&world->io[0].more.from_kernel), 2);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin_rings, end_rings)

int main(void) {
    if (world_eal() < 0) return 1;
    const struct CMUnitTest tests[] = {
        TEST(what_is_not_the_data_planes_goes_to_the_kernel),
        TEST(the_nodes_own_port_what_is_malformed_and_others_frames_never_do),
        TEST(a_question_that_the_data_plane_answers_is_not_the_kernels_all_else_is_heard_by_both),
        TEST(a_kernel_that_is_behind_loses_frames_which_are_counted),
        TEST(frames_of_the_kernel_go_out_as_they_are),
    };
    return cmocka_run_group_tests_name("exception path of the DPDK backend", tests, world_open, world_close);
}
