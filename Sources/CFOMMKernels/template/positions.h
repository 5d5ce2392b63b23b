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

// M = V U at `position`, `width` columns of it, for the output blocks `block ..< block + blocks`, at most TILE_BLOCKS.
static void multiply_position(
    const puppet_conv2d *p, int position, int32_t block, int32_t blocks, int32_t width, const float *v, float *m) {
    static const float no_bias[TILE_BLOCKS * PUPPET_BLOCK] __attribute__((aligned(64)));
    const puppet_conv2d product = {
        .input = v,
        .input_block_stride = (ptrdiff_t)(width + p->kernel_width - 1) * PUPPET_BLOCK,
        .block_channels = p->block_channels,
        .input_blocks = p->input_blocks,
        .kernel_height = 1,
        .kernel_width = p->kernel_width,
        .weights = p->weights + ((ptrdiff_t)position * p->output_blocks + block) * p->taps * PUPPET_BLOCK,
        .taps = p->taps,
        .bias = no_bias,
        .output = m,
        .output_block_stride = (ptrdiff_t)width * PUPPET_BLOCK,
        .output_pixel_stride = PUPPET_BLOCK,
        .output_blocks = blocks,
        .height = 1,
        .width = width,
    };
    conv2d_rows(&product, 0, 0, 1);
}
