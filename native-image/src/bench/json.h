#ifndef PANTHEON_BENCH_JSON_H
#define PANTHEON_BENCH_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Writes JSON (RFC 8259), two spaces a level. `key` is NULL in an array and at the top, and there only. Mistakes of the
 * caller and of the file are remembered: json_finish tells.
 */
#define JSON_MOST_DEPTH 16u

struct json {
    FILE *file;
    unsigned depth;
    bool wrong;
    struct json_level {
        bool array;
        bool row;   /* on one line */
        bool begun; /* something stands in it */
    } levels[JSON_MOST_DEPTH];
};

void json_start(struct json *json, FILE *file);
/* Ends the last line. False where the document is not whole or could not be written. */
bool json_finish(struct json *json);

void json_object(struct json *json, const char *key);
void json_array(struct json *json, const char *key);
void json_row(struct json *json, const char *key); /* an array on one line */
void json_end(struct json *json);                  /* of the innermost of them */

/* UTF-8; a byte that is none becomes U+FFFD. NULL is null. */
void json_text(struct json *json, const char *key, const char *text);
void json_whole(struct json *json, const char *key, uint64_t number);
/* Enough digits to be read back the same. What is not finite is null: JSON has no word for it. */
void json_number(struct json *json, const char *key, double number);
void json_truth(struct json *json, const char *key, bool truth);

#endif
