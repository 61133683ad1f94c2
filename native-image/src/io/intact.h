#ifndef PANTHEON_IO_INTACT_H
#define PANTHEON_IO_INTACT_H

#include "io/io.h"
#include "net/packet.h"

/*
 * UDP's checksum, where nobody below has looked at it (io.h, unchecked). It costs by the byte, so it comes behind the limits
 * and before anything is made of the bytes.
 */
static inline bool datagram_is_intact(const struct datagram *datagram) {
    return datagram->unchecked == 0 || packet_payload_sum_is_right(datagram->bytes - datagram->unchecked,
                                                                   datagram->unchecked, datagram->length);
}

#endif
