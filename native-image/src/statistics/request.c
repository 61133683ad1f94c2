#include "statistics/request.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* A piece of the request; never outside of it. */
struct text {
    const char *start;
    size_t length;
};

struct fields {
    unsigned hosts;
    bool body;
};

static bool is(struct text text, const char *expected) {
    return text.length == strlen(expected) && memcmp(text.start, expected, text.length) == 0;
}

static bool is_field(struct text name, const char *expected) {
    return name.length == strlen(expected) && strncasecmp(name.start, expected, name.length) == 0;
}

/* RFC 9110, 5.6.2: what names of methods and header fields are made of. */
static bool is_token(struct text text) {
    static const char MARKS[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < text.length; i++) {
        char c = text.start[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (c == '\0' || strchr(MARKS, c) == NULL)) return false;
    }
    return text.length > 0;
}

static bool is_visible(struct text text, bool blanks) {
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.start[i];
        if (c == 0x7f || c < 0x20 + !blanks) {
            if (blanks && c == '\t') continue;
            return false;
        }
    }
    return true;
}

/* Takes the text up to `c`, which must be there, off `rest`. */
static bool take_until(struct text *rest, char c, struct text *taken) {
    const char *found = rest->length == 0 ? NULL : memchr(rest->start, c, rest->length);
    if (found == NULL) return false;
    *taken = (struct text){rest->start, (size_t)(found - rest->start)};
    rest->start = found + 1;
    rest->length -= taken->length + 1;
    return true;
}

static struct text trim(struct text text) {
    while (text.length > 0 && (text.start[0] == ' ' || text.start[0] == '\t')) text.start++, text.length--;
    while (text.length > 0 && strchr(" \t", text.start[text.length - 1]) != NULL) text.length--;
    return text;
}

/* What the first line asks for; REQUEST_BAD where it is none. */
static enum request_result read_first_line(struct text line) {
    struct text method, target;
    if (!take_until(&line, ' ', &method) || !is_token(method)) return REQUEST_BAD;
    if (!take_until(&line, ' ', &target) || target.length == 0 || !is_visible(target, false)) return REQUEST_BAD;
    if (line.length != 8 || memcmp(line.start, "HTTP/", 5) != 0 || !is_visible(line, false)) return REQUEST_BAD;
    if (!is(line, "HTTP/1.1")) return REQUEST_VERSION;
    if (!is(method, "GET")) return REQUEST_METHOD;
    return is(target, "/metrics") ? REQUEST_METRICS : is(target, "/healthz") ? REQUEST_HEALTH : REQUEST_NOT_FOUND;
}

static bool read_field(struct text line, struct fields *fields) {
    struct text name;
    if (!take_until(&line, ':', &name) || !is_token(name) || !is_visible(line, true)) return false;
    struct text value = trim(line);
    if (is_field(name, "host")) fields->hosts++;
    if (is_field(name, "content-length")) fields->body |= !is(value, "0");
    if (is_field(name, "transfer-encoding")) fields->body = true;
    return true;
}

/* Takes a line with its CRLF off `rest`. False: it is not whole yet, or (`*bad`) has another end. */
static bool take_line(struct text *rest, struct text *line, bool *bad) {
    *bad = false;
    if (!take_until(rest, '\n', line)) return false;
    *bad = line->length == 0 || line->start[line->length - 1] != '\r';
    if (!*bad) line->length--;
    return !*bad;
}

static enum request_result unfinished(bool bad, size_t length) {
    return bad ? REQUEST_BAD : length >= REQUEST_BYTES ? REQUEST_TOO_LARGE : REQUEST_PART;
}

enum request_result request_read(const char *bytes, size_t length) {
    struct text rest = {bytes, length > REQUEST_BYTES ? REQUEST_BYTES : length}, line;
    struct fields fields = {0};
    bool bad;
    if (!take_line(&rest, &line, &bad)) return unfinished(bad, length);
    enum request_result result = read_first_line(line);
    if (result == REQUEST_BAD) return REQUEST_BAD;
    do {
        if (!take_line(&rest, &line, &bad)) return unfinished(bad, length);
        if (line.length > 0 && !read_field(line, &fields)) return REQUEST_BAD;
    } while (line.length > 0);
    if (result == REQUEST_VERSION) return result; /* whose fields may be others */
    if (fields.hosts != 1) return REQUEST_BAD;
    return fields.body ? REQUEST_HAS_BODY : result;
}
