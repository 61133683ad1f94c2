#include "net/testing.h"

#include "net/bytes.h"
#include "net/resolution.h"
#include "net/timetable.h"
#include "net/sum.h"

/* Of these bytes the sums were computed by another program. */
/* clang-format off */
static const uint8_t ARP_REQUEST_BYTES[60] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0x00, 0xd1, 0x00, 0x02, 0x08, 0x06, /* Ethernet */
    0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01, 0x52, 0x54, 0x00, 0xd1, 0x00, 0x02, 0x0a, 0x4e, 0x00, 0x02,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x4e, 0x00, 0x01};
static const uint8_t ARP_REPLY_BYTES[60] = {
    0x52, 0x54, 0x00, 0xd1, 0x00, 0x01, 0x52, 0x54, 0x00, 0xd1, 0x00, 0x02, 0x08, 0x06,
    0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x02, 0x52, 0x54, 0x00, 0xd1, 0x00, 0x02, 0x0a, 0x4e, 0x00, 0x02,
    0x52, 0x54, 0x00, 0xd1, 0x00, 0x01, 0x0a, 0x4e, 0x00, 0x01};
static const uint8_t SOLICITATION_BYTES[86] = {
    0x33, 0x33, 0xff, 0x00, 0x00, 0x01, 0x52, 0x54, 0x00, 0xd1, 0x00, 0x02, 0x86, 0xdd,
    0x60, 0x00, 0x00, 0x00, 0x00, 0x20, 0x3a, 0xff,                                     /* IPv6 */
    0xfd, 0x00, 0x00, 0x78, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02,
    0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0xff, 0x00, 0x00, 0x01,
    0x87, 0x00, 0x2b, 0x82, 0x00, 0x00, 0x00, 0x00,                                     /* ICMPv6 */
    0xfd, 0x00, 0x00, 0x78, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01,
    0x01, 0x01, 0x52, 0x54, 0x00, 0xd1, 0x00, 0x02};
static const uint8_t ADVERTISEMENT_BYTES[86] = {
    0x52, 0x54, 0x00, 0xd1, 0x00, 0x01, 0x52, 0x54, 0x00, 0xd1, 0x00, 0x02, 0x86, 0xdd,
    0x60, 0x00, 0x00, 0x00, 0x00, 0x20, 0x3a, 0xff,
    0xfd, 0x00, 0x00, 0x78, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02,
    0xfd, 0x00, 0x00, 0x78, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01,
    0x88, 0x00, 0xca, 0x0c, 0x60, 0x00, 0x00, 0x00,
    0xfd, 0x00, 0x00, 0x78, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02,
    0x02, 0x01, 0x52, 0x54, 0x00, 0xd1, 0x00, 0x02};
/* clang-format on */
static const struct {
    const uint8_t *bytes;
    size_t length;
    enum resolution_kind kind;
    uint8_t family;
} SAMPLES[] = {{ARP_REQUEST_BYTES, 60, RESOLUTION_REQUEST, 4},
               {ARP_REPLY_BYTES, 60, RESOLUTION_ANSWER, 4},
               {SOLICITATION_BYTES, 86, RESOLUTION_REQUEST, 6},
               {ADVERTISEMENT_BYTES, 86, RESOLUTION_ANSWER, 6}};
enum { SAMPLE_COUNT = 4, ARP_REQUEST_SAMPLE = 0, SOLICITATION = 2, ADVERTISEMENT = 3 };

/* From host 2 to host 1. */
static void questions_and_answers_are_read(void **state) {
    (void)state;
    for (int i = 0; i < SAMPLE_COUNT; i++) {
        struct resolution read;
        struct endpoint from = host_of(SAMPLES[i].family, 2, 0), to = host_of(SAMPLES[i].family, 1, 0);
        assert_int_equal(resolution_read(SAMPLES[i].bytes, SAMPLES[i].length, &read), RESOLUTION_OK);
        assert_int_equal(read.kind, SAMPLES[i].kind);
        assert_int_equal(read.family, SAMPLES[i].family);
        assert_memory_equal(read.mac, MAC_OF_2, 6);
        assert_memory_equal(read.ethernet_destination, SAMPLES[i].bytes, 6);
        assert_int_equal(endpoint_compare(&read.sender, &from), 0);
        assert_int_equal(endpoint_compare(&read.target, &to), 0);
        assert_int_equal(read.solicited, SAMPLES[i].kind == RESOLUTION_ANSWER);
    }
}

static void what_was_read_is_written_as_the_same_bytes(void **state) {
    (void)state;
    for (int i = 0; i < SAMPLE_COUNT; i++) {
        struct resolution read;
        uint8_t bytes[RESOLUTION_MAX];
        assert_int_equal(resolution_read(SAMPLES[i].bytes, SAMPLES[i].length, &read), RESOLUTION_OK);
        memset(bytes, 0xee, sizeof bytes);
        assert_int_equal(resolution_write(&read, bytes), SAMPLES[i].length);
        assert_memory_equal(bytes, SAMPLES[i].bytes, SAMPLES[i].length);
    }
}

static void a_message_that_ends_early_is_malformed(void **state) {
    (void)state;
    for (int i = 0; i < SAMPLE_COUNT; i++) {
        size_t needed = SAMPLES[i].family == 4 ? 42 : 86; /* behind ARP stands Ethernet's padding */
        for (size_t length = 0; length <= needed; length++) {
            struct resolution read;
            uint8_t *exact = exactly(SAMPLES[i].bytes, length);
            enum resolution_result expected = length < needed ? RESOLUTION_MALFORMED : RESOLUTION_OK;
            assert_int_equal(resolution_read(exact, length, &read), expected);
            free(exact);
        }
    }
}

/* With the byte changed and ICMPv6's checksum as if the sender had meant it. */
static enum resolution_result changed(int sample, size_t at, uint8_t value, struct resolution *read) {
    uint8_t bytes[RESOLUTION_MAX];
    memcpy(bytes, SAMPLES[sample].bytes, SAMPLES[sample].length);
    bytes[at] = value;
    if (SAMPLES[sample].family == 6) {
        size_t size = bytes_read16(bytes + 18) > 32 ? 32 : bytes_read16(bytes + 18);
        memset(bytes + 56, 0, 2);
        uint16_t field = sum_field(sum_bytes(bytes + 22, 32 + size, sum_word(58) + sum_word((uint16_t)size)));
        memcpy(bytes + 56, &field, sizeof field);
    }
    uint8_t *exact = exactly(bytes, SAMPLES[sample].length);
    enum resolution_result result = resolution_read(exact, SAMPLES[sample].length, read);
    free(exact);
    return result;
}

static void is_changed(int sample, size_t at, uint8_t value, enum resolution_result expected) {
    struct resolution read;
    assert_int_equal(changed(sample, at, value, &read), expected);
}

static void arp_of_other_protocols_is_other(void **state) {
    (void)state;
    for (int i = 0; i < SOLICITATION; i++) {
        is_changed(i, 13, 0x35, RESOLUTION_OTHER); /* reverse ARP */
        is_changed(i, 15, 6, RESOLUTION_OTHER);    /* of another medium */
        is_changed(i, 16, 0x86, RESOLUTION_OTHER);
        is_changed(i, 18, 8, RESOLUTION_OTHER);
        is_changed(i, 19, 16, RESOLUTION_OTHER);
        is_changed(i, 21, 3, RESOLUTION_OTHER);
        is_changed(i, 22, 0x53, RESOLUTION_MALFORMED); /* a group's address as somebody's */
    }
}

static void ndp_is_checked_as_the_standard_wants(void **state) {
    (void)state;
    for (int i = SOLICITATION; i < SAMPLE_COUNT; i++) {
        is_changed(i, 14, 0x40, RESOLUTION_MALFORMED);
        is_changed(i, 21, 254, RESOLUTION_MALFORMED); /* came through a router */
        is_changed(i, 20, 17, RESOLUTION_OTHER);      /* UDP */
        is_changed(i, 20, 0, RESOLUTION_OTHER);       /* hop-by-hop options */
        is_changed(i, 54, 134, RESOLUTION_OTHER);     /* a router's advertisement */
        is_changed(i, 55, 1, RESOLUTION_MALFORMED);
        is_changed(i, 62, 0xff, RESOLUTION_MALFORMED); /* asks for a group */
        is_changed(i, 79, 0, RESOLUTION_MALFORMED);    /* an option of no length */
        is_changed(i, 79, 2, RESOLUTION_MALFORMED);    /* one that is longer than the message */
        is_changed(i, 80, 0x53, RESOLUTION_MALFORMED);
        is_changed(i, 19, 33, RESOLUTION_MALFORMED);
        is_changed(i, 19, 23, RESOLUTION_MALFORMED);
        is_changed(i, 19, 0, RESOLUTION_OTHER);
        uint8_t bytes[RESOLUTION_MAX];
        memcpy(bytes, SAMPLES[i].bytes, sizeof bytes);
        bytes[57] ^= 1;
        struct resolution read;
        assert_int_equal(resolution_read(bytes, sizeof bytes, &read), RESOLUTION_MALFORMED);
    }
    is_changed(SOLICITATION, 22, 0xff, RESOLUTION_MALFORMED);  /* a group asks */
    is_changed(SOLICITATION, 53, 2, RESOLUTION_MALFORMED);     /* to the group of another address */
    is_changed(ADVERTISEMENT, 38, 0xff, RESOLUTION_MALFORMED); /* answers one question, to a group */
}

static void without_its_option_a_message_is_of_the_frames_source(void **state) {
    (void)state;
    for (int i = SOLICITATION; i < SAMPLE_COUNT; i++) {
        struct resolution read;
        uint8_t bytes[RESOLUTION_MAX];
        memcpy(bytes, SAMPLES[i].bytes, sizeof bytes);
        memcpy(bytes + 6, MAC_OF_3, 6);
        assert_int_equal(resolution_read(bytes, sizeof bytes, &read), RESOLUTION_OK);
        assert_memory_equal(read.mac, MAC_OF_2, 6);
        bytes[19] = 24;
        memset(bytes + 56, 0, 2);
        uint16_t field = sum_field(sum_bytes(bytes + 22, 32 + 24, sum_word(58) + sum_word(24)));
        memcpy(bytes + 56, &field, sizeof field);
        assert_int_equal(resolution_read(bytes, sizeof bytes, &read), RESOLUTION_OK);
        assert_memory_equal(read.mac, MAC_OF_3, 6);
    }
    struct resolution read; /* another type of option is passed over */
    assert_int_equal(changed(ADVERTISEMENT, 78, 14, &read), RESOLUTION_OK);
    assert_memory_equal(read.mac, MAC_OF_2, 6);
}

static void who_has_no_address_yet_has_none(void **state) {
    (void)state;
    struct resolution read;
    uint8_t bytes[RESOLUTION_MAX];
    memcpy(bytes, ARP_REQUEST_BYTES, sizeof ARP_REQUEST_BYTES);
    memset(bytes + 28, 0, 4);
    assert_int_equal(resolution_read(bytes, 60, &read), RESOLUTION_OK);
    assert_int_equal(read.sender.family, 0);
    for (unsigned size = 24; size <= 32; size += 8) { /* with the option it must not have */
        memcpy(bytes, SOLICITATION_BYTES, sizeof bytes);
        memset(bytes + 22, 0, 16);
        memset(bytes + 56, 0, 2);
        bytes[19] = (uint8_t)size;
        uint16_t field = sum_field(sum_bytes(bytes + 22, 32 + size, sum_word(58) + sum_word((uint16_t)size)));
        memcpy(bytes + 56, &field, sizeof field);
        assert_int_equal(resolution_read(bytes, sizeof bytes, &read),
                         size == 24 ? RESOLUTION_OK : RESOLUTION_MALFORMED);
        if (size == 24) assert_int_equal(read.sender.family, 0);
    }
}

static void what_is_due_first_comes_first(void **state) {
    (void)state;
    enum { COUNT = 1000 };
    struct timetable schedule;
    assert_true(timetable_make(&schedule, COUNT));
    uint64_t drawn = 1;
    for (int round = 0; round < 20000; round++) {
        drawn = drawn * 6364136223846793005ull + 1442695040888963407ull;
        timetable_set(&schedule, (uint32_t)(drawn >> 33) % COUNT, drawn >> 40);
        if (round % 100 != 0) continue;
        uint64_t first = TIMETABLE_NEVER;
        for (uint32_t i = 0; i < COUNT; i++)
            if (timetable_due(&schedule, i) < first) first = timetable_due(&schedule, i);
        assert_true(timetable_due(&schedule, timetable_first(&schedule)) == first);
    }
    uint64_t before = 0;
    for (int i = 0; i < COUNT; i++) {
        uint64_t due = timetable_due(&schedule, timetable_first(&schedule));
        assert_true(due >= before);
        before = due;
        timetable_set(&schedule, timetable_first(&schedule), TIMETABLE_NEVER);
    }
    timetable_release(&schedule);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_and_answers_are_read),
        cmocka_unit_test(what_was_read_is_written_as_the_same_bytes),
        cmocka_unit_test(a_message_that_ends_early_is_malformed),
        cmocka_unit_test(arp_of_other_protocols_is_other),
        cmocka_unit_test(ndp_is_checked_as_the_standard_wants),
        cmocka_unit_test(without_its_option_a_message_is_of_the_frames_source),
        cmocka_unit_test(who_has_no_address_yet_has_none),
        cmocka_unit_test(what_is_due_first_comes_first),
    };
    return cmocka_run_group_tests_name("resolution", tests, NULL, NULL);
}
