#include "bench/axis.h"

#include <math.h>

/* The next of 1, 2, 5, 10, 20, … at or above. */
static double nice_above(double value) {
    static const double STEPS[] = {1, 2, 5};
    double power = pow(10, floor(log10(value) + 1e-9));
    for (unsigned i = 0; i < 3; i++)
        if (STEPS[i] * power >= value * (1 - 1e-9)) return STEPS[i] * power;
    return 10 * power;
}

static double nice_below(double value) {
    static const double STEPS[] = {5, 2};
    double power = pow(10, floor(log10(value) + 1e-9));
    for (unsigned i = 0; i < 2; i++)
        if (STEPS[i] * power <= value * (1 + 1e-9)) return STEPS[i] * power;
    return power;
}

struct axis axis_linear(double high, double from, double to) {
    if (!(high > 0)) high = 1;
    double step = nice_above(high / 6);
    return (struct axis){.low = 0, .high = ceil(high / step - 1e-9) * step, .from = from, .to = to};
}

struct axis axis_logarithmic(double low, double high, double from, double to) {
    struct axis axis = {.low = nice_below(low), .high = nice_above(high), .from = from, .to = to, .logarithmic = true};
    if (axis.high < axis.low * 9.99) axis.high = axis.low * 10;
    return axis;
}

double axis_at(const struct axis *axis, double value) {
    double share = axis->logarithmic ? log(value / axis->low) / log(axis->high / axis->low)
                                     : (value - axis->low) / (axis->high - axis->low);
    return axis->from + share * (axis->to - axis->from);
}

static unsigned linear_ticks(const struct axis *axis, struct axis_tick *ticks) {
    double step = nice_above(axis->high / 6 * (1 - 1e-6));
    unsigned count = 0;
    for (; count < AXIS_MOST_TICKS && count * step <= axis->high * (1 + 1e-9); count++)
        ticks[count] = (struct axis_tick){.value = count * step, .labelled = true};
    return count;
}

unsigned axis_ticks(const struct axis *axis, struct axis_tick ticks[AXIS_MOST_TICKS]) {
    if (!axis->logarithmic) return linear_ticks(axis, ticks);
    double decades = log10(axis->high / axis->low);
    int each = (int)ceil(decades / 8), first = (int)floor(log10(axis->low) + 1e-9);
    unsigned count = 0;
    for (int power = first; pow(10, power) <= axis->high * (1 + 1e-9); power++) {
        for (int digit = 1; digit <= 9 && count < AXIS_MOST_TICKS; digit++) {
            double value = digit * pow(10, power);
            if (value < axis->low * (1 - 1e-9) || value > axis->high * (1 + 1e-9)) continue;
            bool labelled = digit == 1 ? (power - first) % each == 0 : decades <= 2.01 && (digit == 2 || digit == 5);
            if (digit == 1 || decades <= 5) ticks[count++] = (struct axis_tick){.value = value, .labelled = labelled};
        }
    }
    return count;
}
