// A tile of a convolution on 8-bit integers by ARM's matrix products: one instruction multiplies 8 channels of two pixels with
// those of two outputs, and adds to 2x2 sums. Twice the products of an instruction for dot products, with as many registers.
//
// Weights of 8 channels of an output lie together. A pair of pixels is the same 8 channels of both.
#pragma once
#include "conv2d_ahead.h"
#include "conv2d_epilogue.h"
#include "int8.h"

#if TILE_BLOCKS != 1 || TILE_PIXELS > 6
#error "conv2d_tile_i8mm holds the sums of one block and three pairs of pixels"
#endif

// ROWS and COLUMNS are constants at every call. Where they are an odd number of pixels, the last one is multiplied twice.
INLINE void conv2d_tile_i8mm(
    const puppet_conv2d *p, int32_t block, int32_t row, int32_t column, const conv2d_ahead *ahead, const int ROWS,
    const int COLUMNS) {
    const int pixels = ROWS * COLUMNS, pairs = (pixels + 1) / 2;
    int32x4_t sum[3][8];
#pragma clang loop unroll(full)
    for (int i = 0; i < pairs * 8; i++) sum[i / 8][i % 8] = vdupq_n_s32(0);

    conv2d_ahead next = *ahead;
    const int8_t *weights = (const int8_t *)p->weights.values + block * p->weights.steps * 4 * PUPPET_BLOCK;
    const int8_t *origin = (const int8_t *)p->integers + row * p->input.row_stride + column * PUPPET_BLOCK;
    for (int32_t in = 0; in < p->input.blocks; in++) {
        for (int32_t ky = 0; ky < p->kernel_height; ky++) {
            for (int32_t kx = 0; kx < p->kernel_width; kx++) {
                const int8_t *pixel = origin + in * p->input.block_stride + ky * p->input.row_stride + kx * PUPPET_BLOCK;
                int8x16_t halves[3][2];
#pragma clang loop unroll(full)
                for (int i = 0; i < pairs; i++) {
                    const int a = 2 * i, b = 2 * i + 1 < pixels ? 2 * i + 1 : a;
                    const int64x2_t first = vreinterpretq_s64_s8(
                        vld1q_s8(pixel + a / COLUMNS * p->input.row_stride + a % COLUMNS * PUPPET_BLOCK));
                    const int64x2_t second = vreinterpretq_s64_s8(
                        vld1q_s8(pixel + b / COLUMNS * p->input.row_stride + b % COLUMNS * PUPPET_BLOCK));
                    halves[i][0] = vreinterpretq_s8_s64(vzip1q_s64(first, second));
                    halves[i][1] = vreinterpretq_s8_s64(vzip2q_s64(first, second));
                }
#pragma clang loop unroll(full)
                for (int half = 0; half < 2; half++) {
#pragma clang loop unroll(full)
                    for (int outputs = 0; outputs < 8; outputs++) {
                        const int8x16_t weight = vld1q_s8(weights);
                        weights += 16;
#pragma clang loop unroll(full)
                        for (int i = 0; i < pairs; i++)
                            sum[i][outputs] = vmmlaq_s32(sum[i][outputs], halves[i][half], weight);
                    }
                }
#pragma clang loop unroll(full)
                for (int step = 0; step < PUPPET_BLOCK / 4; step++) prefetch_step(&next, pixel, step);
            }
        }
    }

    const v16 unit = load16(p->weights.unit + block * PUPPET_BLOCK);
#pragma clang loop unroll(full)
    for (int i = 0; i < pixels; i++) {
        int32x4_t quarters[4];
#pragma clang loop unroll(full)
        for (int q = 0; q < 4; q++) {
            const int64x2_t low = vreinterpretq_s64_s32(sum[i / 2][2 * q]), high = vreinterpretq_s64_s32(sum[i / 2][2 * q + 1]);
            quarters[q] = vreinterpretq_s32_s64(i % 2 == 0 ? vzip1q_s64(low, high) : vzip2q_s64(low, high));
        }
        v16i sums;
        memcpy(&sums, quarters, sizeof sums);
        const ptrdiff_t offset = (row + i / COLUMNS) * p->output.row_stride + (column + i % COLUMNS) * p->output_pixel_stride;
        finish_pixel(p, block, offset, __builtin_convertvector(sums, v16) * unit);
    }
}
