#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_version.h>

#include "port/port.h"
#include "port/removal.h"
#include "port/reset.h"

/* What a PMD calls, of ethdev_driver.h, which Debian does not install. */
extern char rte_eth_devices[];
extern int rte_eth_dev_callback_process(void *device, enum rte_eth_event_type event, void *result);

/* On EAL without hugepages and a net_null port: what needs no card. */

static struct dpdk_conf sample(void) {
    struct dpdk_conf conf = {0};
    conf.ports.count = conf.ports.num_ports = 1;
    conf.ports.list[0] = (struct dpdk_port){.pci = "net_null0", .queues = 2, .rx_desc = 512, .tx_desc = 512};
    conf.performance.mempool_size = 4095;
    conf.performance.mempool_cache_size = 256;
    conf.performance.burst_size = 32;
    conf.advanced.max_rx_pkt_len = 1518;
    conf.advanced.rss_hash_key = "auto";
    conf.advanced.enable_hw_checksum = true;
    return conf;
}

static void a_port_goes_from_its_name_to_its_link(void **state) {
    (void)state;
    struct dpdk_conf conf = sample();
    struct mempools pools = {0};
    struct failure why = {""};
    struct port port;
    assert_true(port_find(&port, &conf, 0, &why));
    if (!port_configure(&port, &conf, &pools, &why)) fail_msg("%s", why.text);
    assert_int_equal(port.receive, 1);
    assert_true(port_start(&port, &why));
    assert_string_equal(port.driver, "net_null");
    port_link(&port);
    port_close(&port);
    assert_int_equal(mempools_release(&pools), 0);
    port_close(&port);
}

static void a_port_that_is_not_there_says_what_to_do(void **state) {
    (void)state;
    struct dpdk_conf conf = sample();
    struct failure why;
    struct port port;
    conf.ports.list[0].pci = "net_null7";
    assert_false(port_find(&port, &conf, 0, &why));
    assert_string_equal(why.text, "port 0 (net_null7): no such virtual device; write it as --vdev in eal-args");
    conf.ports.list[0].pci = "0000:01:10.0";
    assert_false(port_find(&port, &conf, 0, &why));
    assert_non_null(strstr(why.text, "port 0 (0000:01:10.0): EAL did not take it; bind it to vfio-pci"));
}

static void a_memif_port_whose_buffers_are_smaller_than_a_frame_is_refused(void **state) {
    (void)state;
    struct dpdk_conf conf = sample();
    struct mempools pools = {0};
    struct failure why;
    struct port port;
    conf.ports.list[0].pci = "net_memif0";
    conf.ports.list[0].queues = 1;
    conf.advanced.enable_jumbo_frames = true;
    for (conf.advanced.max_rx_pkt_len = 4004; conf.advanced.max_rx_pkt_len <= 4005; conf.advanced.max_rx_pkt_len++) {
        assert_true(port_find(&port, &conf, 0, &why));
        port.segments = true;
        bool fits = conf.advanced.max_rx_pkt_len == 4004;
        assert_int_equal(port_configure(&port, &conf, &pools, &why), fits);
        if (fits) assert_int_equal(port.segments, RTE_VERSION < RTE_VERSION_NUM(23, 3, 0, 0));
    }
    assert_string_equal(why.text,
                        "port 0 (net_memif0, net_memif): max-rx-pkt-len 4005: its buffers have 4000 bytes, and longer "
                        "frames would be cut; write bsize=4096 behind it in eal-args, at both ends");
    conf.ports.list[0].pci = "net_memif1";
    conf.advanced.max_rx_pkt_len = 1518;
    assert_true(port_find(&port, &conf, 0, &why));
    port.segments = true;
    assert_true(port_configure(&port, &conf, &pools, &why));
    assert_false(port.segments); /* zero-copy=yes */
    assert_int_equal(mempools_release(&pools), 0);
}

static void say(const char *line) {
    print_message("# %s\n", line);
}

static void a_port_is_taken_away(void **state) {
    (void)state;
    struct port ports[] = {{.index = 0, .name = "net_null0"}};
    struct removal removal;
    struct failure why;
    assert_true(removal_watch(&removal, ports, 1, say, &why));
    assert_null(removal_taken(&removal));
    rte_dev_event_callback_process("net_null9", RTE_DEV_EVENT_REMOVE);
    rte_dev_event_callback_process("net_null0", RTE_DEV_EVENT_ADD);
    assert_null(removal_taken(&removal));
    rte_dev_event_callback_process("net_null0", RTE_DEV_EVENT_REMOVE);
    assert_ptr_equal(removal_taken(&removal), &ports[0]);
    struct pollfd wake = {.fd = removal.wake, .events = POLLIN};
    assert_int_equal(poll(&wake, 1, 0), 1);
    removal_unwatch(&removal);
}

static void a_card_is_reset_under_its_port(void **state) {
    (void)state;
    struct reset reset;
    struct failure why;
    assert_true(reset_watch(&reset, &why));
    struct pollfd wake = {.fd = reset.wake, .events = POLLIN};
    assert_int_equal(poll(&wake, 1, 0), 0);
    assert_false(reset_take(&reset, 0));
    rte_eth_dev_callback_process(rte_eth_devices, RTE_ETH_EVENT_INTR_LSC, NULL);
    assert_int_equal(poll(&wake, 1, 0), 0);
    rte_eth_dev_callback_process(rte_eth_devices, RTE_ETH_EVENT_INTR_RESET, NULL);
    assert_int_equal(poll(&wake, 1, 0), 1);
    assert_false(reset_take(&reset, 1));
    assert_true(reset_take(&reset, 0));
    assert_int_equal(poll(&wake, 1, 0), 0);
    assert_false(reset_take(&reset, 0));
    reset_put_back(&reset, 0);
    assert_true(reset_take(&reset, 0));
    reset_unwatch(&reset);
}

static void a_port_is_made_anew_with_what_it_had(void **state) {
    (void)state;
    struct dpdk_conf conf = sample();
    struct mempools pools = {0};
    struct failure why = {""};
    struct port port;
    struct rte_eth_dev_info info;
    struct rte_mbuf *frames[8];
    conf.ports.list[0].pci = "net_null1";
    assert_true(port_find(&port, &conf, 0, &why));
    if (!port_configure(&port, &conf, &pools, &why)) fail_msg("%s", why.text);
    assert_true(port_start(&port, &why));
    struct rte_mempool *pool = port.pool;
    assert_int_equal(rte_eth_dev_stop(port.id), 0);
    if (!port_renew(&port, &conf, &pools, &why)) fail_msg("%s", why.text);
    assert_true(port.started);
    assert_ptr_equal(port.pool, pool);
    assert_int_equal(rte_eth_dev_info_get(port.id, &info), 0);
    assert_int_equal(info.nb_tx_queues, 2);
    assert_int_equal(rte_eth_rx_burst(port.id, 0, frames, 8), 8);
    rte_pktmbuf_free_bulk(frames, 8);
    port_close(&port);
    assert_int_equal(mempools_release(&pools), 0);
}

static void a_link_that_returns_tells_of_a_reset_where_the_pmd_does_not(void **state) {
    (void)state;
    struct port port = {.had_link = true, .up = false, .driver = "net_e1000_igb_vf"};
    struct dpdk_conf conf = sample();
    struct mempools pools = {0};
    struct failure why;
    struct port real;
    conf.ports.list[0].pci = "net_null2";
    assert_true(port_find(&real, &conf, 0, &why));
    if (!port_configure(&real, &conf, &pools, &why)) fail_msg("%s", why.text);
    assert_true(port_start(&real, &why));
    port.id = real.id;
    assert_true(port_link(&port));
    assert_true(port_take_return(&port));
    assert_false(port_take_return(&port));
    assert_true(port_link(&port));
    assert_false(port_take_return(&port)); /* it was there */
    port.up = port.had_link = false;
    assert_true(port_link(&port));
    assert_false(port_take_return(&port)); /* the first time */
    port.up = false;
    strcpy(port.driver, "net_ixgbe_vf");
    assert_true(port_link(&port));
    assert_false(port_take_return(&port));
    port_close(&real);
    assert_int_equal(mempools_release(&pools), 0);
}

int main(void) {
    static char *eal[] = {"test_port",
                          "--no-huge",
                          "--no-pci",
                          "--no-shconf",
                          "--no-telemetry",
                          "-m64",
                          "--vdev=net_null0",
                          "--vdev=net_null1",
                          "--vdev=net_null2",
                          "--vdev=net_memif0,role=server,id=0,socket=@test-port,socket-abstract=yes,bsize=4000",
                          "--vdev=net_memif1,role=client,id=1,socket=@test-port,socket-abstract=yes,zero-copy=yes",
                          "--single-file-segments",
                          "--log-level=3",
                          "--lcores=0@0",
                          "--iova-mode=va"};
    if (rte_eal_init(sizeof eal / sizeof *eal, eal) < 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_port_that_is_not_there_says_what_to_do),
        cmocka_unit_test(a_port_goes_from_its_name_to_its_link),
        cmocka_unit_test(a_memif_port_whose_buffers_are_smaller_than_a_frame_is_refused),
        cmocka_unit_test(a_port_is_taken_away),
        cmocka_unit_test(a_card_is_reset_under_its_port),
        cmocka_unit_test(a_port_is_made_anew_with_what_it_had),
        cmocka_unit_test(a_link_that_returns_tells_of_a_reset_where_the_pmd_does_not),
    };
    return cmocka_run_group_tests_name("port", tests, NULL, NULL);
}
