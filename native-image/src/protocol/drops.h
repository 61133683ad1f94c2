#ifndef PANTHEON_PROTOCOL_DROPS_H
#define PANTHEON_PROTOCOL_DROPS_H

/* Why something that was received counts as nothing: what the backends need of it so far. */
enum drop {
    DROP_UNKNOWN_SENDER,
    DROP_SCATTERED, /* would need several buffers, which nothing of ours fills */
    DROPS
};

#endif
