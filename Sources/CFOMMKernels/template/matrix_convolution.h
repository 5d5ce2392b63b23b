// Convolution as a matrix product, for CPUs whose vectors we have no tile for: the product itself is OpenBLAS's.
#pragma once
#include "conv2d_epilogue.h"

static void im2col_pixels(const puppet_conv2d *p, puppet_range pixels, float *patches) {
    for (int32_t pixel = pixels.first; pixel < end_of(pixels); pixel++) {
        const int32_t row = pixel / p->output.width, column = pixel % p->output.width;
        for (int32_t in = 0; in < p->input.blocks; in++) {
            const int32_t channels = p->block_channels[in];
            for (int32_t ky = 0; ky < p->kernel_height; ky++) {
                for (int32_t kx = 0; kx < p->kernel_width; kx++) {
                    const float *source = pixel_at(&p->input, in, row + ky, column + kx);
                    memcpy(patches, source, (size_t)channels * sizeof *patches);
                    patches += channels;
                }
            }
        }
    }
}

static void finish_pixels(const puppet_conv2d *p, int32_t block, puppet_range pixels, const float *sums) {
    for (int32_t pixel = pixels.first; pixel < end_of(pixels); pixel++) {
        const int32_t row = pixel / p->output.width, column = pixel % p->output.width;
        finish_pixel(p, block, row * p->output.row_stride + column * p->output_pixel_stride, load16(sums));
        sums += PUPPET_BLOCK;
    }
}
