#include "port/memif.h"

#include <stdlib.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_kvargs.h>
#include <rte_version.h>

enum { DEFAULT_BUFFER = 2048 };

/*
 * DPDK 22.11 puts the segments of a frame together as it copies them (tried). Without a copy, `zero-copy=yes`, it
 * cannot, and later releases give each segment a buffer of its own: the other end receives pieces.
 */
static bool puts_together(const struct rte_kvargs *arguments) {
    const char *zero_copy = arguments == NULL ? NULL : rte_kvargs_get(arguments, "zero-copy");
    return RTE_VERSION < RTE_VERSION_NUM(23, 3, 0, 0) && (zero_copy == NULL || strcmp(zero_copy, "yes") != 0);
}

bool memif_read(const struct rte_eth_dev_info *info, struct memif *memif) {
    if (info->driver_name == NULL || strcmp(info->driver_name, "net_memif") != 0) return false;
    const struct rte_devargs *devargs = rte_dev_devargs(info->device);
    struct rte_kvargs *arguments = NULL;
    if (devargs != NULL && devargs->args != NULL) arguments = rte_kvargs_parse(devargs->args, NULL);
    const char *buffer = arguments == NULL ? NULL : rte_kvargs_get(arguments, "bsize");
    *memif = (struct memif){.buffer = buffer == NULL ? DEFAULT_BUFFER : (uint32_t)strtoul(buffer, NULL, 10),
                            .sends_segments = puts_together(arguments)};
    rte_kvargs_free(arguments);
    return true;
}
