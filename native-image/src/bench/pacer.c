#include "bench/pacer.h"

__extension__ typedef unsigned __int128 wide;

static const uint64_t SECOND = 1000000000;

uint64_t pacer_offered(uint64_t rate, uint64_t duration_ns) {
    return (uint64_t)(((wide)rate * duration_ns + SECOND - 1) / SECOND);
}

void pacer_start(struct pacer *pacer, const struct pacing *pacing) {
    uint64_t offered = pacer_offered(pacing->rate, pacing->duration_ns), first = pacing->thread;
    wide step = (wide)SECOND * pacing->threads, offset = (wide)SECOND * first;
    *pacer = (struct pacer){.next_ns = pacing->start_ns + (uint64_t)(offset / pacing->rate),
                            .part = (uint64_t)(offset % pacing->rate),
                            .step_ns = (uint64_t)(step / pacing->rate),
                            .step_part = (uint64_t)(step % pacing->rate),
                            .rate = pacing->rate,
                            .total = offered > first ? (offered - first - 1) / pacing->threads + 1 : 0,
                            .burst = pacing->burst,
                            .now_ns = pacing->start_ns};
}
