// Convolution as a matrix product, for CPUs whose vectors we have no tile for: the product itself is OpenBLAS's.
#pragma once
#include "conv2d_epilogue.h"

static void im2col_pixels(const puppet_conv2d *p, int32_t first_pixel, int32_t pixel_count, float *patches) {
    for (int32_t pixel = first_pixel; pixel < first_pixel + pixel_count; pixel++) {
        const int32_t row = pixel / p->width, column = pixel % p->width;
        const float *origin = p->input + row * p->input_row_stride + column * PUPPET_BLOCK;
        for (int32_t in = 0; in < p->input_blocks; in++) {
            const int32_t channels = p->block_channels[in];
            for (int32_t ky = 0; ky < p->kernel_height; ky++) {
                const float *tap = origin + in * p->input_block_stride + ky * p->input_row_stride;
                for (int32_t kx = 0; kx < p->kernel_width; kx++) {
                    memcpy(patches, tap + kx * PUPPET_BLOCK, (size_t)channels * sizeof *patches);
                    patches += channels;
                }
            }
        }
    }
}

static void finish_pixels(
    const puppet_conv2d *p, int32_t block, int32_t first_pixel, int32_t pixel_count, const float *sums) {
    for (int32_t pixel = first_pixel; pixel < first_pixel + pixel_count; pixel++) {
        const int32_t row = pixel / p->width, column = pixel % p->width;
        finish_pixel(p, block, row * p->output_row_stride + column * p->output_pixel_stride, load16(sums));
        sums += PUPPET_BLOCK;
    }
}
