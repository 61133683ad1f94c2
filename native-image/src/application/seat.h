#ifndef PANTHEON_APPLICATION_SEAT_H
#define PANTHEON_APPLICATION_SEAT_H

#include "consensus/validator.h"

/*
 * A validator (consensus/validator.h) that outlives the list of peers for which it was made: where peers change, the
 * slots that are under way are worked on to their end by the validators of then, whose peers have other indices now. A
 * seat stands in between and changes them. Who is no more gets nothing, and who is new is a stranger to it.
 *
 * Until its list changes a seat costs a comparison.
 */
struct seat {
    struct outbox outbox; /* first: the validator's is a seat */
    struct outbox *through;
    struct validator *validator;
    struct schedule schedule;
    uint32_t self;
    bool moved;
    uint32_t peers;      /* of then */
    uint32_t *to;        /* which is which now; UINT32_MAX: none */
    uint32_t *from;      /* and back */
    uint32_t from_count; /* peers of now */
    uint32_t *list;      /* scratch */
};

/* With the settings' validators, whose peers are all but itself. NULL where there is no memory. */
struct seat *seat_make(const struct settings *settings, struct outbox *through, uint64_t now_ns);
void seat_release(struct seat *seat);

/*
 * Other peers, while nobody uses it: `to` says of each of before which one of `count` it is now, UINT32_MAX that it is no
 * more. `from` has room for `count` and is the seat's from now on (free).
 */
void seat_move(struct seat *seat, const uint32_t *to, uint32_t *from, uint32_t count);

/* As validator_receive, `peer` being one of now. */
void seat_receive(struct seat *seat, enum message_type type, const uint8_t *bytes, size_t length, uint32_t peer,
                  uint64_t now_ns);

#endif
