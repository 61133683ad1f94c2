#include "config/toml_value.h"

#include <string.h>

static enum toml_value_state wrong(struct toml_value *value, const char *mistake) {
    value->mistake = mistake;
    return TOML_VALUE_WRONG;
}

static void keep_raw(struct toml_value *value, struct piece line) {
    line = piece_trim(line);
    size_t needed = value->raw_length + line.length + 2;
    if (needed > value->raw_room) {
        value->raw_room = needed * 2;
        char *moved = arena_take(value->arena, value->raw_room);
        if (value->raw_length > 0) memcpy(moved, value->raw, value->raw_length);
        value->raw = moved;
    }
    if (value->raw_length > 0 && line.length > 0) value->raw[value->raw_length++] = ' ';
    memcpy(value->raw + value->raw_length, line.start, line.length);
    value->raw_length += line.length;
    value->raw[value->raw_length] = '\0';
}

const char *toml_value_raw(struct toml_value *value) {
    return value->raw == NULL ? "" : value->raw;
}

/* Nothing but a comment may stand behind a value. `at` is where it ends. */
static enum toml_value_state end(struct toml_value *value, struct piece line, size_t at) {
    struct piece rest = piece_trim((struct piece){line.start + at, line.length - at});
    if (rest.length > 0 && rest.start[0] != '#') {
        keep_raw(value, line);
        return wrong(value, "something stands behind the value; take it out or make it a comment with #");
    }
    keep_raw(value, (struct piece){line.start, at});
    return TOML_VALUE_WHOLE;
}

static size_t utf8_write(uint32_t c, char *to) {
    if (c < 0x80) return to[0] = (char)c, 1;
    if (c < 0x800) return to[0] = (char)(0xc0 | c >> 6), to[1] = (char)(0x80 | (c & 0x3f)), 2;
    to[0] = (char)(0xe0 | c >> 12);
    to[1] = (char)(0x80 | (c >> 6 & 0x3f));
    to[2] = (char)(0x80 | (c & 0x3f));
    return 3;
}

/* The four digits behind \u, as what they stand for. 0 where they stand for nothing that a text may hold. */
static uint32_t read_unicode(struct piece line, size_t at) {
    uint32_t c = 0;
    if (at + 4 > line.length) return 0;
    for (size_t i = at; i < at + 4; i++) {
        char digit = line.start[i];
        uint32_t n = digit >= '0' && digit <= '9'   ? (uint32_t)(digit - '0')
                     : digit >= 'a' && digit <= 'f' ? (uint32_t)(digit - 'a' + 10)
                     : digit >= 'A' && digit <= 'F' ? (uint32_t)(digit - 'A' + 10)
                                                    : 16;
        if (n == 16) return 0;
        c = c << 4 | n;
    }
    return c >= 0xd800 && c <= 0xdfff ? 0 : c;
}

/* Writes what the escape at `*at` (behind the backslash) stands for. False where TOML has no such escape. */
static bool read_escape(struct piece line, size_t *at, char *to, size_t *length) {
    static const char names[] = "\"\\btnfr", meanings[] = "\"\\\b\t\n\f\r";
    if (*at >= line.length) return false;
    char name = line.start[(*at)++];
    if (name == 'u') {
        uint32_t c = read_unicode(line, *at);
        *at += 4;
        if (c == 0) return false;
        *length += utf8_write(c, to + *length);
        return true;
    }
    const char *found = name == '\0' ? NULL : strchr(names, name);
    if (found == NULL) return false;
    to[(*length)++] = meanings[found - names];
    return true;
}

static enum toml_value_state read_string(struct toml_value *value, struct piece line) {
    if (line.length >= 3 && memcmp(line.start, "\"\"\"", 3) == 0) {
        keep_raw(value, line);
        return wrong(value, "texts over several lines are not known; write it in one line");
    }
    char *text = arena_take(value->arena, line.length + 1); /* an escape is never shorter than what it stands for */
    size_t length = 0;
    for (size_t at = 1; at < line.length;) {
        char c = line.start[at++];
        if (c == '"') {
            value->kind = SETTING_TEXT;
            value->text = text;
            return end(value, line, at);
        }
        if (c != '\\') {
            text[length++] = c;
        } else if (!read_escape(line, &at, text, &length)) {
            keep_raw(value, line);
            return wrong(value, "the text has an escape that TOML does not know; write \\\\ for a backslash");
        }
    }
    keep_raw(value, line);
    return wrong(value, "close the text with \"");
}

/* Reads a whole number at `*at`. False where there is none; overflow counts as none. */
static bool read_number(struct piece line, size_t *at, int64_t *number) {
    bool negative = *at < line.length && line.start[*at] == '-';
    if (negative || (*at < line.length && line.start[*at] == '+')) (*at)++;
    size_t first = *at;
    *number = 0;
    for (; *at < line.length && line.start[*at] >= '0' && line.start[*at] <= '9'; (*at)++) {
        int digit = line.start[*at] - '0';
        if (__builtin_mul_overflow(*number, 10, number)) return false;
        if (__builtin_add_overflow(*number, negative ? -digit : digit, number)) return false;
    }
    bool leading_zero = *at - first > 1 && line.start[first] == '0';
    return *at > first && !leading_zero;
}

static enum toml_value_state read_numbers(struct toml_value *value, struct piece line, size_t at) {
    for (;;) {
        while (at < line.length && (line.start[at] == ' ' || line.start[at] == '\t')) at++;
        if (at == line.length || line.start[at] == '#') {
            keep_raw(value, (struct piece){line.start, at});
            return TOML_VALUE_OPEN;
        }
        if (line.start[at] == ']') return end(value, line, at + 1);
        if (line.start[at] == ',' && !value->comma) {
            value->comma = true;
            at++;
            continue;
        }
        int64_t number;
        if (!value->comma || value->number_count == TOML_MAX_NUMBERS || !read_number(line, &at, &number)) break;
        value->numbers =
            arena_grow(value->arena, value->numbers, value->number_count, &value->number_room, sizeof *value->numbers);
        value->numbers[value->number_count++] = number;
        value->comma = false;
    }
    keep_raw(value, line);
    return wrong(value, "must be a list of whole numbers such as [2, 3]");
}

static enum toml_value_state read_word(struct toml_value *value, struct piece line) {
    size_t length = 0;
    while (length < line.length && strchr(" \t#", line.start[length]) == NULL) length++;
    bool is_true = length == 4 && memcmp(line.start, "true", 4) == 0;
    bool is_false = length == 5 && memcmp(line.start, "false", 5) == 0;
    if (is_true || is_false) {
        value->kind = SETTING_BOOLEAN;
        value->boolean = is_true;
        return end(value, line, length);
    }
    size_t at = 0;
    value->kind = SETTING_NUMBER;
    if (read_number(line, &at, &value->number) && at == length) return end(value, line, at);
    keep_raw(value, line);
    return wrong(value, "must be a text in \"quotes\", a whole number, true, false, or a list of whole numbers");
}

enum toml_value_state toml_value_start(struct toml_value *value, struct piece line) {
    if (line.length == 0 || line.start[0] == '#') return wrong(value, "write a value behind =, or leave the key out");
    if (line.start[0] == '"') return read_string(value, line);
    if (line.start[0] == '[') {
        value->kind = SETTING_NUMBERS;
        value->comma = true;
        return read_numbers(value, line, 1);
    }
    if (line.start[0] == '\'') {
        keep_raw(value, line);
        return wrong(value, "texts in single quotes are not known; write it in \"double quotes\"");
    }
    return read_word(value, line);
}

enum toml_value_state toml_value_go_on(struct toml_value *value, struct piece line) {
    return read_numbers(value, line, 0);
}
