#include "net/announcement.h"

#include <string.h>

size_t announcement_write(const struct endpoint *address, const uint8_t mac[6], uint8_t bytes[RESOLUTION_MAX]) {
    static const uint8_t ALL[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, ALL_NODES[6] = {0x33, 0x33, 0, 0, 0, 1};
    struct resolution said = {.family = address->family, .sender = *address};
    said.sender.port = 0;
    memcpy(said.mac, mac, sizeof said.mac);
    if (address->family == 4) {
        said.kind = RESOLUTION_REQUEST;
        said.target = said.sender;
    } else {
        said.kind = RESOLUTION_ANSWER; /* to everybody: no target */
    }
    memcpy(said.ethernet_destination, address->family == 4 ? ALL : ALL_NODES, sizeof said.ethernet_destination);
    return resolution_write(&said, bytes);
}
