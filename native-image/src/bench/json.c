#include "bench/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/utf8.h"

void json_start(struct json *json, FILE *file) {
    *json = (struct json){.file = file};
}

bool json_finish(struct json *json) {
    fputc('\n', json->file);
    return fflush(json->file) == 0 && !ferror(json->file) && !json->wrong && json->depth == 0;
}

static void line(struct json *json, unsigned depth) {
    fputc('\n', json->file);
    for (unsigned i = 0; i < depth; i++) fputs("  ", json->file);
}

static void quoted(struct json *json, const char *text) {
    fputc('"', json->file);
    while (*text != '\0') {
        struct utf8 character = utf8_next(&text);
        if (character.code == '"' || character.code == '\\')
            fprintf(json->file, "\\%c", (int)character.code);
        else if (character.code < ' ' || character.code == 0x7f)
            fprintf(json->file, "\\u%04x", (unsigned)character.code);
        else
            fputs(character.bytes, json->file);
    }
    fputc('"', json->file);
}

/* What stands in front of every value. */
static void place(struct json *json, const char *key) {
    struct json_level *level = json->depth == 0 ? NULL : &json->levels[json->depth - 1];
    if ((key != NULL) != (level != NULL && !level->array)) json->wrong = true;
    if (level != NULL) {
        if (level->begun) fputs(level->row ? ", " : ",", json->file);
        if (!level->row) line(json, json->depth);
        level->begun = true;
    }
    if (key == NULL) return;
    quoted(json, key);
    fputs(": ", json->file);
}

static void open(struct json *json, const char *key, struct json_level level) {
    place(json, key);
    if (json->depth == JSON_MOST_DEPTH) {
        json->wrong = true;
        return;
    }
    fputc(level.array ? '[' : '{', json->file);
    json->levels[json->depth++] = level;
}

void json_object(struct json *json, const char *key) {
    open(json, key, (struct json_level){.array = false});
}

void json_array(struct json *json, const char *key) {
    open(json, key, (struct json_level){.array = true});
}

void json_row(struct json *json, const char *key) {
    open(json, key, (struct json_level){.array = true, .row = true});
}

void json_end(struct json *json) {
    if (json->depth == 0) {
        json->wrong = true;
        return;
    }
    struct json_level level = json->levels[--json->depth];
    if (level.begun && !level.row) line(json, json->depth);
    fputc(level.array ? ']' : '}', json->file);
}

void json_text(struct json *json, const char *key, const char *text) {
    place(json, key);
    if (text == NULL)
        fputs("null", json->file);
    else
        quoted(json, text);
}

void json_whole(struct json *json, const char *key, uint64_t number) {
    place(json, key);
    fprintf(json->file, "%" PRIu64, number);
}

void json_number(struct json *json, const char *key, double number) {
    char text[32] = "null";
    place(json, key);
    for (int digits = 15; isfinite(number) && digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number) break;
    }
    fputs(text, json->file);
}

void json_truth(struct json *json, const char *key, bool truth) {
    place(json, key);
    fputs(truth ? "true" : "false", json->file);
}
