#include "bench/subject_files.h"

#include "bench/subject_testpmd.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/*
 * Rings of 1,024, as the wire's own end has them. Buffers for four rings of that kind (l3fwd's formula), and memory for
 * as many, with frames of 9,018 bytes; without hugepages, which a benchmark cannot count on (`--no-huge`).
 */
enum {
    RING = SUBJECT_RING,
    BUFFERS = SUBJECT_BUFFERS,
    MEMORY_MB = SUBJECT_MEMORY_MB,
    FRAME = 1518,
    JUMBO = 9018,
    FRAME_HEADERS = 66
};

static FILE *create(const struct subject *subject, const char *name) {
    char path[96];
    snprintf(path, sizeof path, "%s/%s", subject->folder, name);
    return fopen(path, "wxe");
}

static bool write_dpdk_conf(const struct subject *subject, const struct subject_settings *settings) {
    bool jumbo = settings->longest > FRAME - FRAME_HEADERS;
    FILE *file = create(subject, "dpdk.conf");
    if (file == NULL) return false;
    fprintf(file,
            "[global]\n"
            "eal-args = -l %u -n 4 --proc-type=primary --no-huge --no-pci -m %d "
            "--vdev=net_memif0,role=server,id=0,socket=%s,socket-abstract=no,mac=52:54:00:d1:00:01%s\n"
            "[memory]\nhugepage-size = 2M\nnum-hugepages = %d\nsocket-mem = %d\n"
            "[ports]\nnum-ports = 1\nport-0-pci = net_memif0\nport-0-queues = 1\n"
            "port-0-rx-desc = %d\nport-0-tx-desc = %d\n"
            "[performance]\nrx-queues-per-port = 1\ntx-queues-per-port = 1\nburst-size = 32\n"
            "mempool-cache-size = 256\nmempool-size = %d\n"
            "[advanced]\nenable-jumbo-frames = %s\nmax-rx-pkt-len = %d\nenable-hw-checksum = true\n"
            "enable-rss = false\nrss-hash-key = auto\n",
            settings->cpu, MEMORY_MB, subject->memif, jumbo ? ",bsize=9216" : "", MEMORY_MB / 2, MEMORY_MB, RING, RING,
            BUFFERS, jumbo ? "true" : "false", jumbo ? JUMBO : FRAME);
    return fclose(file) == 0;
}

static void write_peers(FILE *file, const struct subject_settings *settings) {
    for (unsigned i = 0; i < settings->connections; i++) {
        struct wire_peer peer;
        wire_peer(i, &peer);
        fprintf(file, "[[network.peers]]\nname = \"c%u\"\naddress = \"%s\"\nport = %u\nmac = \"%s\"\n", i, peer.address,
                peer.port, peer.mac);
    }
}

static bool write_config_toml(const struct subject *subject, const struct subject_settings *settings) {
    struct wire_peer self;
    FILE *file = create(subject, "config.toml");
    if (file == NULL) return false;
    wire_node(&self);
    fprintf(file,
            "[network]\ndpdk_enabled = %s\ndpdk_config = \"%s/dpdk.conf\"\nmax_peers = 100000\n"
            "max_pending_peers = 100\nconnection_timeout = 30\nprotocol_version = \"1.0\"\n"
            "network_id = \"pantheon-bench\"\nlisten_address = \"%s\"\nlisten_port = %u\n"
            "[network.limits]\nechoes = 1000000000\ntransactions = %u\n"
            "[network.dpdk]\npoll_mode = \"%s\"\ncpu_cores = [%u]\nrx_ring_size = %d\ntx_ring_size = %d\n"
            "burst_size = 32\nrss_enabled = false\nrss_queues = 1\nzero_copy_enabled = true\ndirect_io_enabled = true\n"
            "[performance]\nnetwork_threads = 1\nconsensus_threads = 0\ntx_pool_threads = 0\n",
            settings->kind == WIRE_MEMIF ? "true" : "false", subject->folder, self.address, self.port,
            settings->limit > 0 ? settings->limit : 1000000000, settings->adaptive ? "adaptive" : "busy-wait",
            settings->cpu, RING, RING);
    write_peers(file, settings);
    return fclose(file) == 0;
}

bool subject_files_write(const struct subject *subject, const struct subject_settings *settings) {
    return write_dpdk_conf(subject, settings) && write_config_toml(subject, settings);
}

static int remove_entry(const char *path, const struct stat *found, int kind, struct FTW *where) {
    (void)found;
    (void)where;
    return kind == FTW_DP ? rmdir(path) : unlink(path);
}

void subject_files_remove(const struct subject *subject) {
    nftw(subject->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}
