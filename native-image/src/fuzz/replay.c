#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Runs a fuzz target without a fuzzer: every file of a corpus, then mutations of them, drawn by a generator that draws
 * the same each time. So that an ordinary build finds what is near the surface and a corpus stays a regression test;
 * libFuzzer (fuzz.sh) looks deeper.
 *
 *     replay CORPUS MUTATIONS      the last line says what was run, in TAP
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { INPUT_BYTES = 64 * 1024, INPUT_FILES = 1024 };

static struct input {
    uint8_t *bytes;
    size_t length;
} inputs[INPUT_FILES];
static size_t input_count;

static void load(const char *folder, const char *name) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "re");
    if (file == NULL || input_count == INPUT_FILES) return;
    uint8_t *bytes = malloc(INPUT_BYTES);
    if (bytes != NULL) inputs[input_count++] = (struct input){bytes, fread(bytes, 1, INPUT_BYTES, file)};
    fclose(file);
}

static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void load_all(const char *folder) {
    struct dirent **names;
    int count = scandir(folder, &names, NULL, by_name);
    for (int i = 0; i < count; i++) {
        if (names[i]->d_name[0] != '.') load(folder, names[i]->d_name);
        free(names[i]);
    }
    if (count >= 0) free(names);
}

/* xorshift64 (Marsaglia, 2003). */
static uint64_t random_number(void) {
    static uint64_t state = 88172645463325252ull;
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static size_t mutate_once(uint8_t *bytes, size_t length) {
    static const uint8_t SPECIAL[] = {0, 1, 0x7f, 0x80, 0xff, '\n', '"', '[', ']', '=', '#', '\\', '-', ','};
    size_t at = length == 0 ? 0 : random_number() % length, run = 1 + random_number() % 8;
    switch (random_number() % 6) {
    case 0:
        if (length > 0) bytes[at] ^= (uint8_t)(1u << random_number() % 8);
        return length;
    case 1:
        if (length > 0) bytes[at] = SPECIAL[random_number() % sizeof SPECIAL];
        return length;
    case 2: return at; /* cut short */
    case 3:            /* a piece out */
        if (at + run > length) return length;
        memmove(bytes + at, bytes + at + run, length - at - run);
        return length - run;
    case 4: /* a piece twice */
        if (at + run > length || length + run > INPUT_BYTES) return length;
        memmove(bytes + at + run, bytes + at, length - at);
        return length + run;
    default: /* one byte in */
        if (length == INPUT_BYTES) return length;
        memmove(bytes + at + 1, bytes + at, length - at);
        bytes[at] = SPECIAL[random_number() % sizeof SPECIAL];
        return length + 1;
    }
}

/* In memory of exactly its length: a sanitizer sees every byte that is read behind it. */
static void run(const uint8_t *bytes, size_t length) {
    uint8_t *exact = malloc(length > 0 ? length : 1);
    if (exact == NULL) exit(1);
    memcpy(exact, bytes, length);
    LLVMFuzzerTestOneInput(exact, length);
    free(exact);
}

static void run_mutations(unsigned long count) {
    static uint8_t bytes[INPUT_BYTES];
    for (unsigned long i = 0; i < count; i++) {
        const struct input *input = &inputs[i % input_count];
        size_t length = input->length;
        memcpy(bytes, input->bytes, length);
        for (uint64_t times = 1 + random_number() % 4; times > 0; times--) length = mutate_once(bytes, length);
        run(bytes, length);
    }
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    load_all(arguments[1]);
    if (input_count == 0) {
        puts("1..1\nnot ok 1 - the corpus is empty");
        return 1;
    }
    for (size_t i = 0; i < input_count; i++) run(inputs[i].bytes, inputs[i].length);
    run_mutations(strtoul(arguments[2], NULL, 10));
    printf("1..1\nok 1 - %zu inputs of %s and %s mutations\n", input_count, arguments[1], arguments[2]);
    for (size_t i = 0; i < input_count; i++) free(inputs[i].bytes);
    return 0;
}
