#include "statistics/scrape.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "statistics/listener.h"
#include "statistics/prometheus.h"

static const uint64_t SECOND_NS = 1000000000u, MS_NS = 1000000u;

bool scrape_open(struct scrape *scrape, const char *listen, struct scrape_pages *pages, struct failure *why) {
    scrape->listener = listener_open(listen, (int)SCRAPE_CONNECTIONS, why);
    if (scrape->listener < 0) return false;
    scrape->open = true;
    scrape->path = listen[0] == '/' ? listen : NULL;
    scrape->pages = pages;
    return true;
}

void scrape_files(const struct scrape *scrape, struct pollfd files[SCRAPE_FILES]) {
    bool room = false;
    for (unsigned i = 0; i < SCRAPE_CONNECTIONS; i++) {
        const struct scrape_connection *connection = &scrape->connections[i];
        bool used = connection->state != SCRAPE_FREE;
        room |= !used;
        files[i] = (struct pollfd){.fd = used ? connection->file : -1,
                                   .events = connection->state == SCRAPE_SENDING ? POLLOUT : POLLIN};
    }
    files[SCRAPE_CONNECTIONS] = (struct pollfd){.fd = scrape->open && room ? scrape->listener : -1, .events = POLLIN};
}

int scrape_ms(const struct scrape *scrape, uint64_t now_ns, int most) {
    for (unsigned i = 0; i < SCRAPE_CONNECTIONS; i++) {
        const struct scrape_connection *connection = &scrape->connections[i];
        if (connection->state == SCRAPE_FREE) continue;
        if (connection->deadline_ns <= now_ns) return 0;
        uint64_t ms = (connection->deadline_ns - now_ns) / MS_NS + 1;
        if (ms < (uint64_t)most) most = (int)ms;
    }
    return most;
}

static void drop(struct scrape_connection *connection) {
    close(connection->file);
    connection->state = SCRAPE_FREE;
}

/* Puts the header in front of the page that stands at SCRAPE_HEADER. */
static void answer(struct scrape_connection *connection, const char *status, const char *more, size_t length) {
    char header[SCRAPE_HEADER];
    int size = snprintf(header, sizeof header,
                        "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\nX-Content-Type-Options: nosniff\r\n"
                        "Connection: close\r\n\r\n",
                        status, more, length);
    connection->sent = SCRAPE_HEADER - (size_t)size;
    connection->end = SCRAPE_HEADER + length;
    memcpy(connection->answer + connection->sent, header, (size_t)size);
    connection->state = SCRAPE_SENDING;
}

static void answer_line(struct scrape_connection *connection, const char *status, const char *more, const char *line) {
    char header[128];
    snprintf(header, sizeof header, "Content-Type: text/plain; charset=utf-8\r\n%s", more);
    int length = snprintf(connection->answer + SCRAPE_HEADER, METRICS_BYTES, "%s\n", line);
    answer(connection, status, header, (size_t)length);
}

static void answer_metrics(struct scrape *scrape, struct scrape_connection *connection) {
    size_t length;
    if (!scrape->pages->metrics(scrape->pages, connection->answer + SCRAPE_HEADER, METRICS_BYTES, &length))
        return answer_line(connection, "500 Internal Server Error", "", "the metrics are larger than their room");
    answer(connection, "200 OK", "Content-Type: " PROMETHEUS_CONTENT_TYPE "\r\n", length);
}

static void answer_health(struct scrape *scrape, struct scrape_connection *connection) {
    char line[512] = "";
    bool healthy = scrape->pages->health(scrape->pages, line, sizeof line);
    answer_line(connection, healthy ? "200 OK" : "503 Service Unavailable", "", line);
}

static void answer_request(struct scrape *scrape, struct scrape_connection *connection, enum request_result result) {
    switch (result) {
    case REQUEST_PART: return;
    case REQUEST_METRICS: return answer_metrics(scrape, connection);
    case REQUEST_HEALTH: return answer_health(scrape, connection);
    case REQUEST_BAD: return answer_line(connection, "400 Bad Request", "", "this is no HTTP/1.1 request");
    case REQUEST_NOT_FOUND: return answer_line(connection, "404 Not Found", "", "there are /metrics and /healthz");
    case REQUEST_METHOD: return answer_line(connection, "405 Method Not Allowed", "Allow: GET\r\n", "write GET");
    case REQUEST_HAS_BODY: return answer_line(connection, "413 Content Too Large", "", "leave the body out");
    case REQUEST_TOO_LARGE:
        return answer_line(connection, "431 Request Header Fields Too Large", "", "a request has 4096 bytes at most");
    case REQUEST_VERSION: return answer_line(connection, "505 HTTP Version Not Supported", "", "write HTTP/1.1");
    }
}

/* Nothing is left to do now, or the other end is gone. */
static bool would_block(void) {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static void receive(struct scrape *scrape, struct scrape_connection *connection) {
    ssize_t length =
        recv(connection->file, connection->request + connection->received, REQUEST_BYTES - connection->received, 0);
    if (length < 0 && would_block()) return;
    if (length <= 0) return drop(connection);
    connection->received += (size_t)length;
    answer_request(scrape, connection, request_read(connection->request, connection->received));
}

static void send_answer(struct scrape_connection *connection) {
    ssize_t length =
        send(connection->file, connection->answer + connection->sent, connection->end - connection->sent, MSG_NOSIGNAL);
    if (length < 0 && would_block()) return;
    if (length < 0) return drop(connection);
    connection->sent += (size_t)length;
    if (connection->sent < connection->end) return;
    /* Bytes that were not read make the kernel reset the connection, answer and all (RFC 9112, 9.6): read on first. */
    if (shutdown(connection->file, SHUT_WR) != 0) return drop(connection);
    connection->state = SCRAPE_ENDING;
}

/* Until the other end has closed too. What it still says is for nobody. */
static void end(struct scrape_connection *connection) {
    ssize_t length = recv(connection->file, connection->request, REQUEST_BYTES, 0);
    if (length == 0 || (length < 0 && !would_block())) drop(connection);
}

static void handle(struct scrape *scrape, struct scrape_connection *connection) {
    if (connection->state == SCRAPE_READING) receive(scrape, connection);
    if (connection->state == SCRAPE_SENDING) return send_answer(connection);
    if (connection->state == SCRAPE_ENDING) end(connection);
}

static void accept_one(struct scrape *scrape, uint64_t now_ns) {
    int file = accept4(scrape->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (file < 0) return; /* it went away again, or files have run out: later ones may not have */
    for (unsigned i = 0; i < SCRAPE_CONNECTIONS; i++) {
        struct scrape_connection *connection = &scrape->connections[i];
        if (connection->state != SCRAPE_FREE) continue;
        connection->state = SCRAPE_READING;
        connection->file = file;
        connection->received = 0;
        connection->deadline_ns = now_ns + SCRAPE_SECONDS * SECOND_NS;
        return;
    }
    close(file);
}

void scrape_handle(struct scrape *scrape, const struct pollfd files[SCRAPE_FILES], uint64_t now_ns) {
    for (unsigned i = 0; i < SCRAPE_CONNECTIONS; i++) {
        struct scrape_connection *connection = &scrape->connections[i];
        if (connection->state == SCRAPE_FREE) continue;
        if (files[i].revents != 0) handle(scrape, connection);
        if (connection->state != SCRAPE_FREE && connection->deadline_ns <= now_ns) drop(connection);
    }
    if (files[SCRAPE_CONNECTIONS].revents != 0) accept_one(scrape, now_ns);
}

void scrape_close(struct scrape *scrape) {
    for (unsigned i = 0; i < SCRAPE_CONNECTIONS; i++)
        if (scrape->connections[i].state != SCRAPE_FREE) drop(&scrape->connections[i]);
    if (!scrape->open) return;
    close(scrape->listener);
    if (scrape->path != NULL) unlink(scrape->path);
    scrape->open = false;
}
