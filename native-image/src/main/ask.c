#include "main/ask.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* DPDK's longest answer (MAX_OUTPUT_LEN of lib/telemetry/telemetry.c), four times. */
enum { ANSWER_BYTES = 64 * 1024 };

/* One message as JSON; NULL where it is none. The C side ends some with a zero. */
static json_t *receive(struct ask *ask, struct failure *why) {
    static char text[ANSWER_BYTES];
    ssize_t length = recv(ask->socket, text, sizeof text, 0);
    if (length == 0) return failed(why, "the node closed the connection; it answers ten at once"), NULL;
    if (length < 0) return failed(why, "no answer: %s", strerror(errno)), NULL;
    if (text[length - 1] == '\0') length--;
    json_error_t error;
    json_t *answer = json_loadb(text, (size_t)length, 0, &error);
    if (!json_is_object(answer)) {
        json_decref(answer);
        return failed(why, "an answer that is no JSON: %.160s", error.text), NULL;
    }
    return answer;
}

bool ask_open(struct ask *ask, const char *runtime, struct failure *why) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const struct timeval limit = {.tv_sec = ASK_SECONDS};
    int length = snprintf(address.sun_path, sizeof address.sun_path, "%s/dpdk/rte/dpdk_telemetry.v2", runtime);
    if (length >= (int)sizeof address.sun_path) return failed(why, "%.200s: is too long for a socket's path", runtime);
    ask->socket = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (ask->socket < 0) return failed(why, "socket: %s", strerror(errno));
    setsockopt(ask->socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(ask->socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(ask->socket, (struct sockaddr *)&address, sizeof address) != 0) {
        failed(why, "%s: %s", address.sun_path, strerror(errno));
        ask_close(ask);
        return false;
    }
    json_t *greeting = receive(ask, why);
    if (greeting == NULL) ask_close(ask);
    json_decref(greeting);
    return greeting != NULL;
}

json_t *ask_for(struct ask *ask, const char *question, struct failure *why) {
    if (send(ask->socket, question, strlen(question), MSG_NOSIGNAL) < 0)
        return failed(why, "%s: %s", question, strerror(errno)), NULL;
    json_t *answer = receive(ask, why);
    if (answer == NULL) return NULL;
    /* It stands under the command, without its parameters. */
    json_t *found = json_object_getn(answer, question, strcspn(question, ","));
    if (found == NULL) failed(why, "%s: the answer is to another question", question);
    json_incref(found);
    json_decref(answer);
    return found;
}

void ask_close(struct ask *ask) {
    close(ask->socket);
    ask->socket = -1;
}
