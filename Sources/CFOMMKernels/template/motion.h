// The dense motion network outside its hourglass, and the warp that uses what it finds.
#pragma once
#include "vector.h"

#define MAX_HEAD_CHANNELS 64

typedef struct {
    int32_t x, y;           // upper left of the four pixels
    float w00, w01, w10, w11;  // weights: upper left, upper right, lower left, lower right
} bilinear;

// A point outside -1 ..< size (or not a number) has weights 0, so what is read there does not matter; -1 and `size`
// themselves are the halo, which is 0.
INLINE bilinear bilinear_at(float x, float y, int32_t height, int32_t width, float gain) {
    const bool inside = x > -1.0f && x < (float)width && y > -1.0f && y < (float)height;
    if (!inside) return (bilinear){};
    const float fx = floorf(x), fy = floorf(y);
    const float right = x - fx, left = 1.0f - right, lower = (y - fy) * gain, upper = gain - lower;
    return (bilinear){
        (int32_t)fx, (int32_t)fy, upper * left, upper * right, lower * left, lower * right,
    };
}

static void motion_input_rows(
    const puppet_affine *motions, int32_t motion_count, const float *columns, const float *rows,
    const float *driving_x, const float *driving_y, const float *source_x, const float *source_y, const float *source,
    ptrdiff_t source_row_stride, puppet_unnormalise unnormalise, int32_t height, int32_t width, float *output,
    ptrdiff_t output_block_stride, ptrdiff_t output_row_stride, int32_t first_row, int32_t row_count) {
    for (int32_t row = first_row; row < first_row + row_count; row++) {
        for (int32_t column = 0; column < width; column++) {
            float *pixel = output + row * output_row_stride + column * PUPPET_BLOCK;
            for (int32_t n = 0; n < motion_count; n++) {
                const puppet_affine m = motions[n];
                const float x = m.xx * columns[column] + m.xy * rows[row] + m.x;
                const float y = m.yx * columns[column] + m.yy * rows[row] + m.y;
                const bilinear at = bilinear_at(
                    x * unnormalise.scale_x + unnormalise.offset_x, y * unnormalise.scale_y + unnormalise.offset_y,
                    height, width, 1.0f);
                const float *corner = source + at.y * source_row_stride + at.x * PUPPET_BLOCK;
                const v4 colour = at.w00 * load4(corner) + at.w01 * load4(corner + PUPPET_BLOCK)
                    + at.w10 * load4(corner + source_row_stride)
                    + at.w11 * load4(corner + source_row_stride + PUPPET_BLOCK);
                float heat = 0;
                if (n > 0) {
                    const int32_t k = n - 1;
                    heat = driving_x[k * width + column] * driving_y[k * height + row]
                        - source_x[k * width + column] * source_y[k * height + row];
                }
                float *lanes = pixel + 4 * n / PUPPET_BLOCK * output_block_stride + 4 * n % PUPPET_BLOCK;
                store4(lanes, (v4){heat, colour[0], colour[1], colour[2]});
            }
        }
    }
}

static void combine_motion_rows(
    const float *logits, ptrdiff_t block_stride, ptrdiff_t row_stride, const puppet_affine *motions,
    int32_t motion_count, const float *columns, const float *rows, int32_t height, int32_t width, float *mask,
    float *deformation, float *occlusion, int32_t first_row, int32_t row_count) {
    const ptrdiff_t plane = (ptrdiff_t)height * width;
    const int32_t blocks = (motion_count + 1 + PUPPET_BLOCK - 1) / PUPPET_BLOCK;
    for (int32_t row = first_row; row < first_row + row_count; row++) {
        for (int32_t column = 0; column < width; column++) {
            float value[MAX_HEAD_CHANNELS] __attribute__((aligned(64)));
            const float *pixel = logits + row * row_stride + column * PUPPET_BLOCK;
            for (int32_t b = 0; b < blocks; b++) store16(value + b * PUPPET_BLOCK, load16(pixel + b * block_stride));

            const float visible = value[motion_count];
            float max = value[0], sum = 0, x = 0, y = 0;
            for (int32_t n = 1; n < motion_count; n++) max = value[n] > max ? value[n] : max;
            for (int32_t b = 0; b < blocks; b++)
                store16(value + b * PUPPET_BLOCK, exp16(load16(value + b * PUPPET_BLOCK) - max));
            for (int32_t n = 0; n < motion_count; n++) sum += value[n];

            const ptrdiff_t at = (ptrdiff_t)row * width + column;
            for (int32_t n = 0; n < motion_count; n++) {
                const puppet_affine m = motions[n];
                const float share = value[n] / sum;
                x += share * (m.xx * columns[column] + m.xy * rows[row] + m.x);
                y += share * (m.yx * columns[column] + m.yy * rows[row] + m.y);
                mask[n * plane + at] = share;
            }
            deformation[2 * at] = x;
            deformation[2 * at + 1] = y;
            if (occlusion) occlusion[at] = sigmoid16(splat(visible))[0];
        }
    }
}

static void warp_rows(
    const float *input, ptrdiff_t input_block_stride, ptrdiff_t input_row_stride, int32_t blocks, int32_t height,
    int32_t width, puppet_unnormalise unnormalise, const float *deformation, const float *occlusion,
    int32_t output_width, float *output, float *activated, const float *scale, const float *shift,
    ptrdiff_t output_block_stride, ptrdiff_t output_row_stride, int32_t first_row, int32_t row_count) {
    for (int32_t row = first_row; row < first_row + row_count; row++) {
        for (int32_t column = 0; column < output_width; column++) {
            const ptrdiff_t at = (ptrdiff_t)row * output_width + column;
            const bilinear from = bilinear_at(
                deformation[2 * at] * unnormalise.scale_x + unnormalise.offset_x,
                deformation[2 * at + 1] * unnormalise.scale_y + unnormalise.offset_y, height, width,
                occlusion ? occlusion[at] : 1.0f);
            const float *corner = input + from.y * input_row_stride + from.x * PUPPET_BLOCK;
            const ptrdiff_t offset = row * output_row_stride + column * PUPPET_BLOCK;
            for (int32_t b = 0; b < blocks; b++) {
                const float *p = corner + b * input_block_stride;
                const v16 v = from.w00 * load16(p) + from.w01 * load16(p + PUPPET_BLOCK)
                    + from.w10 * load16(p + input_row_stride) + from.w11 * load16(p + input_row_stride + PUPPET_BLOCK);
                store16(output + offset + b * output_block_stride, v);
                if (activated) {
                    const v16 s = load16(scale + b * PUPPET_BLOCK), t = load16(shift + b * PUPPET_BLOCK);
                    store16(activated + offset + b * output_block_stride, relu16(v * s + t));
                }
            }
        }
    }
}
