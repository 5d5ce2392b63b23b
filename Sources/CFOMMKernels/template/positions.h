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

// M = V U at `position`, `width` columns of it, for the output blocks `block ..< block + blocks`, at most TILE_BLOCKS.
// V holds floats, or integers where `p->int8` is set.
static void multiply_position(
    const puppet_conv2d *p, int position, int32_t block, int32_t blocks, int32_t width, const void *v, float *m) {
    static const float no_bias[TILE_BLOCKS * PUPPET_BLOCK] __attribute__((aligned(64)));
    const ptrdiff_t first_block = (ptrdiff_t)position * p->output_blocks + block;
    puppet_int8 int8;
    if (p->int8) {
        int8 = (puppet_int8){
            .input = v,
            .weights = p->int8->weights
                + first_block * p->input_blocks * p->kernel_width * PUPPET_BLOCK * PUPPET_BLOCK,
            .first_sum = p->int8->first_sum + first_block * PUPPET_BLOCK,
            .unit = p->int8->unit + first_block * PUPPET_BLOCK,
            .per_unit = p->int8->per_unit,
        };
    }
    const puppet_conv2d product = {
        .input = v,
        .input_block_stride = (ptrdiff_t)(width + p->kernel_width - 1) * PUPPET_BLOCK,
        .block_channels = p->block_channels,
        .input_blocks = p->input_blocks,
        .kernel_height = 1,
        .kernel_width = p->kernel_width,
        .weights = p->int8 ? NULL : p->weights + first_block * p->taps * PUPPET_BLOCK,
        .taps = p->taps,
        .bias = no_bias,
        .output = m,
        .output_block_stride = (ptrdiff_t)width * PUPPET_BLOCK,
        .output_pixel_stride = PUPPET_BLOCK,
        .output_blocks = blocks,
        .height = 1,
        .width = width,
        .int8 = p->int8 ? &int8 : NULL,
    };
    conv2d_rows(&product, 0, 0, 1);
}
