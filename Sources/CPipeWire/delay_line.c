#include "delay_line.h"

#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

/// How much faster or slower it plays while it glides: a twelfth of a semitone.
static const double glide_rate = 0.005;

enum { channels = PUPPET_DELAY_LINE_CHANNELS };

struct puppet_delay_line {
    float *samples;
    /// Frames that there is room for, a power of 2, less 1.
    uint64_t mask;
    uint32_t most;
    /// Frames that have gone in, and the first of them that may be heard.
    uint64_t written, begin;
    /// Where it is, and where it comes from while it fades.
    double delay, faded;
    uint32_t fade_left;
    _Atomic uint32_t wanted, reached;
    atomic_bool forgets;
};

puppet_delay_line *puppet_delay_line_make(uint32_t most) {
    puppet_delay_line *line = calloc(1, sizeof *line);
    if (!line) return NULL;
    uint64_t room = 1;
    // Two more than the delay are looked at between two frames.
    while (room < (uint64_t)most + 4) room *= 2;
    line->samples = calloc(room * channels, sizeof *line->samples);
    line->mask = room - 1;
    line->most = most;
    if (line->samples) return line;
    puppet_delay_line_free(line);
    return NULL;
}

void puppet_delay_line_free(puppet_delay_line *line) {
    if (!line) return;
    free(line->samples);
    free(line);
}

void puppet_delay_line_set(puppet_delay_line *line, uint32_t frames) {
    atomic_store(&line->wanted, frames < line->most ? frames : line->most);
}

uint32_t puppet_delay_line_delay(const puppet_delay_line *line) { return atomic_load(&line->reached); }

void puppet_delay_line_forget(puppet_delay_line *line) { atomic_store(&line->forgets, true); }

/// So many frames before the newest one; 0 before the first.
static float at(const puppet_delay_line *line, uint64_t back, int channel) {
    uint64_t newest = line->written - 1;
    if (back > newest || newest - back < line->begin) return 0;
    return line->samples[((newest - back) & line->mask) * channels + channel];
}

/// `delay` frames before the newest one: between two of them by the cubic through four, near the newest one by the line
/// through two.
static float sample(const puppet_delay_line *line, double delay, int channel) {
    uint64_t whole = (uint64_t)delay;
    float between = (float)(delay - (double)whole);
    float here = at(line, whole, channel);
    if (between == 0) return here;
    float before = at(line, whole + 1, channel), step = before - here;
    if (whole == 0) return here + between * step;
    float slope = 0.5f * (before - at(line, whole - 1, channel));
    float next_slope = 0.5f * (at(line, whole + 2, channel) - here);
    float bend = 3 * step - 2 * slope - next_slope + between * (slope + next_slope - 2 * step);
    return here + between * (slope + between * bend);
}

/// One frame nearer to what is wanted.
static void move(puppet_delay_line *line, double wanted) {
    double way = wanted - line->delay;
    if (fabs(way) > PUPPET_DELAY_LINE_GLIDE) {
        line->faded = line->delay;
        line->delay = wanted;
        line->fade_left = PUPPET_DELAY_LINE_FADE;
    } else {
        line->delay += fmax(-glide_rate, fmin(glide_rate, way));
    }
}

void puppet_delay_line_run(puppet_delay_line *line, const float *input, float *output, uint32_t frames) {
    double wanted = atomic_load(&line->wanted);
    if (atomic_exchange(&line->forgets, false)) {
        line->begin = line->written;
        line->delay = wanted;
        line->fade_left = 0;
    }
    for (uint32_t frame = 0; frame < frames; frame++) {
        for (int channel = 0; channel < channels; channel++) {
            line->samples[(line->written & line->mask) * channels + channel] = input[frame * channels + channel];
        }
        line->written++;
        if (!line->fade_left && line->delay != wanted) move(line, wanted);
        float share = 0;
        if (line->fade_left) {
            float angle = (float)M_PI * (float)line->fade_left-- / PUPPET_DELAY_LINE_FADE;
            share = 0.5f - 0.5f * cosf(angle);
        }
        for (int channel = 0; channel < channels && output; channel++) {
            float heard = sample(line, line->delay, channel);
            if (share > 0) heard += share * (sample(line, line->faded, channel) - heard);
            output[frame * channels + channel] = heard;
        }
    }
    atomic_store(&line->reached, (uint32_t)lround(line->delay));
}
