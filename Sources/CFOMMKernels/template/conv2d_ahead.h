// What a convolution asks for before it needs it: weights and image that come next.
#pragma once
#include "vector.h"

#define CACHE_LINE 64

typedef struct {
    const char *weights;
    ptrdiff_t weights_step;  // bytes from what one step asks for to the next, 0 where nothing is left to ask for
    ptrdiff_t input;         // bytes from what is read to what will be, 0 where that is the same image
} conv2d_ahead;

// A line of each, at step `i` of a block of a tile whose first pixel is at `pixel`. The pixels of a block lie next to one
// another, so that a block's steps, 16 of 64 bytes or four of 16, ask for 16 pixels, which no tile exceeds.
INLINE void prefetch_step(conv2d_ahead *next, const void *pixel, int32_t i) {
    __builtin_prefetch(next->weights);
    next->weights += next->weights_step;
    __builtin_prefetch((const char *)pixel + next->input + CACHE_LINE * i);
}
