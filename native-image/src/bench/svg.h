#ifndef PANTHEON_BENCH_SVG_H
#define PANTHEON_BENCH_SVG_H

#include <stdio.h>

/*
 * Shapes of a picture in SVG 1.1, in pixels from the upper left corner. Each writes one element; texts are escaped, so
 * that any bytes make valid XML. Whether all could be written is the file's to say (ferror).
 */
struct svg_stroke {
    const char *color;
    double width;
    const char *dash; /* `6 3`; NULL: a whole line */
};

struct svg_font {
    const char *color;
    double size;
    const char *anchor; /* start, middle, end: where `x` is */
    const char *weight; /* normal, bold */
};

/* Title and description are for those who cannot see it. The background is white, whatever page it stands on. */
void svg_begin(FILE *file, double width, double height, const char *title, const char *description);
void svg_end(FILE *file);

void svg_line(FILE *file, double x1, double y1, double x2, double y2, const struct svg_stroke *stroke);
void svg_box(FILE *file, double x, double y, double width, double height, const char *fill);
/* Filled with `fill`, which may be white. */
void svg_dot(FILE *file, double x, double y, double radius, const char *fill, const struct svg_stroke *stroke);
void svg_diamond(FILE *file, double x, double y, double radius, const char *fill, const struct svg_stroke *stroke);

/* A line through points: begin, a point each, end. */
void svg_path_begin(FILE *file);
void svg_path_point(FILE *file, double x, double y);
void svg_path_end(FILE *file, const struct svg_stroke *stroke);

__attribute__((format(printf, 5, 6))) void svg_text(FILE *file, double x, double y, const struct svg_font *font,
                                                    const char *format, ...);
/* Read from below: the title of an axis that stands. */
void svg_text_upwards(FILE *file, double x, double y, const struct svg_font *font, const char *text);

#endif
