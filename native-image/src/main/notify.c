#include "main/notify.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* 0 where the name cannot be one. */
static socklen_t socket_address(const char *name, struct sockaddr_un *address) {
    size_t length = strlen(name);
    if ((name[0] != '/' && name[0] != '@') || length < 2 || length >= sizeof address->sun_path) return 0;
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(address->sun_path, name, length);
    size_t path = offsetof(struct sockaddr_un, sun_path);
    if (name[0] == '/') return (socklen_t)(path + length + 1);
    address->sun_path[0] = '\0';
    return (socklen_t)(path + length); /* an abstract name ends with its length */
}

void notify(const char *format, ...) {
    const char *name = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address;
    socklen_t length = name == NULL ? 0 : socket_address(name, &address);
    if (length == 0) return;
    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    /* MSG_DONTWAIT: a manager that does not read must not stop the node. */
    if (sendto(fd, message, strlen(message), MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&address, length) < 0) {
        close(fd);
        return;
    }
    close(fd);
}
