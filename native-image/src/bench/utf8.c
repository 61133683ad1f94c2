#include "bench/utf8.h"

#include <string.h>

static const struct utf8 REPLACEMENT = {0xfffd, "\xef\xbf\xbd"};

/* How many bytes a character has that begins so; 0 where none does. */
static unsigned length_of(uint8_t first) {
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first < 0xe0) return 2;
    if (first >= 0xe0 && first < 0xf0) return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

struct utf8 utf8_next(const char **text) {
    static const uint32_t LEAST[] = {0, 0, 0x80, 0x800, 0x10000};
    static const uint8_t MASK[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    struct utf8 character = {0};
    const char *at = *text;
    unsigned length = length_of((uint8_t)at[0]);
    *text = at + 1;
    if (length == 0) return REPLACEMENT;
    character.code = (uint8_t)at[0] & MASK[length];
    for (unsigned i = 1; i < length; i++) {
        if (((uint8_t)at[i] & 0xc0) != 0x80) return REPLACEMENT; /* the end, too */
        character.code = character.code << 6 | ((uint8_t)at[i] & 0x3f);
    }
    if (character.code < LEAST[length] || character.code > 0x10ffff || character.code >> 11 == 0xd800 >> 11)
        return REPLACEMENT;
    memcpy(character.bytes, at, length);
    *text = at + length;
    return character;
}
