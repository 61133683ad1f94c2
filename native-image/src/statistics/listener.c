#include "statistics/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "config/patterns.h"

static int give_up(int file, const char *listen, struct failure *why) {
    failed(why, "[metrics] listen: found %.200s; cannot listen there: %s", listen, strerror(errno));
    if (file >= 0) close(file);
    return -1;
}

static int take_unix(const char *path, struct failure *why) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat found;
    memcpy(address.sun_path, path, strlen(path) + 1); /* it fits: pattern_listen */
    int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (file < 0) return give_up(file, path, why);
    if (lstat(path, &found) == 0 && S_ISSOCK(found.st_mode)) {
        if (connect(file, (struct sockaddr *)&address, sizeof address) == 0 || errno != ECONNREFUSED) {
            errno = EADDRINUSE;
            return give_up(file, path, why);
        }
        unlink(path);
    }
    if (bind(file, (struct sockaddr *)&address, sizeof address) != 0) return give_up(file, path, why);
    if (chmod(path, S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP) != 0) return give_up(file, path, why);
    return file;
}

static int take_ipv4(const char *listen, const uint8_t bytes[4], uint16_t port, struct failure *why) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    memcpy(&address.sin_addr, bytes, 4);
    int one = 1, file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (file < 0) return give_up(file, listen, why);
    /* A node that starts again must not wait for what the last one's connections left (TIME_WAIT). */
    if (setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(file, (struct sockaddr *)&address, sizeof address) != 0)
        return give_up(file, listen, why);
    return file;
}

int listener_open(const char *listen_at, int backlog, struct failure *why) {
    uint8_t bytes[4];
    uint16_t port;
    int file;
    if (listen_at[0] == '/') {
        file = take_unix(listen_at, why);
    } else if (pattern_ipv4_and_port(listen_at, bytes, &port)) {
        file = take_ipv4(listen_at, bytes, port, why);
    } else {
        errno = EINVAL;
        return give_up(-1, listen_at, why);
    }
    if (file >= 0 && listen(file, backlog) != 0) return give_up(file, listen_at, why);
    return file;
}
