// 3x3 convolution by Winograd's F(4x4, 3x3): 36 products for 16 output pixels instead of 144.
//
// A tile of 4x4 outputs depends on 6x6 inputs. Both and the kernel are transformed (V = B' d B, U = G g G', with U made
// when the weights are packed); at each of the 36 positions the tiles are then an ordinary matrix product over channels,
// M = V U, which conv2d_tile computes as a 1x1 convolution of an image one row high; the outputs are A' M A. Tiles are
// done in groups whose V stays in the second-level cache while U streams past it.
//
// Rounding grows by the transforms' coefficients: for 256 channels of random values up to 1.5e-5 where the direct
// convolution has 2.6e-6, of outputs up to 1.5.
// Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016, section 4.
#pragma once
#include "conv2d.h"

#define WINOGRAD_POSITIONS 36

// One column of B' d: `step` vectors from one element of `d` to the next.
INLINE void winograd_input_line(const v16 *d, int step, v16 *out, int out_step) {
    const v16 d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
    const v16 even = d4 - 4.0f * d2, odd = d3 - 4.0f * d1, outer = d4 - d2, inner = 2.0f * (d3 - d1);
    out[0] = 4.0f * d0 - 5.0f * d2 + d4;
    out[out_step] = even + odd;
    out[2 * out_step] = even - odd;
    out[3 * out_step] = outer + inner;
    out[4 * out_step] = outer - inner;
    out[5 * out_step] = 4.0f * d1 - 5.0f * d3 + d5;
}

// One column of A' m.
INLINE void winograd_output_line(const v16 *m, int step, v16 *out, int out_step) {
    const v16 m1 = m[step], m2 = m[2 * step], m3 = m[3 * step], m4 = m[4 * step];
    const v16 sum = m1 + m2, difference = m1 - m2, far_sum = m3 + m4, far_difference = m3 - m4;
    out[0] = m[0] + sum + far_sum;
    out[out_step] = difference + 2.0f * far_difference;
    out[2 * out_step] = sum + 4.0f * far_sum;
    out[3 * out_step] = difference + 8.0f * far_difference + m[5 * step];
}

// V: [36][input blocks][tile_count][16].
static void winograd_input(const puppet_conv2d *p, int32_t first_tile, int32_t tile_count, float *v) {
    const int32_t across = p->width / 4;
    const ptrdiff_t position_stride = (ptrdiff_t)p->input_blocks * tile_count * PUPPET_BLOCK;
    for (int32_t block = 0; block < p->input_blocks; block++) {
        for (int32_t t = 0; t < tile_count; t++) {
            const int32_t row = (first_tile + t) / across * 4, column = (first_tile + t) % across * 4;
            const float *corner = p->input + block * p->input_block_stride + row * p->input_row_stride
                + column * PUPPET_BLOCK;
            v16 half[36];
            for (int x = 0; x < 6; x++) {
                v16 d[6];
                for (int y = 0; y < 6; y++) d[y] = load16(corner + y * p->input_row_stride + x * PUPPET_BLOCK);
                winograd_input_line(d, 1, half + x, 6);
            }
            float *out = v + ((ptrdiff_t)block * tile_count + t) * PUPPET_BLOCK;
            for (int y = 0; y < 6; y++) {
                v16 line[6];
                winograd_input_line(half + 6 * y, 1, line, 1);
                for (int x = 0; x < 6; x++) store16(out + (6 * y + x) * position_stride, line[x]);
            }
        }
    }
}

// M: [36][TILE_BLOCKS][tile_count][16], of the output blocks from `block` on.
static void winograd_output(
    const puppet_conv2d *p, int32_t block, int32_t blocks, int32_t first_tile, int32_t tile_count, const float *m) {
    const int32_t across = p->width / 4;
    const ptrdiff_t position_stride = (ptrdiff_t)TILE_BLOCKS * tile_count * PUPPET_BLOCK;
    for (int32_t b = 0; b < blocks; b++) {
        for (int32_t t = 0; t < tile_count; t++) {
            const float *in = m + ((ptrdiff_t)b * tile_count + t) * PUPPET_BLOCK;
            v16 half[24];
            for (int x = 0; x < 6; x++) {
                v16 column[6];
                for (int y = 0; y < 6; y++) column[y] = load16(in + (6 * y + x) * position_stride);
                winograd_output_line(column, 1, half + x, 6);
            }
            const int32_t row = (first_tile + t) / across * 4, column = (first_tile + t) % across * 4;
            for (int y = 0; y < 4; y++) {
                v16 line[4];
                winograd_output_line(half + 6 * y, 1, line, 1);
                const ptrdiff_t offset = (row + y) * p->output_row_stride + column * p->output_pixel_stride;
                for (int x = 0; x < 4; x++) finish_pixel(p, block + b, offset + x * p->output_pixel_stride, line[x]);
            }
        }
    }
}

static void winograd_tiles(const puppet_conv2d *p, int32_t first_tile, int32_t tile_count, float *scratch) {
    static const float no_bias[TILE_BLOCKS * PUPPET_BLOCK] __attribute__((aligned(64)));
    float *const v = scratch;
    float *const m = v + (ptrdiff_t)WINOGRAD_POSITIONS * p->input_blocks * tile_count * PUPPET_BLOCK;
    winograd_input(p, first_tile, tile_count, v);
    for (int32_t block = 0; block < p->output_blocks; block += TILE_BLOCKS) {
        const int32_t blocks = p->output_blocks - block < TILE_BLOCKS ? p->output_blocks - block : TILE_BLOCKS;
        for (int position = 0; position < WINOGRAD_POSITIONS; position++) {
            const puppet_conv2d product = {
                .input = v + (ptrdiff_t)position * p->input_blocks * tile_count * PUPPET_BLOCK,
                .input_block_stride = (ptrdiff_t)tile_count * PUPPET_BLOCK,
                .block_channels = p->block_channels,
                .input_blocks = p->input_blocks,
                .kernel_height = 1,
                .kernel_width = 1,
                .weights = p->weights + ((ptrdiff_t)position * p->output_blocks + block) * p->taps * PUPPET_BLOCK,
                .taps = p->taps,
                .bias = no_bias,
                .output = m + (ptrdiff_t)position * TILE_BLOCKS * tile_count * PUPPET_BLOCK,
                .output_block_stride = (ptrdiff_t)tile_count * PUPPET_BLOCK,
                .output_pixel_stride = PUPPET_BLOCK,
                .output_blocks = blocks,
                .height = 1,
                .width = tile_count,
            };
            conv2d_rows(&product, 0, 0, 1);
        }
        winograd_output(p, block, blocks, first_tile, tile_count, m);
    }
}
