// The dense motion network outside its hourglass, and the warp that uses what it finds.
#pragma once
#include "tensor.h"
#include <math.h>

#define MAX_MOTION_BLOCKS 4

// Sixteen samples of a tensor.
typedef struct {
    int32_t offset[PUPPET_BLOCK];  // floats from the tensor's pixel (0, 0) to the upper left of the four pixels
    float w00[PUPPET_BLOCK], w01[PUPPET_BLOCK], w10[PUPPET_BLOCK], w11[PUPPET_BLOCK];  // upper left, upper right, lower ones
} bilinear_samples;

// Where coordinates lie in `t`, for samples that are multiplied by `gain`.
//
// A point outside -1 ..< size (or not a number) has weights 0, so what is read there does not matter; -1 and `size`
// themselves are the halo, which is 0.
INLINE void bilinear_at(
    v16 x, v16 y, puppet_unnormalise u, const puppet_tensor *t, v16 gain, bilinear_samples *samples) {
    x = x * u.scale_x + u.offset_x;
    y = y * u.scale_y + u.offset_y;
    const v16i inside = (x > splat(-1)) & (x < splat((float)t->width)) & (y > splat(-1)) & (y < splat((float)t->height));
    x = where16(inside, x);
    y = where16(inside, y);
    gain = where16(inside, gain);
    const v16 fx = __builtin_elementwise_floor(x), fy = __builtin_elementwise_floor(y);
    const v16 right = x - fx, left = 1.0f - right, lower = (y - fy) * gain, upper = gain - lower;
    const v16i offset = __builtin_convertvector(fy, v16i) * (int32_t)t->row_stride
        + __builtin_convertvector(fx, v16i) * PUPPET_BLOCK;
    memcpy(samples->offset, &offset, sizeof offset);
    store16_unaligned(samples->w00, upper * left);
    store16_unaligned(samples->w01, upper * right);
    store16_unaligned(samples->w10, lower * left);
    store16_unaligned(samples->w11, lower * right);
}

// Motions in lanes.
typedef struct {
    v16 xx, xy, x, yx, yy, y;
    v16i used;  // -1 where there is a motion
} motion_block;

// Returns the number of blocks.
static int32_t block_motions(const puppet_sparse_motion *motion, motion_block *blocks) {
    const int32_t count = (motion->count + PUPPET_BLOCK - 1) / PUPPET_BLOCK;
    for (int32_t b = 0; b < count; b++) {
        motion_block block = {};
        for (int lane = 0; lane < PUPPET_BLOCK && b * PUPPET_BLOCK + lane < motion->count; lane++) {
            const puppet_affine m = motion->maps[b * PUPPET_BLOCK + lane];
            block.xx[lane] = m.xx, block.xy[lane] = m.xy, block.x[lane] = m.x;
            block.yx[lane] = m.yx, block.yy[lane] = m.yy, block.y[lane] = m.y;
            block.used[lane] = -1;
        }
        blocks[b] = block;
    }
    return count;
}

// Where motions find what a pixel of the driving frame shows.
INLINE v16 moved_x(const motion_block *m, float x, float y) { return m->xx * x + m->xy * y + m->x; }
INLINE v16 moved_y(const motion_block *m, float x, float y) { return m->yx * x + m->yy * y + m->y; }

static void motion_input_rows(const puppet_motion_input *input, puppet_range rows) {
    const puppet_motion_input p = *input;
    const puppet_grid grid = p.motion.grid;
    const ptrdiff_t row_stride = p.image.row_stride;
    motion_block motions[MAX_MOTION_BLOCKS];
    const int32_t blocks = block_motions(&p.motion, motions);
    for (int32_t row = rows.first; row < end_of(rows); row++) {
        for (int32_t column = 0; column < grid.width; column++) {
            const float x = grid.columns[column], y = grid.rows[row];
            float *pixel = pixel_at(&p.output, 0, row, column);
            for (int32_t b = 0; b < blocks; b++) {
                bilinear_samples at;
                bilinear_at(
                    moved_x(&motions[b], x, y), moved_y(&motions[b], x, y), p.unnormalise, &p.image, splat(1), &at);
                for (int lane = 0; lane < PUPPET_BLOCK && b * PUPPET_BLOCK + lane < p.motion.count; lane++) {
                    const int32_t n = b * PUPPET_BLOCK + lane;
                    const float *corner = p.image.data + at.offset[lane];
                    const v4 colour = at.w00[lane] * load4(corner) + at.w01[lane] * load4(corner + PUPPET_BLOCK)
                        + at.w10[lane] * load4(corner + row_stride)
                        + at.w11[lane] * load4(corner + row_stride + PUPPET_BLOCK);
                    float heat = 0;
                    if (n > 0) {
                        const ptrdiff_t at_x = (n - 1) * grid.width + column, at_y = (n - 1) * grid.height + row;
                        heat = p.driving.x[at_x] * p.driving.y[at_y] - p.source.x[at_x] * p.source.y[at_y];
                    }
                    float *lanes = pixel + 4 * n / PUPPET_BLOCK * p.output.block_stride + 4 * n % PUPPET_BLOCK;
                    store4(lanes, (v4){heat, colour[0], colour[1], colour[2]});
                }
            }
        }
    }
}

static void combine_motion_rows(const puppet_combined_motion *combined, puppet_range rows) {
    const puppet_combined_motion p = *combined;
    const puppet_grid grid = p.motion.grid;
    const int32_t count = p.motion.count;
    const ptrdiff_t plane = (ptrdiff_t)grid.height * grid.width;
    motion_block motions[MAX_MOTION_BLOCKS];
    const int32_t blocks = block_motions(&p.motion, motions);
    for (int32_t row = rows.first; row < end_of(rows); row++) {
        // Planes are a power of two apart: written a pixel at a time, all would fall into the same set of the first-level cache.
        float shares[PUPPET_BLOCK][MAX_MOTION_BLOCKS * PUPPET_BLOCK] __attribute__((aligned(64)));
        for (int32_t column = 0; column < grid.width; column++) {
            const float x = grid.columns[column], y = grid.rows[row];
            v16 share[MAX_MOTION_BLOCKS], maxima = splat(-INFINITY);
            for (int32_t b = 0; b < blocks; b++) {
                const v16 logits = load16(pixel_at(&p.logits, b, row, column));
                share[b] = where16(motions[b].used, logits) + where16(~motions[b].used, splat(-INFINITY));
                maxima = max16(maxima, share[b]);
            }
            const float max = largest16(maxima);
            v16 sums = {}, sums_x = {}, sums_y = {};
            for (int32_t b = 0; b < blocks; b++) {
                share[b] = where16(motions[b].used, exp16(share[b] - max));
                sums += share[b];
                sums_x += share[b] * moved_x(&motions[b], x, y);
                sums_y += share[b] * moved_y(&motions[b], x, y);
            }
            const float of_one = 1.0f / sum16(sums);
            const ptrdiff_t at = (ptrdiff_t)row * grid.width + column;
            p.deformation[2 * at] = sum16(sums_x) * of_one;
            p.deformation[2 * at + 1] = sum16(sums_y) * of_one;
            if (p.occlusion)
                p.occlusion[at] = pixel_at(&p.logits, count / PUPPET_BLOCK, row, column)[count % PUPPET_BLOCK];

            const int32_t kept = column % PUPPET_BLOCK;
            for (int32_t b = 0; b < blocks; b++) store16(shares[kept] + b * PUPPET_BLOCK, share[b] * of_one);
            if (kept < PUPPET_BLOCK - 1 && column < grid.width - 1) continue;
            for (int32_t n = 0; n < count; n++)
                for (int32_t i = 0; i <= kept; i++) p.mask[n * plane + at - kept + i] = shares[i][n];
        }
        if (p.occlusion) map_in_place(p.occlusion + (ptrdiff_t)row * grid.width, grid.width, sigmoid16);
    }
}

static void warp_rows(const puppet_warp *warp, puppet_range rows) {
    const puppet_warp p = *warp;
    const ptrdiff_t row_stride = p.input.row_stride;
    for (int32_t row = rows.first; row < end_of(rows); row++) {
        for (int32_t first = 0; first < p.output.width; first += PUPPET_BLOCK) {
            const int32_t left = p.output.width - first, columns = left < PUPPET_BLOCK ? left : PUPPET_BLOCK;
            const ptrdiff_t at = (ptrdiff_t)row * p.output.width + first;
            float x[PUPPET_BLOCK] = {}, y[PUPPET_BLOCK] = {}, gain[PUPPET_BLOCK] = {};
            for (int32_t i = 0; i < columns; i++) {
                x[i] = p.deformation[2 * (at + i)];
                y[i] = p.deformation[2 * (at + i) + 1];
                gain[i] = p.occlusion ? p.occlusion[at + i] : 1;
            }
            bilinear_samples from;
            bilinear_at(
                load16_unaligned(x), load16_unaligned(y), p.unnormalise, &p.input, load16_unaligned(gain), &from);
            for (int32_t i = 0; i < columns; i++) {
                for (int32_t b = 0; b < p.output.blocks; b++) {
                    const float *corner = p.input.data + b * p.input.block_stride + from.offset[i];
                    const v16 v = from.w00[i] * load16(corner) + from.w01[i] * load16(corner + PUPPET_BLOCK)
                        + from.w10[i] * load16(corner + row_stride) + from.w11[i] * load16(corner + row_stride + PUPPET_BLOCK);
                    const ptrdiff_t offset = offset_of(&p.output, b, row, first + i);
                    store16(p.output.data + offset, v);
                    if (p.next.activated) store_preactivation(&p.next, b, offset, v);
                }
            }
        }
    }
}
