#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "statistics/profile.h"
#include "statistics/profile_file.h"

static char text[PROFILE_BYTES];
static struct profile profile;

static const char *written(void) {
    size_t length;
    assert_true(profile_write(&profile, text, sizeof text, &length));
    assert_int_equal(strlen(text), length);
    return text;
}

/* Of one thread that ran for two seconds. */
static void sample(void) {
    profile = (struct profile){.number = 7, .ticks_per_second = 2000000000, .workers = 1};
    profile.worker[0] = (struct profile_worker){.lcore = 3, .rounds = 1000, .busy_rounds = 10};
    profile.worker[0].stage[STAGE_RECEIVE] = (struct profile_stage){1000000000, 8000000};
    profile.worker[0].stage[STAGE_PAUSE] = (struct profile_stage){3000000000, 0};
}

static int setup(void **state) {
    (void)state;
    sample();
    return 0;
}

/* Runs of blanks as one. */
static void assert_line(const char *expected) {
    char squeezed[PROFILE_BYTES], *to = squeezed;
    for (const char *at = written(); *at != '\0'; at++)
        if (*at != ' ' || to == squeezed || to[-1] != ' ') *to++ = *at;
    *to = '\0';
    if (strstr(squeezed, expected) == NULL) fail_msg("not there: %s\n%s", expected, squeezed);
}

static void a_stage_has_its_share_and_its_cycles_a_packet(void **state) {
    (void)state;
    assert_line("\nreceive 1000000000 25.0 % 8000000 125.0\n");
    assert_line("\npause 3000000000 75.0 %\n");
    assert_line("\nall 4000000000 100.0 %\n");
}

static void a_stage_without_packets_has_no_cycles_a_packet(void **state) {
    (void)state;
    assert_line("\nprobes 0 0.0 % 0 -\n");
}

static void the_head_says_which_text_it_is_and_for_how_long_was_profiled(void **state) {
    (void)state;
    assert_line("pantheon-node profile 7, 2.0 s, cycles of the time stamp counter, 2000 a microsecond\n");
    assert_line("network thread 0, lcore 3: 1000 rounds, 10 of them busy\n");
    assert_line("end of profile 7\n");
}

static void a_node_that_has_not_profiled_yet_divides_by_nothing(void **state) {
    (void)state;
    profile.worker[0] = (struct profile_worker){.lcore = 1};
    assert_line("\nall 0 0.0 %\n");
}

static void every_text_of_a_node_is_as_long(void **state) {
    (void)state;
    size_t before = strlen(written());
    profile.number = 4000000000;
    for (unsigned i = 0; i < STAGES; i++) profile.worker[0].stage[i] = (struct profile_stage){1ull << 60, 1ull << 30};
    profile.worker[0].rounds = profile.worker[0].busy_rounds = UINT64_MAX;
    assert_int_equal(strlen(written()), before);
}

static void the_longest_text_has_room(void **state) {
    (void)state;
    profile.workers = PROFILE_WORKERS;
    for (unsigned w = 0; w < PROFILE_WORKERS; w++) {
        profile.worker[w] = (struct profile_worker){UINT32_MAX, UINT64_MAX, UINT64_MAX, {{0}}};
        for (unsigned i = 0; i < STAGES; i++) profile.worker[w].stage[i] = (struct profile_stage){UINT64_MAX, 1};
    }
    profile.number = UINT64_MAX;
    profile.ticks_per_second = 1;
    assert_true(strlen(written()) > PROFILE_BYTES / 2);
}

static void what_has_no_room_is_not_written(void **state) {
    (void)state;
    size_t length;
    assert_false(profile_write(&profile, text, 200, &length));
    assert_true(length < 200);
}

/* --- the file ------------------------------------------------------------------------------------------------------ */

static char folder[] = "/tmp/pantheon-profile-XXXXXX", path[64];

static int make_folder(void **state) {
    (void)state;
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    if (mkdtemp(folder) == NULL) return -1;
    snprintf(path, sizeof path, "%s/profile.log", folder);
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void assert_content(const char *expected) {
    char content[64] = "";
    int file = open(path, O_RDONLY);
    assert_true(read(file, content, sizeof content - 1) >= 0);
    close(file);
    assert_string_equal(content, expected);
}

static void a_text_takes_the_place_of_a_longer_one(void **state) {
    (void)state;
    int file = profile_file_open(path);
    assert_true(file >= 0);
    assert_true(profile_file_write(file, "a long one\n", 11));
    assert_true(profile_file_write(file, "short\n", 6));
    assert_content("short\n");
    close(file);
}

static void a_file_that_is_there_is_taken_and_keeps_its_owner_and_mode(void **state) {
    (void)state;
    struct stat before, after;
    close(open(path, O_WRONLY | O_CREAT, 0604));
    assert_int_equal(stat(path, &before), 0);
    int file = profile_file_open(path);
    assert_true(profile_file_write(file, "x", 1));
    close(file);
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_mode, after.st_mode);
    assert_int_equal(before.st_ino, after.st_ino);
}

static void no_link_is_followed(void **state) {
    (void)state;
    assert_int_equal(symlink("/tmp/elsewhere", path), 0);
    assert_int_equal(profile_file_open(path), -1);
    assert_int_equal(errno, ELOOP);
}

static void a_pipe_is_not_waited_for(void **state) {
    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(profile_file_open(path), -1);
    assert_int_equal(errno, ENXIO);
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    assert_int_equal(profile_file_open(path), -1);
    assert_int_equal(errno, EINVAL);
    close(reader);
}

static void a_full_disk_is_told(void **state) {
    (void)state;
    int full = open("/dev/full", O_WRONLY);
    assert_false(profile_file_write(full, "x", 1));
    assert_int_equal(errno, ENOSPC);
    close(full);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_stage_has_its_share_and_its_cycles_a_packet, setup),
        cmocka_unit_test_setup(a_stage_without_packets_has_no_cycles_a_packet, setup),
        cmocka_unit_test_setup(the_head_says_which_text_it_is_and_for_how_long_was_profiled, setup),
        cmocka_unit_test_setup(a_node_that_has_not_profiled_yet_divides_by_nothing, setup),
        cmocka_unit_test_setup(every_text_of_a_node_is_as_long, setup),
        cmocka_unit_test_setup(the_longest_text_has_room, setup),
        cmocka_unit_test_setup(what_has_no_room_is_not_written, setup),
        cmocka_unit_test_setup_teardown(a_text_takes_the_place_of_a_longer_one, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_file_that_is_there_is_taken_and_keeps_its_owner_and_mode, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(no_link_is_followed, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_pipe_is_not_waited_for, make_folder, remove_folder),
        cmocka_unit_test(a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
