#include <math.h>

#include "bench/axis.h"
#include "bench/plot.h"
#include "bench/svg.h"

/* Pixels: names at the left, bars, figures at the right. */
enum { WIDTH = 1064, LEFT = 350, RIGHT = 810, FIGURES = 830, TOP = 92, ROW = 58, BAR = 22, FOOT = 92 };

/* Of Okabe and Ito's colours, light enough for whiskers to be seen on them. */
static const char REACHED[] = "#56b4e9", MISSED[] = "#e69f00";
static const struct svg_font TITLE = {"#1a1a1a", 18, "start", "bold"}, NAME = {"#1a1a1a", 13, "end", "normal"},
                             NOTE = {"#666666", 11, "end", "normal"}, FIGURE = {"#1a1a1a", 14, "start", "bold"},
                             SMALL = {"#444444", 12, "start", "normal"}, TICK = {"#444444", 12, "middle", "normal"};
static const struct svg_stroke GRID = {"#d9d9d9", 1, NULL}, FINE = {"#f0f0f0", 1, NULL}, ONE = {"#1a1a1a", 1.4, NULL},
                               WHISKER = {"#1a1a1a", 1.6, NULL}, MARK = {"#1a1a1a", 1.2, NULL};

bool plot_ratio_reached(const struct plot_ratio *row) {
    if (row->goal <= 0) return true;
    return row->less_is_better ? row->ratio <= row->goal : row->ratio >= row->goal;
}

static struct axis ratio_axis(const struct plot_ratios *plot) {
    double low = 0.5, high = 2;
    for (unsigned i = 0; i < plot->count; i++) {
        const struct plot_ratio *row = &plot->rows[i];
        const double values[] = {row->ratio, row->low, row->high, row->goal, row->seed};
        for (unsigned v = 0; v < sizeof values / sizeof values[0]; v++) {
            if (!(values[v] > 0)) continue;
            if (values[v] < low) low = values[v];
            if (values[v] > high) high = values[v];
        }
    }
    return axis_logarithmic(low, high, LEFT, RIGHT);
}

static void grid(FILE *file, const struct axis *axis, double bottom) {
    struct axis_tick ticks[AXIS_MOST_TICKS];
    unsigned count = axis_ticks(axis, ticks);
    for (unsigned i = 0; i < count; i++) {
        double at = axis_at(axis, ticks[i].value);
        svg_line(file, at, TOP, at, bottom, ticks[i].labelled ? &GRID : &FINE);
        if (ticks[i].labelled) svg_text(file, at, bottom + 18, &TICK, "%gx", ticks[i].value);
    }
}

static void bar(FILE *file, const struct plot_ratio *row, const struct axis *axis, double middle) {
    double one = axis_at(axis, 1), at = axis_at(axis, row->ratio);
    svg_box(file, at < one ? at : one, middle - BAR / 2.0, fabs(at - one), BAR,
            plot_ratio_reached(row) ? REACHED : MISSED);
    if (row->low > 0 && row->high > 0) {
        double low = axis_at(axis, row->low), high = axis_at(axis, row->high);
        svg_line(file, low, middle, high, middle, &WHISKER);
        svg_line(file, low, middle - 6, low, middle + 6, &WHISKER);
        svg_line(file, high, middle - 6, high, middle + 6, &WHISKER);
    }
}

static void marks(FILE *file, const struct plot_ratio *row, const struct axis *axis, double middle) {
    if (row->goal > 0) {
        double at = axis_at(axis, row->goal);
        svg_line(file, at, middle - BAR / 2.0 - 6, at, middle + BAR / 2.0 + 6, &ONE);
    }
    if (row->seed > 0) svg_diamond(file, axis_at(axis, row->seed), middle, 5, "#f0e442", &MARK);
}

static void figures(FILE *file, const struct plot_ratio *row, double middle) {
    if (!(row->ratio > 0)) {
        svg_text(file, FIGURES, middle + 4, &SMALL, "not measured");
        return;
    }
    if (row->low > 0 && row->high > 0)
        svg_text(file, FIGURES, middle - 2, &FIGURE, "%.3gx  (%.3g to %.3g)", row->ratio, row->low, row->high);
    else
        svg_text(file, FIGURES, middle - 2, &FIGURE, "%.3gx", row->ratio);
    if (row->goal > 0)
        svg_text(file, FIGURES, middle + 15, &SMALL, "goal %.3gx or %s: %s", row->goal,
                 row->less_is_better ? "less" : "more", plot_ratio_reached(row) ? "reached" : "NOT REACHED");
    else
        svg_text(file, FIGURES, middle + 15, &SMALL, "no goal; %s is better", row->less_is_better ? "less" : "more");
}

static void legend(FILE *file, double y) {
    double x = LEFT;
    svg_line(file, x + 8, y - 5, x + 24, y - 5, &WHISKER);
    svg_line(file, x + 8, y - 10, x + 8, y, &WHISKER);
    svg_line(file, x + 24, y - 10, x + 24, y, &WHISKER);
    svg_text(file, x + 32, y, &SMALL, "spread of the pairs");
    svg_line(file, x + 176, y - 14, x + 176, y + 4, &ONE);
    svg_text(file, x + 186, y, &SMALL, "goal");
    svg_diamond(file, x + 240, y - 5, 5, "#f0e442", &MARK);
    svg_text(file, x + 252, y, &SMALL, "the seed's figure");
    svg_box(file, x + 372, y - 11, 14, 12, MISSED);
    svg_text(file, x + 394, y, &SMALL, "goal not reached");
}

void plot_ratios(FILE *file, const struct plot_ratios *plot) {
    struct axis axis = ratio_axis(plot);
    double bottom = TOP + (double)plot->count * ROW;
    svg_begin(file, WIDTH, bottom + FOOT, plot->title, plot->subtitle);
    svg_text(file, 24, 34, &TITLE, "%s", plot->title);
    svg_text(file, 24, 58, &SMALL, "%s", plot->subtitle);
    grid(file, &axis, bottom);
    for (unsigned i = 0; i < plot->count; i++) {
        const struct plot_ratio *row = &plot->rows[i];
        double middle = TOP + (i + 0.5) * ROW;
        svg_text(file, LEFT - 16, middle - 2, &NAME, "%.40s", row->name);
        if (row->note != NULL) svg_text(file, LEFT - 16, middle + 14, &NOTE, "%.46s", row->note);
        if (row->ratio > 0) bar(file, row, &axis, middle);
        marks(file, row, &axis, middle);
        figures(file, row, middle);
    }
    svg_line(file, axis_at(&axis, 1), TOP, axis_at(&axis, 1), bottom, &ONE);
    svg_text(file, (LEFT + RIGHT) / 2.0, bottom + 42, &TICK, "times (logarithmic); 1x: no difference");
    legend(file, bottom + 72);
    svg_end(file);
}
