#ifndef PUPPET_DELAY_LINE_H
#define PUPPET_DELAY_LINE_H

#include <stdint.h>

/// Sound, a while later. How much later may change at any time and is never heard as a click: a small step is taken by playing
/// half a per cent faster or slower until it is made, a larger one by fading from the old place to the new.
///
/// Stereo, interleaved 32-bit floats. Between changes what comes out is what went in, bit by bit.
typedef struct puppet_delay_line puppet_delay_line;

enum {
    PUPPET_DELAY_LINE_CHANNELS = 2,
    /// Frames up to which a change is glided: 20 ms at 48 kHz.
    PUPPET_DELAY_LINE_GLIDE = 960,
    /// Frames that a fade takes: 30 ms at 48 kHz.
    PUPPET_DELAY_LINE_FADE = 1440,
};

/// `most`: frames that it can delay by, at least 1. NULL for want of memory. Any thread.
puppet_delay_line *_Nullable puppet_delay_line_make(uint32_t most);

void puppet_delay_line_free(puppet_delay_line *_Nullable line);

/// What to be behind by from now on, in frames: what is too much is the most. Any thread.
void puppet_delay_line_set(puppet_delay_line *_Nonnull line, uint32_t frames);

/// How many frames it is behind by now. Any thread.
uint32_t puppet_delay_line_delay(const puppet_delay_line *_Nonnull line);

/// What has gone in so far will not be heard any more, and what is wanted is reached at once: whoever listens next is another.
/// Any thread.
void puppet_delay_line_forget(puppet_delay_line *_Nonnull line);

/// `frames` of `input` go in, as many come out; the two may be the same memory, and where `output` is NULL nobody hears them. One
/// thread; neither waits nor allocates.
void puppet_delay_line_run(
    puppet_delay_line *_Nonnull line, const float *_Nonnull input, float *_Nullable output, uint32_t frames);

#endif
