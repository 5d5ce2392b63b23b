// What Winograd's convolutions have in common: the product over channels at one position of the transforms.
//
// Transformed inputs V lie as [positions][input blocks][columns][16], transformed outputs M as
// [positions][TILE_BLOCKS][columns][16]. At each position the product is an ordinary convolution of an image one row high,
// so conv2d_rows computes it.
//
// From one position to the next is an odd number of cache lines: with an even one, and it tends to be a power of two, what
// a transform reads or writes for one tile would all fall into the same few sets of the first-level cache.
#pragma once
#include "conv2d.h"

// Floats from one position to the next where each has `vectors` vectors.
INLINE ptrdiff_t position_stride(ptrdiff_t vectors) { return (vectors | 1) * PUPPET_BLOCK; }
// The same for vectors of bytes, four of which are a cache line.
INLINE ptrdiff_t position_stride_of_bytes(ptrdiff_t vectors) { return ((vectors + 3) / 4 | 1) * 4 * PUPPET_BLOCK; }

// M = V U at `position`, `width` columns of it, for the output blocks `blocks`, at most TILE_BLOCKS. V holds floats, or
// integers where the weights are that; `next` is that of the next position.
static void multiply_position(
    const puppet_conv2d *p, int position, puppet_range blocks, int32_t width, const void *v, const void *next, float *m) {
    static const float no_bias[TILE_BLOCKS * PUPPET_BLOCK] __attribute__((aligned(64)));
    const bool integers = p->weights.type == PUPPET_INT8;
    const ptrdiff_t first_block = (ptrdiff_t)position * p->output.blocks + blocks.first;
    puppet_weights weights = p->weights;
    const ptrdiff_t of_a_block = weights.steps * bytes_of_a_step(weights.type);
    weights.values = (const char *)weights.values + first_block * of_a_block;
    if (integers) {
        weights.first_sum += first_block * PUPPET_BLOCK;
        weights.unit += first_block * PUPPET_BLOCK;
    }
    const puppet_conv2d product = {
        .input = {
            .data = (float *)v,
            .block_stride = (ptrdiff_t)(width + p->kernel_width - 1) * PUPPET_BLOCK,
            .blocks = p->input.blocks,
            .height = 1,
            .width = width + p->kernel_width - 1,
        },
        .block_channels = p->block_channels,
        .integers = integers ? v : NULL,
        .kernel_height = 1,
        .kernel_width = p->kernel_width,
        .weights = weights,
        .bias = no_bias,
        .output = {
            .data = m,
            .block_stride = (ptrdiff_t)width * PUPPET_BLOCK,
            .blocks = blocks.count,
            .height = 1,
            .width = width,
        },
        .output_pixel_stride = PUPPET_BLOCK,
    };
    // Those of the next position.
    const char *const ahead = (const char *)weights.values + p->output.blocks * of_a_block;
    conv2d_rows_ahead(&product, 0, (puppet_range){0, 1}, ahead, (const char *)next - (const char *)v);
}

// Output blocks `first ..< end`, no more than are computed together.
INLINE puppet_range blocks_together(int32_t first, int32_t end) {
    return (puppet_range){first, end - first < TILE_BLOCKS ? end - first : TILE_BLOCKS};
}
