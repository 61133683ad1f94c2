#ifndef PANTHEON_MAIN_THREADS_H
#define PANTHEON_MAIN_THREADS_H

#include <pthread.h>
#include <stdbool.h>

#include "config/cpu_list.h"
#include "config/failure.h"

/*
 * Threads of our own: the workers of the kernel backend, and the application threads of both. The workers of the DPDK
 * backend are EAL's (rte_eal_remote_launch). Only the control thread calls these.
 *
 * A thread runs until its function returns, which whoever wrote that function arranges: it looks at an atomic `stop`
 * that it finds through `argument`.
 */
/* 128 of each kind are the most that config.toml may ask for: network, consensus and transaction pool; and P2P has one.
 */
#define THREADS_MAX (3u * 128u + 1u)

struct thread {
    char name[16]; /* Linux keeps no more (TASK_COMM_LEN) */
    void (*run)(void *argument);
    void *argument;
    pthread_t id;
    bool is_back;
};

/* Stays where it is as long as any of them runs. All zeros: none yet. */
struct threads {
    struct thread list[THREADS_MAX];
    unsigned count;
};

/*
 * Starts one, which from its first instruction on has its name (`worker-0`; ps -L, top -H and perf show it), runs on no
 * CPU but those of `cpus` (an empty list: where the calling thread may), and takes no signal but SIGRTMIN
 * (privileges.h), so that those for the process reach the control thread's signalfd. CPUs that are not there or not allowed are left out by the kernel; none
 * left is a failure.
 */
bool threads_start(struct threads *threads, const char *name, const struct cpu_list *cpus, void (*run)(void *argument),
                   void *argument, struct failure *why);

/*
 * Waits until all are back, `ms` milliseconds at most altogether. Answers NULL, or the name of one that is not: what it
 * works with must not be taken away from under it, and it may be waited for again.
 */
const char *threads_join(struct threads *threads, unsigned ms);

#endif
