// The dense motion network outside its hourglass, and the warp that uses what it finds.
#pragma once
#include "tensor.h"

#define MAX_HEAD_CHANNELS 64

typedef struct {
    int32_t x, y;           // upper left of the four pixels
    float w00, w01, w10, w11;  // weights: upper left, upper right, lower left, lower right
} bilinear;

// Where a coordinate lies among `height` x `width` pixels, for a sample that is multiplied by `gain`.
//
// A point outside -1 ..< size (or not a number) has weights 0, so what is read there does not matter; -1 and `size`
// themselves are the halo, which is 0.
INLINE bilinear bilinear_at(
    puppet_point coordinate, puppet_unnormalise u, int32_t height, int32_t width, float gain) {
    const float x = coordinate.x * u.scale_x + u.offset_x, y = coordinate.y * u.scale_y + u.offset_y;
    const bool inside = x > -1.0f && x < (float)width && y > -1.0f && y < (float)height;
    if (!inside) return (bilinear){};
    const float fx = floorf(x), fy = floorf(y);
    const float right = x - fx, left = 1.0f - right, lower = (y - fy) * gain, upper = gain - lower;
    return (bilinear){
        (int32_t)fx, (int32_t)fy, upper * left, upper * right, lower * left, lower * right,
    };
}

// Where motion `n` finds what a pixel of the driving frame shows.
INLINE puppet_point move(const puppet_sparse_motion *motion, int32_t n, int32_t row, int32_t column) {
    const puppet_affine m = motion->maps[n];
    const float x = motion->grid.columns[column], y = motion->grid.rows[row];
    return (puppet_point){m.xx * x + m.xy * y + m.x, m.yx * x + m.yy * y + m.y};
}

static void motion_input_rows(const puppet_motion_input *input, puppet_range rows) {
    const puppet_motion_input p = *input;
    const puppet_grid grid = p.motion.grid;
    const ptrdiff_t row_stride = p.image.row_stride;
    for (int32_t row = rows.first; row < end_of(rows); row++) {
        for (int32_t column = 0; column < grid.width; column++) {
            float *pixel = pixel_at(&p.output, 0, row, column);
            for (int32_t n = 0; n < p.motion.count; n++) {
                const bilinear at = bilinear_at(
                    move(&p.motion, n, row, column), p.unnormalise, p.image.height, p.image.width, 1.0f);
                const float *corner = pixel_at(&p.image, 0, at.y, at.x);
                const v4 colour = at.w00 * load4(corner) + at.w01 * load4(corner + PUPPET_BLOCK)
                    + at.w10 * load4(corner + row_stride) + at.w11 * load4(corner + row_stride + PUPPET_BLOCK);
                float heat = 0;
                if (n > 0) {
                    const ptrdiff_t x = (n - 1) * grid.width + column, y = (n - 1) * grid.height + row;
                    heat = p.driving.x[x] * p.driving.y[y] - p.source.x[x] * p.source.y[y];
                }
                float *lanes = pixel + 4 * n / PUPPET_BLOCK * p.output.block_stride + 4 * n % PUPPET_BLOCK;
                store4(lanes, (v4){heat, colour[0], colour[1], colour[2]});
            }
        }
    }
}

static void combine_motion_rows(const puppet_combined_motion *combined, puppet_range rows) {
    const puppet_combined_motion p = *combined;
    const puppet_grid grid = p.motion.grid;
    const int32_t count = p.motion.count, blocks = p.logits.blocks;
    const ptrdiff_t plane = (ptrdiff_t)grid.height * grid.width;
    for (int32_t row = rows.first; row < end_of(rows); row++) {
        for (int32_t column = 0; column < grid.width; column++) {
            float value[MAX_HEAD_CHANNELS] __attribute__((aligned(64)));
            for (int32_t b = 0; b < blocks; b++)
                store16(value + b * PUPPET_BLOCK, load16(pixel_at(&p.logits, b, row, column)));

            const float visible = value[count];
            float max = value[0], sum = 0, x = 0, y = 0;
            for (int32_t n = 1; n < count; n++) max = value[n] > max ? value[n] : max;
            for (int32_t b = 0; b < blocks; b++)
                store16(value + b * PUPPET_BLOCK, exp16(load16(value + b * PUPPET_BLOCK) - max));
            for (int32_t n = 0; n < count; n++) sum += value[n];

            const ptrdiff_t at = (ptrdiff_t)row * grid.width + column;
            for (int32_t n = 0; n < count; n++) {
                const puppet_point moved = move(&p.motion, n, row, column);
                const float share = value[n] / sum;
                x += share * moved.x;
                y += share * moved.y;
                p.mask[n * plane + at] = share;
            }
            p.deformation[2 * at] = x;
            p.deformation[2 * at + 1] = y;
            if (p.occlusion) p.occlusion[at] = sigmoid16(splat(visible))[0];
        }
    }
}

static void warp_rows(const puppet_warp *warp, puppet_range rows) {
    const puppet_warp p = *warp;
    const ptrdiff_t row_stride = p.input.row_stride;
    for (int32_t row = rows.first; row < end_of(rows); row++) {
        for (int32_t column = 0; column < p.output.width; column++) {
            const ptrdiff_t at = (ptrdiff_t)row * p.output.width + column;
            const bilinear from = bilinear_at(
                (puppet_point){p.deformation[2 * at], p.deformation[2 * at + 1]}, p.unnormalise, p.input.height,
                p.input.width, p.occlusion ? p.occlusion[at] : 1.0f);
            for (int32_t b = 0; b < p.output.blocks; b++) {
                const float *corner = pixel_at(&p.input, b, from.y, from.x);
                const v16 v = from.w00 * load16(corner) + from.w01 * load16(corner + PUPPET_BLOCK)
                    + from.w10 * load16(corner + row_stride) + from.w11 * load16(corner + row_stride + PUPPET_BLOCK);
                const ptrdiff_t offset = offset_of(&p.output, b, row, column);
                store16(p.output.data + offset, v);
                if (p.next.activated) store_preactivation(&p.next, b, offset, v);
            }
        }
    }
}
