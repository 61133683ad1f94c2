#include "peer_to_peer/testing.h"

#include "net/bytes.h"

static struct hello sample(enum hello_verdict verdict, const char *version) {
    struct hello hello = {.nonce = 0x1122334455667788, .verdict = verdict};
    memcpy(hello.version, version, strlen(version));
    return hello;
}

static void a_message_is_read_as_it_was_written(void **state) {
    (void)state;
    char longest[HELLO_VERSION + 1] = "";
    memset(longest, 'v', HELLO_VERSION);
    const char *const versions[] = {"1", "1.0", "pantheon/2.0-rc1", longest};
    for (unsigned verdict = 0; verdict < HELLO_VERDICTS; verdict++)
        for (unsigned i = 0; i < 4; i++) {
            struct hello hello = sample(verdict, versions[i]), read;
            uint8_t bytes[HELLO_BYTES];
            struct header header;
            hello_write(&hello, NETWORK, bytes);
            assert_int_equal(header_read(bytes, sizeof bytes, &header), HEADER_OK);
            assert_int_equal(header.type, verdict == HELLO_ASKS ? MESSAGE_HELLO : MESSAGE_HELLO_ANSWER);
            assert_int_equal(header.network, NETWORK);
            assert_true(hello_read(header.type, bytes, sizeof bytes, &read));
            assert_int_equal(read.nonce, hello.nonce);
            assert_int_equal(read.verdict, verdict);
            assert_string_equal(read.version, versions[i]);
        }
}

static void what_is_malformed_is_not_read(void **state) {
    (void)state;
    static const struct {
        const char *what;
        unsigned at;
        uint8_t value;
    } WRONG[] = {
        {"an answer's verdict", 20, HELLO_WELCOME},
        {"an unknown verdict", 20, 3},
        {"no version", 21, 0},
        {"a version too long", 21, 129},
        {"reserved", 22, 1},
        {"reserved", 23, 1},
        {"a zero within", 25, 0},
        {"a line feed", 25, '\n'},
        {"an escape", 24, 0x1b},
        {"a byte behind the version", 27, 'x'},
        {"the last byte", 151, 1},
        {"a length too short", 21, 2},
    };
    struct hello hello = sample(HELLO_ASKS, "1.0"), read;
    uint8_t right[HELLO_BYTES], bytes[HELLO_BYTES + 1];
    hello_write(&hello, NETWORK, right);
    for (unsigned i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        memcpy(bytes, right, sizeof right);
        bytes[WRONG[i].at] = WRONG[i].value;
        if (hello_read(MESSAGE_HELLO, bytes, HELLO_BYTES, &read)) fail_msg("%s was read", WRONG[i].what);
    }
    assert_false(hello_read(MESSAGE_HELLO, right, HELLO_BYTES - 1, &read));
    assert_false(hello_read(MESSAGE_HELLO, bytes, HELLO_BYTES + 1, &read));
    assert_false(hello_read(MESSAGE_HELLO_ANSWER, right, HELLO_BYTES, &read));
    assert_true(hello_read(MESSAGE_HELLO, right, HELLO_BYTES, &read));
}

static void versions_agree_where_they_are_the_same_up_to_the_first_dot(void **state) {
    (void)state;
    assert_true(hello_versions_agree("1.0", "1.0"));
    assert_true(hello_versions_agree("1.0", "1.7.3"));
    assert_true(hello_versions_agree("1", "1.7"));
    assert_false(hello_versions_agree("1.0", "2.0"));
    assert_false(hello_versions_agree("1.0", "10.0"));
    assert_false(hello_versions_agree("10", "1"));
    assert_true(hello_versions_agree("pantheon/2.0", "pantheon/2.1"));
    assert_false(hello_versions_agree("pantheon/2.0", "2.0"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_read_as_it_was_written),
        cmocka_unit_test(what_is_malformed_is_not_read),
        cmocka_unit_test(versions_agree_where_they_are_the_same_up_to_the_first_dot),
    };
    return cmocka_run_group_tests_name("hello", tests, NULL, NULL);
}
