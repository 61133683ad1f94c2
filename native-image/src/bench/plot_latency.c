#include <math.h>

#include "bench/axis.h"
#include "bench/plot.h"
#include "bench/svg.h"
#include "bench/units.h"

/* Pixels. At the right stands the legend. */
enum { WIDTH = 960, HEIGHT = 560, LEFT = 84, RIGHT = 730, TOP = 84, BOTTOM = 488, LEGEND = 752 };

/* Okabe and Ito's colours, told apart with any kind of sight; the dashes say the percentile without colour. */
static const char *const COLORS[PLOT_MOST_SIDES] = {"#d55e00", "#0072b2", "#009e73", "#cc79a7"};
static const struct {
    const char *name;
    const char *dash;
    double width;
} LINES[PLOT_PERCENTILES] = {{"median", NULL, 2.2}, {"99 %", "7 4", 1.8}, {"99.9 %", "2 3", 1.8}};

static const struct svg_font TITLE = {"#1a1a1a", 18, "start", "bold"}, SMALL = {"#444444", 13, "start", "normal"},
                             TICK_X = {"#444444", 12, "middle", "normal"}, TICK_Y = {"#444444", 12, "end", "normal"},
                             AXIS = {"#1a1a1a", 13, "middle", "normal"};
static const struct svg_stroke GRID = {"#d9d9d9", 1, NULL}, FINE = {"#f0f0f0", 1, NULL}, FRAME = {"#666666", 1, NULL};

struct range {
    double low;
    double high;
};

static void widen(struct range *range, double value) {
    if (!(value > 0)) return;
    if (range->low == 0 || value < range->low) range->low = value;
    if (value > range->high) range->high = value;
}

static struct axis latency_axis(const struct plot_latency *plot) {
    struct range range = {0};
    for (unsigned s = 0; s < plot->side_count; s++)
        for (unsigned i = 0; i < plot->sides[s].count; i++)
            for (int p = 0; p < PLOT_PERCENTILES; p++) widen(&range, plot->sides[s].points[i].latency_ns[p]);
    if (range.high == 0) range = (struct range){1000, 1000000};
    return axis_logarithmic(range.low, range.high, BOTTOM, TOP);
}

static struct axis load_axis(const struct plot_latency *plot) {
    struct range whole = {0}, ends = {0};
    for (unsigned s = 0; s < plot->side_count; s++) {
        const struct plot_side *side = &plot->sides[s];
        for (unsigned i = 0; i < side->count; i++) widen(&whole, side->points[i].load);
        widen(&whole, side->largest);
        if (side->count > 0) widen(&ends, side->points[side->count - 1].load);
    }
    if (whole.high == 0) whole = (struct range){1, 10};
    return ends.high >= 10 * ends.low && ends.low > 0 ? axis_logarithmic(whole.low, whole.high, LEFT, RIGHT)
                                                      : axis_linear(whole.high, LEFT, RIGHT);
}

static void grid(FILE *file, const struct axis *x, const struct axis *y) {
    struct axis_tick ticks[AXIS_MOST_TICKS];
    char text[UNITS_TEXT];
    unsigned count = axis_ticks(x, ticks);
    for (unsigned i = 0; i < count; i++) {
        double at = axis_at(x, ticks[i].value);
        svg_line(file, at, TOP, at, BOTTOM, ticks[i].labelled ? &GRID : &FINE);
        if (ticks[i].labelled)
            svg_text(file, at, BOTTOM + 20, &TICK_X, "%s", units_short(units_count(text, ticks[i].value)));
    }
    count = axis_ticks(y, ticks);
    for (unsigned i = 0; i < count; i++) {
        double at = axis_at(y, ticks[i].value);
        svg_line(file, LEFT, at, RIGHT, at, ticks[i].labelled ? &GRID : &FINE);
        if (ticks[i].labelled)
            svg_text(file, LEFT - 8, at + 4, &TICK_Y, "%s", units_short(units_time(text, ticks[i].value)));
    }
    svg_line(file, LEFT, TOP, LEFT, BOTTOM, &FRAME);
    svg_line(file, LEFT, BOTTOM, RIGHT, BOTTOM, &FRAME);
}

/* A point at which nothing came breaks the line. */
static void draw_line(FILE *file, const struct plot_side *side, int percentile, const char *color, const struct axis *x,
                      const struct axis *y) {
    struct svg_stroke stroke = {color, LINES[percentile].width, LINES[percentile].dash}, edge = {color, 1.5, NULL};
    bool open = false;
    for (unsigned i = 0; i <= side->count; i++) {
        bool here = i < side->count && side->points[i].latency_ns[percentile] > 0;
        if (here && !open) svg_path_begin(file);
        if (here)
            svg_path_point(file, axis_at(x, side->points[i].load), axis_at(y, side->points[i].latency_ns[percentile]));
        if (!here && open) svg_path_end(file, &stroke);
        open = here;
    }
    for (unsigned i = 0; i < side->count; i++) {
        const struct plot_point *point = &side->points[i];
        if (point->latency_ns[percentile] <= 0) continue;
        svg_dot(file, axis_at(x, point->load), axis_at(y, point->latency_ns[percentile]), 3.2,
                point->lossy ? "#ffffff" : color, &edge);
    }
}

static void draw_side(FILE *file, const struct plot_side *side, const char *color, const struct axis *x,
                      const struct axis *y) {
    struct svg_stroke mark = {color, 1.2, "10 3 2 3"};
    if (side->largest > 0) {
        double at = axis_at(x, side->largest);
        svg_line(file, at, TOP, at, BOTTOM, &mark);
    }
    for (int p = 0; p < PLOT_PERCENTILES; p++) draw_line(file, side, p, color, x, y);
}

static void legend(FILE *file, const struct plot_latency *plot) {
    static const struct svg_font BOLD = {"#1a1a1a", 13, "start", "bold"};
    char rate[UNITS_TEXT];
    double y = TOP + 6;
    for (unsigned s = 0; s < plot->side_count; s++, y += 44) {
        const struct plot_side *side = &plot->sides[s];
        struct svg_stroke mark = {COLORS[s], 1.2, "10 3 2 3"};
        svg_box(file, LEGEND, y - 10, 26, 12, COLORS[s]);
        svg_text(file, LEGEND + 36, y, &BOLD, "%.22s", side->name);
        svg_line(file, LEGEND + 13, y + 6, LEGEND + 13, y + 24, &mark);
        if (side->largest > 0)
            svg_text(file, LEGEND + 36, y + 19, &SMALL, "at most %s/s", units_count(rate, side->largest));
        else
            svg_text(file, LEGEND + 36, y + 19, &SMALL, "no loss: not measured");
    }
    y += 10;
    for (int p = 0; p < PLOT_PERCENTILES; p++, y += 22) {
        struct svg_stroke sample = {"#444444", LINES[p].width, LINES[p].dash};
        svg_line(file, LEGEND, y - 4, LEGEND + 28, y - 4, &sample);
        svg_text(file, LEGEND + 36, y, &SMALL, "%s", LINES[p].name);
    }
    y += 10;
    svg_dot(file, LEGEND + 14, y - 4, 3.2, "#ffffff", &(struct svg_stroke){"#444444", 1.5, NULL});
    svg_text(file, LEGEND + 36, y, &SMALL, "packets were lost");
}

void plot_latency(FILE *file, const struct plot_latency *plot) {
    struct axis x = load_axis(plot), y = latency_axis(plot);
    char load[128];
    svg_begin(file, WIDTH, HEIGHT, plot->title, plot->subtitle);
    svg_text(file, LEFT, 34, &TITLE, "%s", plot->title);
    svg_text(file, LEFT, 58, &SMALL, "%s", plot->subtitle);
    grid(file, &x, &y);
    for (unsigned s = 0; s < plot->side_count; s++) draw_side(file, &plot->sides[s], COLORS[s], &x, &y);
    snprintf(load, sizeof load, "offered load, %s a second%s", plot->load_name, x.logarithmic ? " (logarithmic)" : "");
    svg_text(file, (LEFT + RIGHT) / 2.0, BOTTOM + 48, &AXIS, "%s", load);
    svg_text_upwards(file, 22, (TOP + BOTTOM) / 2.0, &AXIS, "latency from the scheduled time (logarithmic)");
    legend(file, plot);
    svg_end(file);
}
