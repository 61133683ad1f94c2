#include "protocol/drops.h"

#include <stddef.h>

const char *drop_name(unsigned drop) {
    static const char *const NAMES[DROPS] = {
        [DROP_HEADER + HEADER_SHORT] = "short_header",
        [DROP_HEADER + HEADER_BAD_MAGIC] = "bad_magic",
        [DROP_HEADER + HEADER_BAD_VERSION] = "bad_version",
        [DROP_HEADER + HEADER_BAD_TYPE] = "bad_header",
        [DROP_NOT_FOR_US] = "not_for_us",
        [DROP_UNKNOWN_SENDER] = "unknown_sender",
        [DROP_OVER_LIMIT] = "over_limit",
        [DROP_OTHER_NETWORK] = "other_network",
        [DROP_BAD_BODY] = "bad_body",
        [DROP_STALE] = "stale",
        [DROP_IMPOSSIBLE] = "impossible_sequence",
        [DROP_NOBODY] = "nobody_takes_it",
        [DROP_OVERRUN] = "overrun",
        [DROP_SCATTERED] = "scattered",
        [DROP_BAD_OFFLOAD] = "bad_checksum_offload",
        [DROP_EXCEPTION_OVERRUN] = "exception_overrun",
    };
    return drop < PACKET_RESULTS ? packet_result_name((enum packet_result)drop) : NAMES[drop];
}

bool drop_is_malformed(unsigned drop) {
    bool packet = drop >= PACKET_FIRST_MALFORMED && drop < PACKET_RESULTS;
    bool header = drop > DROP_HEADER && drop < DROP_NOT_FOR_US;
    return packet || header || drop == DROP_BAD_BODY || drop == DROP_IMPOSSIBLE || drop == DROP_BAD_OFFLOAD;
}
