#include "config/addresses.h"

#include "net/prefix.h"

/* The keys of one of the node's addresses. */
struct keys {
    const char *address, *prefix, *gateway;
};
static const struct keys KEYS[2] = {{"listen_address", "listen_prefix", "gateway"},
                                    {"listen_address6", "listen_prefix6", "gateway6"}};

bool addresses_on_link(const struct listen_conf *listen, const struct endpoint *address) {
    return prefix_is_shared(&listen->endpoint, address, listen->prefix);
}

static unsigned bits_of(const struct endpoint *address) {
    return address->family == 6 ? 128 : 32;
}

static bool is_link_local(const struct endpoint *address) {
    return address->family == 6 && address->address[0] == 0xfe && (address->address[1] & 0xc0) == 0x80;
}

static void prefix_mistakes(const struct listen_conf *listen, const struct keys *keys, struct report *report) {
    if (listen->prefix == 0) return;
    if (listen->address_text == NULL)
        report_line(report, "config.toml [network] %s: found %u; belongs to %s; write both", keys->prefix,
                    listen->prefix, keys->address);
    else if (listen->prefix > bits_of(&listen->endpoint))
        report_line(report, "config.toml [network] %s: found %u; %s is IPv4; write 32 at most", keys->prefix,
                    listen->prefix, keys->address);
}

static void gateway_mistakes(const struct listen_conf *listen, const struct keys *keys, struct report *report) {
    const struct endpoint *gateway = &listen->gateway, *own = &listen->endpoint;
    if (listen->gateway_text == NULL) return;
    if (listen->address_text == NULL || listen->prefix == 0)
        report_line(report, "config.toml [network] %s: found %s; needs %s and %s; write all three", keys->gateway,
                    listen->gateway_text, keys->address, keys->prefix);
    else if (gateway->family != own->family)
        report_line(report,
                    "config.toml [network] %s: found %s; is of another family than %s; name a router that it reaches",
                    keys->gateway, listen->gateway_text, keys->address);
    else if (prefix_is_same_host(gateway, own))
        report_line(report, "config.toml [network] %s: found %s; is this node's own %s; name the router", keys->gateway,
                    listen->gateway_text, keys->address);
    else if (listen->prefix <= bits_of(own) && !addresses_on_link(listen, gateway) && !is_link_local(gateway))
        report_line(report,
                    "config.toml [network] %s: found %s; is not within %s %u of %s; name a router on the same link",
                    keys->gateway, listen->gateway_text, keys->prefix, listen->prefix, keys->address);
}

static void own_mistakes(const struct config_toml *config, unsigned index, struct report *report) {
    const struct listen_conf *listen = &config->network.listen[index];
    const struct keys *keys = &KEYS[index];
    bool ipv6 = listen->endpoint.family == 6;
    if (index == 1 && ipv6 && config->network.listen[0].endpoint.family == 6)
        report_line(report,
                    "config.toml [network] %s: found %s; listen_address is IPv6 already; write an IPv4 address there, "
                    "or take one of the two out",
                    keys->address, listen->address_text);
    if (ipv6 && !config->network.ipv6_enabled)
        report_line(report,
                    "config.toml [network] %s: found %s; is IPv6; write ipv6_enabled = true, or take the address out",
                    keys->address, listen->address_text);
    prefix_mistakes(listen, keys, report);
    gateway_mistakes(listen, keys, report);
}

static void peer_mistakes(const struct config_toml *config, const struct peer_conf *peer, struct report *report) {
    const struct listen_conf *listen = config_toml_listen(config, peer->endpoint.family);
    if (listen == NULL) {
        bool ipv6 = peer->endpoint.family == 6;
        report_line(report,
                    "config.toml [network.peers] address: found %s; is %s, of which this node has no address; "
                    "write %s, or take the peer out",
                    peer->address_text, ipv6 ? "IPv6" : "IPv4", ipv6 ? "listen_address6" : "an IPv4 listen_address");
        return;
    }
    /* A MAC address that is written down is where its frames go, wherever the peer is. */
    if (listen->gateway_text != NULL || peer->mac_text != NULL || addresses_on_link(listen, &peer->endpoint)) return;
    const struct keys *keys = &KEYS[listen - config->network.listen];
    report_line(report,
                "config.toml [network.peers] address: found %s; is not within %s %u of %s; "
                "write %s, or take the peer out",
                peer->address_text, keys->prefix, listen->prefix, keys->address, keys->gateway);
}

void addresses_mistakes(const struct config_toml *config, struct report *report) {
    own_mistakes(config, 0, report);
    own_mistakes(config, 1, report);
    for (size_t i = 0; i < config->network.peer_count; i++) peer_mistakes(config, &config->network.peers[i], report);
}
