#ifndef PANTHEON_WORKER_HALT_H
#define PANTHEON_WORKER_HALT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A group of polling threads that the control thread ends, or brings to a halt between two rounds and lets go on: what
 * they work with may be exchanged meanwhile. worker/slots.h does that for what is read once a round; this is for tables
 * that are reached from everywhere, and whose indices stand in queues.
 *
 * A halted thread looks every HALT_LOOK_NS whether it may go on. It costs a running one nothing: each looks at `stop`
 * once a round anyway. What was written before the halt is seen by the control thread, and what that writes during the
 * halt by the threads when they go on.
 */
struct halt {
    atomic_bool stop;         /* threads leave their rounds */
    atomic_bool waits;        /* to wait for the end of a halt; else they end */
    atomic_bool near;         /* they are not to pause any more: a halt comes soon, and all others wait for the last */
    _Atomic unsigned waiting; /* threads that wait */
};

#define HALT_LOOK_NS 20000u

/* A thread that has left its rounds. True: go on with them; false: end. Without a halt (NULL) it ends. */
bool halt_wait(struct halt *halt);

/* A thread that is about to pause, and should not. */
static inline bool halt_is_near(const struct halt *halt) {
    return halt != NULL && atomic_load_explicit(&halt->near, memory_order_relaxed);
}

/* The control thread's. */

void halt_announce(struct halt *halt);

/* True once all `threads` wait. False where one does not in so many ms: they must be let go on all the same. */
bool halt_begin(struct halt *halt, unsigned threads, unsigned ms);

/* Whoever waits goes on; done when all do. Right after halt_announce alone, too. */
void halt_end(struct halt *halt);

/* They end, and do not wait. */
void halt_stop(struct halt *halt);

#endif
