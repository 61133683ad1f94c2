#include "bench/svg.h"

#include <stdarg.h>
#include <stdbool.h>

#include "bench/utf8.h"

/* XML 1.0 has no place for control characters and for the last two codes of its first plane. */
static bool is_allowed(uint32_t code) {
    return code == '\t' || code == '\n' || (code >= ' ' && code != 0x7f && code != 0xfffe && code != 0xffff);
}

static void escaped(FILE *file, const char *text) {
    while (*text != '\0') {
        struct utf8 character = utf8_next(&text);
        switch (character.code) {
        case '&': fputs("&amp;", file); break;
        case '<': fputs("&lt;", file); break;
        case '>': fputs("&gt;", file); break;
        case '"': fputs("&quot;", file); break;
        default: fputs(is_allowed(character.code) ? character.bytes : "\xef\xbf\xbd", file);
        }
    }
}

void svg_begin(FILE *file, double width, double height, const char *title, const char *description) {
    fprintf(file,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" "
            "role=\"img\" font-family=\"DejaVu Sans, Verdana, sans-serif\">\n<title>",
            width, height, width, height);
    escaped(file, title);
    fputs("</title>\n<desc>", file);
    escaped(file, description);
    fputs("</desc>\n", file);
    svg_box(file, 0, 0, width, height, "#ffffff");
}

void svg_end(FILE *file) {
    fputs("</svg>\n", file);
}

static void stroke_of(FILE *file, const struct svg_stroke *stroke) {
    fprintf(file, " stroke=\"%s\" stroke-width=\"%g\"", stroke->color, stroke->width);
    if (stroke->dash != NULL) fprintf(file, " stroke-dasharray=\"%s\"", stroke->dash);
}

void svg_line(FILE *file, double x1, double y1, double x2, double y2, const struct svg_stroke *stroke) {
    fprintf(file, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"", x1, y1, x2, y2);
    stroke_of(file, stroke);
    fputs("/>\n", file);
}

void svg_box(FILE *file, double x, double y, double width, double height, const char *fill) {
    fprintf(file, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n", x, y, width, height,
            fill);
}

void svg_dot(FILE *file, double x, double y, double radius, const char *fill, const struct svg_stroke *stroke) {
    fprintf(file, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%g\" fill=\"%s\"", x, y, radius, fill);
    stroke_of(file, stroke);
    fputs("/>\n", file);
}

void svg_diamond(FILE *file, double x, double y, double radius, const char *fill, const struct svg_stroke *stroke) {
    fprintf(file, "<path d=\"M%.1f %.1f l%g %g l%g %g l%g %g z\" fill=\"%s\"", x, y - radius, radius, radius, -radius,
            radius, -radius, -radius, fill);
    stroke_of(file, stroke);
    fputs("/>\n", file);
}

void svg_path_begin(FILE *file) {
    fputs("<polyline points=\"", file);
}

void svg_path_point(FILE *file, double x, double y) {
    fprintf(file, "%.1f,%.1f ", x, y);
}

void svg_path_end(FILE *file, const struct svg_stroke *stroke) {
    fputs("\" fill=\"none\" stroke-linejoin=\"round\"", file);
    stroke_of(file, stroke);
    fputs("/>\n", file);
}

static void text_begin(FILE *file, double x, double y, const struct svg_font *font) {
    fprintf(file, "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\" font-size=\"%g\" text-anchor=\"%s\" font-weight=\"%s\"", x,
            y, font->color, font->size, font->anchor, font->weight);
}

void svg_text(FILE *file, double x, double y, const struct svg_font *font, const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    text_begin(file, x, y, font);
    fputc('>', file);
    escaped(file, text);
    fputs("</text>\n", file);
}

void svg_text_upwards(FILE *file, double x, double y, const struct svg_font *font, const char *text) {
    text_begin(file, x, y, font);
    fprintf(file, " transform=\"rotate(-90 %.1f %.1f)\">", x, y);
    escaped(file, text);
    fputs("</text>\n", file);
}
