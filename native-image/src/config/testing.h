#ifndef PANTHEON_CONFIG_TESTING_H
#define PANTHEON_CONFIG_TESTING_H

/* What the tests of this folder share. cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config_toml.h"
#include "config/dpdk_conf.h"
#include "config/ini.h"
#include "config/report.h"
#include "config/toml.h"

/* One file or both, from texts. `reported` is every mistake so far. */
struct sample {
    struct arena arena;
    struct document document;
    struct report report;
    struct dpdk_conf conf;
    struct config_toml config;
};

static inline struct sample *sample_new(void) {
    struct sample *sample = calloc(1, sizeof *sample);
    assert_non_null(sample);
    return sample;
}

static inline const char *reported(struct sample *sample) {
    const char *text = report_text(&sample->report);
    return text == NULL ? "" : text;
}

static inline void sample_free(struct sample *sample) {
    report_release(&sample->report);
    arena_release(&sample->arena);
    free(sample);
}

static inline const char *ini_of(struct sample *sample, const char *text) {
    sample->document = (struct document){.file = "dpdk.conf", .arena = &sample->arena};
    ini_read(text, strlen(text), &sample->document, &sample->report);
    return reported(sample);
}

static inline const char *toml_of(struct sample *sample, const char *text) {
    sample->document = (struct document){.file = "config.toml", .arena = &sample->arena};
    toml_read(text, strlen(text), &sample->document, &sample->report);
    return reported(sample);
}

static inline const char *dpdk_conf_of(struct sample *sample, const char *text) {
    ini_of(sample, text);
    dpdk_conf_read(&sample->document, &sample->conf, &sample->report);
    return reported(sample);
}

static inline const char *config_toml_of(struct sample *sample, const char *text) {
    toml_of(sample, text);
    config_toml_read(&sample->document, &sample->config, &sample->report);
    return reported(sample);
}

/* The text with the first `from` replaced; freed by the test's end of process. */
static inline char *with(const char *text, const char *from, const char *to) {
    const char *at = strstr(text, from);
    assert_non_null(at);
    char *changed = calloc(1, strlen(text) + strlen(to) + 1);
    assert_non_null(changed);
    memcpy(changed, text, (size_t)(at - text));
    strcat(changed, to);
    strcat(changed, at + strlen(from));
    return changed;
}

static const char DPDK_CONF[] = "[global]\n"
                                "eal-args = -l 2-3 -n 4 --proc-type=primary\n"
                                "[memory]\n"
                                "hugepage-size = 2M\n"
                                "num-hugepages = 256\n"
                                "socket-mem = 256,256  # MB per NUMA node\n"
                                "[ports]\n"
                                "num-ports = 1\n"
                                "port-0-pci = 0000:01:10.0\n"
                                "port-0-queues = 2\n"
                                "port-0-rx-desc = 512\n"
                                "port-0-tx-desc = 512\n"
                                "[performance]\n"
                                "rx-queues-per-port = 2\n"
                                "tx-queues-per-port = 2\n"
                                "burst-size = 32\n"
                                "mempool-cache-size = 256\n"
                                "mempool-size = 4095\n"
                                "[advanced]\n"
                                "enable-jumbo-frames = false\n"
                                "max-rx-pkt-len = 1518\n"
                                "enable-hw-checksum = true\n"
                                "enable-rss = false\n"
                                "rss-hash-key = auto\n";

static const char CONFIG_TOML[] = "[network]\n"
                                  "dpdk_enabled = true\n"
                                  "dpdk_config = \"/etc/pantheonchain/dpdk.conf\"\n"
                                  "max_peers = 500\n"
                                  "max_pending_peers = 100\n"
                                  "connection_timeout = 30\n"
                                  "protocol_version = \"1.0\"\n"
                                  "network_id = \"pantheon-lab\"\n"
                                  "listen_address = \"10.78.0.1\"\n"
                                  "listen_port = 30900\n"
                                  "[network.dpdk]\n"
                                  "poll_mode = \"adaptive\" # or \"busy-wait\"\n"
                                  "cpu_cores = [2, 3]\n"
                                  "rx_ring_size = 512\n"
                                  "tx_ring_size = 512\n"
                                  "burst_size = 32\n"
                                  "rss_enabled = false\n"
                                  "rss_queues = 1\n"
                                  "zero_copy_enabled = true\n"
                                  "direct_io_enabled = true\n"
                                  "[performance]\n"
                                  "network_threads = 1\n"
                                  "consensus_threads = 1\n"
                                  "tx_pool_threads = 0\n"
                                  "[[network.peers]]\n"
                                  "name = \"beta\"\n"
                                  "address = \"10.78.0.2\"\n"
                                  "port = 30900\n"
                                  "mac = \"52:54:00:d1:00:02\"\n";

#endif
