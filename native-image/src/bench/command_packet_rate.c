#include <inttypes.h>

#include "bench/commands.h"
#include "bench/session.h"

/* One connection: what a single peer's flow can reach, without any lookup that more of them would need. */
enum { CONNECTIONS = 1 };

static bool measure(struct session *session, const struct rig_side *side) {
    struct rig rig;
    struct search search;
    uint16_t length = session_datagram(session->options->packet_size);
    if (!session_up(session, &rig, side, traffic_packets(side->kind), CONNECTIONS, length)) return false;
    json_object(&session->json, side->name);
    bool searched = session_search(session, &rig, &search);
    json_end(&session->json);
    rig_down(&rig);
    if (!searched) return false;
    for (unsigned goal = 0; goal < search.settings.goal_count; goal++) {
        struct search_answer answer = search_answer(&search, goal);
        printf("%-26s %-4s %12" PRIu64 " packets a second, %s%s\n", side->name, search.settings.goals[goal].name,
               answer.lower, search_state_name(answer.state), answer.sender_bound ? ", bound by the sender" : "");
    }
    return true;
}

int command_packet_rate(const struct options *options) {
    struct session session;
    const struct rig_side *sides[2];
    if (!session_begin(&session, options)) return session_end(&session);
    json_whole(&session.json, "packet_size", options->packet_size);
    unsigned count = session_sides(&session, sides);
    for (unsigned i = 0; i < count && measure(&session, sides[i]); i++) continue;
    return session_end(&session);
}
