// Direct convolution on 8-bit integers, in the tiles of conv2d.h.
//
// Four channels of a pixel are one 32-bit word, which is broadcast; their weights for 16 output channels are one vector
// load; one instruction of VNNI multiplies and adds all 64. Values are unsigned with their zero in the middle: what that
// adds to every sum, zero times the sum of the weights, is what a sum starts with, negated. All channels of a block are
// multiplied, used or not, because lanes without a channel have weights of 0.
#pragma once
#include "conv2d_epilogue.h"
#include "int8.h"

INLINE void int8_conv2d_tile(
    const puppet_conv2d *p, int32_t block, int32_t row, int32_t column, const int BLOCKS, const int ROWS,
    const int COLUMNS) {
    const puppet_int8 *q = p->int8;
    v16i sum[28];
#pragma clang loop unroll(full)
    for (int i = 0; i < BLOCKS * ROWS * COLUMNS; i++)
        sum[i] = *(const v16i *)(q->first_sum + (block + i % BLOCKS) * PUPPET_BLOCK);

    const int32_t quads = PUPPET_BLOCK / 4;
    const ptrdiff_t row_stride = p->input_row_stride;
    const ptrdiff_t weight_stride =
        (ptrdiff_t)p->input_blocks * p->kernel_height * p->kernel_width * PUPPET_BLOCK * PUPPET_BLOCK;
    const int8_t *weights = q->weights + block * weight_stride;
    const uint8_t *origin = q->input + row * row_stride + column * PUPPET_BLOCK;
    for (int32_t in = 0; in < p->input_blocks; in++) {
        for (int32_t ky = 0; ky < p->kernel_height; ky++) {
            for (int32_t kx = 0; kx < p->kernel_width; kx++) {
                const uint8_t *tap = origin + in * p->input_block_stride + ky * row_stride + kx * PUPPET_BLOCK;
                for (int32_t quad = 0; quad < quads; quad++) {
                    v16i weight[2];
#pragma clang loop unroll(full)
                    for (int b = 0; b < BLOCKS; b++) weight[b] = *(const v16i *)(weights + b * weight_stride);
#pragma clang loop unroll(full)
                    for (int y = 0; y < ROWS; y++) {
#pragma clang loop unroll(full)
                        for (int x = 0; x < COLUMNS; x++) {
                            const v16i value =
                                splat_int(*(const int32_t *)(tap + y * row_stride + x * PUPPET_BLOCK + 4 * quad));
#pragma clang loop unroll(full)
                            for (int b = 0; b < BLOCKS; b++) {
                                v16i *const target = &sum[(y * COLUMNS + x) * BLOCKS + b];
                                *target = add_products(*target, value, weight[b]);
                            }
                        }
                    }
                    weights += 4 * PUPPET_BLOCK;
                }
            }
        }
    }

#pragma clang loop unroll(full)
    for (int y = 0; y < ROWS; y++) {
#pragma clang loop unroll(full)
        for (int x = 0; x < COLUMNS; x++) {
            const ptrdiff_t offset = (row + y) * p->output_row_stride + (column + x) * p->output_pixel_stride;
#pragma clang loop unroll(full)
            for (int b = 0; b < BLOCKS; b++) {
                const v16 value = __builtin_convertvector(sum[(y * COLUMNS + x) * BLOCKS + b], v16);
                finish_pixel(p, block + b, offset, value * load16(q->unit + (block + b) * PUPPET_BLOCK));
            }
        }
    }
}

static void quantise_rows(
    const float *input, ptrdiff_t input_block_stride, ptrdiff_t input_row_stride, int32_t blocks, int32_t rows,
    int32_t width, const float *per_unit, uint8_t *output) {
    for (int32_t block = 0; block < blocks; block++) {
        const v16 block_per_unit = load16(per_unit + block * PUPPET_BLOCK);
        for (int32_t row = 0; row < rows; row++) {
            const float *in = input + block * input_block_stride + row * input_row_stride;
            for (int32_t x = 0; x < width; x++, output += PUPPET_BLOCK)
                store16_bytes(output, quantise16(load16(in + x * PUPPET_BLOCK), block_per_unit));
        }
    }
}

static void channel_ranges(
    const float *input, ptrdiff_t input_block_stride, ptrdiff_t input_row_stride, int32_t blocks, int32_t rows,
    int32_t width, float *ranges) {
    for (int32_t block = 0; block < blocks; block++) {
        v16 range = load16(ranges + block * PUPPET_BLOCK);
        for (int32_t row = 0; row < rows; row++) {
            const float *in = input + block * input_block_stride + row * input_row_stride;
            for (int32_t x = 0; x < width; x++) {
                const v16 v = load16(in + x * PUPPET_BLOCK);
                range = max16(range, max16(v, -v));
            }
        }
        store16(ranges + block * PUPPET_BLOCK, range);
    }
}
