#include "port/rss.h"

#include <string.h>

static const uint64_t WANTED = RTE_ETH_RSS_IP | RTE_ETH_RSS_UDP;

static uint8_t digit(char c) {
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static size_t read_key(const char *text, uint8_t key[RSS_MAX_KEY]) {
    size_t length = strlen(text) / 2;
    for (size_t i = 0; i < length; i++) key[i] = (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
    return length;
}

bool rss_ask(const struct dpdk_conf *conf, const struct rte_eth_dev_info *info, struct rte_eth_conf *ask,
             uint8_t key[RSS_MAX_KEY], struct failure *why) {
    if ((info->flow_type_rss_offloads & WANTED) == 0)
        return failed(why,
                      "the card has no RSS for IP; write enable-rss = false in dpdk.conf and rss_enabled = false in "
                      "config.toml");
    ask->rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
    ask->rx_adv_conf.rss_conf.rss_hf = info->flow_type_rss_offloads & WANTED;
    if (strcmp(conf->advanced.rss_hash_key, "auto") == 0) return true; /* the PMD's own */
    size_t length = read_key(conf->advanced.rss_hash_key, key);
    if (info->hash_key_size != 0 && info->hash_key_size != length)
        return failed(why, "rss-hash-key has %zu bytes and the card takes %u; write a key of that length, or auto",
                      length, info->hash_key_size);
    ask->rx_adv_conf.rss_conf.rss_key = key;
    ask->rx_adv_conf.rss_conf.rss_key_len = (uint8_t)length;
    return true;
}
