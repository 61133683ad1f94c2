#ifndef PANTHEON_MAIN_NOTIFY_H
#define PANTHEON_MAIN_NOTIFY_H

/*
 * sd_notify(3) without libsystemd: one datagram with lines such as READY=1 to the socket that NOTIFY_SOCKET names, a
 * path or, behind an `@`, an abstract name. Without NOTIFY_SOCKET nothing happens; a message that cannot be sent is
 * lost, as sd_notify's callers do.
 */
__attribute__((format(printf, 1, 2))) void notify(const char *format, ...);

#endif
