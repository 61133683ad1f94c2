#include "transactions/counters.h"

_Static_assert(TRANSACTIONS_MALFORMED_LENGTH - TRANSACTIONS_MALFORMED_SHORT ==
                   TRANSACTION_RESULTS - 1 - TRANSACTION_SHORT,
               "each malformed result has its count");

const char *transaction_count_name(enum transaction_count count) {
    static const char *const NAMES[TRANSACTIONS_COUNTS] = {
        [TRANSACTIONS_RECEIVED] = "transactions_received",
        [TRANSACTIONS_OVER_LIMIT] = "transactions_over_limit",
        [TRANSACTIONS_OVERRUN] = "transactions_overrun",
        [TRANSACTIONS_MALFORMED_SUM] = "transactions_malformed_sum",
        [TRANSACTIONS_MALFORMED_SHORT] = "transactions_malformed_short",
        [TRANSACTIONS_MALFORMED_LONG] = "transactions_malformed_long",
        [TRANSACTIONS_MALFORMED_VERSION] = "transactions_malformed_version",
        [TRANSACTIONS_MALFORMED_FLAGS] = "transactions_malformed_flags",
        [TRANSACTIONS_MALFORMED_LENGTH] = "transactions_malformed_length",
        [TRANSACTIONS_DUPLICATED] = "transactions_duplicated",
        [TRANSACTIONS_LATE] = "transactions_late",
        [TRANSACTIONS_TOO_FAR] = "transactions_too_far",
        [TRANSACTIONS_LOW_FEE] = "transactions_low_fee",
        [TRANSACTIONS_OVER_SHARE] = "transactions_over_share",
        [TRANSACTIONS_POOLED] = "transactions_pooled",
        [TRANSACTIONS_EVICTED] = "transactions_evicted",
        [TRANSACTIONS_EXPIRED] = "transactions_expired",
        [TRANSACTIONS_BATCHED] = "transactions_batched",
    };
    return NAMES[count];
}
