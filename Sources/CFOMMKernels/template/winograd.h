// 3x3 convolution by Winograd's F(4x4, 3x3): 36 products for 16 output pixels instead of 144; 25 where the image is
// upsampled by 2 beforehand.
//
// A tile of 4x4 outputs depends on 6x6 inputs. Both and the kernel are transformed (V = B' d B, U = G g G', with U made
// when the weights are packed); at each position of the transforms the tiles are then a matrix product over channels,
// M = V U; the outputs are A' M A. Tiles are done in groups whose V stays in the second-level cache while U streams past it.
//
// An upsampled line a b b c c e has four values, of which Winograd's transform makes five: that at the point -1 vanishes.
// Those at the other two finite points depend on them only through their squares p^2, which need not be positive. With
// p^2 = -1 all coefficients are 1: of the products
//     P = (a - c) g0    S = (b + c) (g0 + g1 + g2) / 2    D = (b - c) g1 / 2    E = (b - c) (g0 - g2) / 2    Q = (e - b) g2
// the four outputs of the line are
//     P + S + D - E     S + D + E     S - D + E     Q + S - D - E.
// D and E multiply the same b - c, so V has four values a line, 16 a tile.
//
// Otherwise the points are 0, +-1/sqrt(2), +-sqrt(2) and infinity. Pairs that are each other's inverse keep the transforms'
// coefficients small: rounding is twice the direct convolution's (for 256 channels of random values up to 6e-6 where that
// has 3e-6, of outputs up to 2), a third of what the customary 0, +-1, +-2 and infinity make of it, at the same cost. On
// upsampled images it is half of the direct convolution's.
// Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016, section 4.
#pragma once
#include "positions.h"

// The points: 0, +-near, +-far, infinity.
#define WINOGRAD_NEAR 0.70710678f
#define WINOGRAD_FAR 1.41421356f

// A line of V: from 6 values, or from the 4 that an upsampled line has.
INLINE void winograd_input_line(const v16 *d, v16 *out, int step, const bool upsampled) {
    if (upsampled) {
        out[0] = d[0] - d[2];
        out[step] = d[1] + d[2];
        out[2 * step] = d[1] - d[2];
        out[3 * step] = d[3] - d[1];
        return;
    }
    const v16 near_even = d[4] - 2.0f * d[2], near_odd = d[3] - 2.0f * d[1];
    const v16 far_even = d[4] - 0.5f * d[2], far_odd = d[3] - 0.5f * d[1];
    out[0] = d[0] - 2.5f * d[2] + d[4];
    out[step] = near_even + WINOGRAD_NEAR * near_odd;
    out[2 * step] = near_even - WINOGRAD_NEAR * near_odd;
    out[3 * step] = far_even + WINOGRAD_FAR * far_odd;
    out[4 * step] = far_even - WINOGRAD_FAR * far_odd;
    out[5 * step] = d[1] - 2.5f * d[3] + d[5];
}

// The four outputs of a line of M, which has 6 values, or 5.
INLINE void winograd_output_line(const v16 *m, v16 *out, int step, const bool upsampled) {
    if (upsampled) {
        const v16 sum = m[1] + m[2], difference = m[1] - m[2];
        out[0] = m[0] + (sum - m[3]);
        out[step] = sum + m[3];
        out[2 * step] = difference + m[3];
        out[3 * step] = m[4] + (difference - m[3]);
        return;
    }
    const v16 sum = m[1] + m[2], difference = m[1] - m[2], far_sum = m[3] + m[4], far_difference = m[3] - m[4];
    out[0] = m[0] + sum + far_sum;
    out[step] = WINOGRAD_NEAR * difference + WINOGRAD_FAR * far_difference;
    out[2 * step] = 0.5f * sum + 2.0f * far_sum;
    out[3 * step] = 0.5f * WINOGRAD_NEAR * difference + 2.0f * WINOGRAD_FAR * far_difference + m[5];
}

// Of the tile at a place of the list, or of all tiles where there is none, the upper left pixel in an image in which tiles
// have `side` x `side` pixels.
INLINE pixel_position winograd_corner(const puppet_winograd *w, int32_t place, int32_t side) {
    const int32_t tile = w->tiles ? w->tiles[place] : place;
    const int32_t across = (w->convolution.input.width - 2) / (w->upsampled ? 2 : 4);
    return (pixel_position){tile / across * side, tile % across * side};
}

// What becomes of the transformed input: it is stored, or stored as integers (int8.h), or `v` is [36 or 16][input blocks]
// [16] and raised to its magnitudes.
enum winograd_purpose { WINOGRAD_FLOATS, WINOGRAD_INTEGERS, WINOGRAD_RANGES };

// V: [36 or 16][input blocks][places][16].
INLINE void winograd_input(
    const puppet_winograd *w, puppet_range places, void *v, const bool upsampled, const enum winograd_purpose purpose) {
    const puppet_conv2d *p = &w->convolution;
    const int side = upsampled ? 4 : 6, step = upsampled ? 2 : 4;
    const ptrdiff_t count = (ptrdiff_t)p->input.blocks * places.count;
    const ptrdiff_t stride = purpose == WINOGRAD_INTEGERS ? position_stride_of_bytes(count) : position_stride(count);
    for (int32_t block = 0; block < p->input.blocks; block++) {
        for (int32_t t = 0; t < places.count; t++) {
            const pixel_position at = winograd_corner(w, places.first + t, step);
            const float *corner = pixel_at(&p->input, block, at.row, at.column);
            v16 half[36];
            for (int x = 0; x < side; x++) {
                v16 d[6];
                for (int y = 0; y < side; y++) d[y] = load16(corner + y * p->input.row_stride + x * PUPPET_BLOCK);
                winograd_input_line(d, half + x, side, upsampled);
            }
            const ptrdiff_t offset = ((ptrdiff_t)block * places.count + t) * PUPPET_BLOCK;
            for (int y = 0; y < side; y++) {
                v16 line[6];
                winograd_input_line(half + side * y, line, 1, upsampled);
                for (int x = 0; x < side; x++) {
                    const ptrdiff_t position = side * y + x;
                    const ptrdiff_t per_channel = (position * p->input.blocks + block) * PUPPET_BLOCK;
                    if (purpose == WINOGRAD_FLOATS) {
                        store16((float *)v + position * stride + offset, line[x]);
                    } else if (purpose == WINOGRAD_INTEGERS) {
                        store16_bytes(
                            (uint8_t *)v + position * stride + offset,
                            quantise16_signed(line[x], load16(p->weights.per_unit + per_channel)));
                    } else {
                        float *const range = (float *)v + per_channel;
                        store16(range, max16(load16(range), max16(line[x], -line[x])));
                    }
                }
            }
        }
    }
}

// Stores the mean of 2x2 activated outputs at each pixel of the pooled image, two rows of a tile at a time.
INLINE void winograd_pool(const puppet_conv2d *p, int32_t block, ptrdiff_t offset, const v16 *upper, const v16 *lower) {
    const v16 bias = load16(p->bias + block * PUPPET_BLOCK);
    for (int x = 0; x < 2; x++) {
        v16 sum = {};
        for (int i = 2 * x; i < 2 * x + 2; i++) {
            const v16 a = upper[i] + bias, b = lower[i] + bias;
            sum += p->relu ? relu16(a) + relu16(b) : a + b;
        }
        store16(p->output.data + block * p->output.block_stride + offset + x * PUPPET_BLOCK, 0.25f * sum);
    }
}

// M: [36 or 25][TILE_BLOCKS][places][16], of the output blocks `blocks`.
INLINE void winograd_output(
    const puppet_winograd *w, puppet_range blocks, puppet_range places, const float *m, const bool upsampled) {
    const puppet_conv2d *p = &w->convolution;
    const int side = upsampled ? 5 : 6;
    const ptrdiff_t stride = position_stride((ptrdiff_t)TILE_BLOCKS * places.count);
    for (int32_t b = 0; b < blocks.count; b++) {
        for (int32_t t = 0; t < places.count; t++) {
            const float *in = m + ((ptrdiff_t)b * places.count + t) * PUPPET_BLOCK;
            v16 half[24], tile[16];
            for (int x = 0; x < side; x++) {
                v16 column[6];
                for (int y = 0; y < side; y++) column[y] = load16(in + (side * y + x) * stride);
                winograd_output_line(column, half + x, side, upsampled);
            }
            for (int y = 0; y < 4; y++) winograd_output_line(half + side * y, tile + 4 * y, 1, upsampled);

            const pixel_position at = winograd_corner(w, places.first + t, w->pooled ? 2 : 4);
            const int32_t block = blocks.first + b;
            const ptrdiff_t offset = offset_of(&p->output, 0, at.row, at.column);
            if (w->pooled) {
                winograd_pool(p, block, offset, tile, tile + 4);
                winograd_pool(p, block, offset + p->output.row_stride, tile + 8, tile + 12);
                continue;
            }
            for (int y = 0; y < 4; y++)
                for (int x = 0; x < 4; x++)
                    finish_pixel(p, block, offset + offset_of(&p->output, 0, y, x), tile[4 * y + x]);
        }
    }
}

// Which position of V the weights of a position are multiplied with. Of an upsampled line D and E read the same value, so that
// from E on they are one behind.
INLINE int winograd_source(int position, const bool upsampled) {
    if (!upsampled) return position;
    const int y = position / 5, x = position % 5;
    return 4 * (y - (y > 2)) + x - (x > 2);
}

INLINE void winograd_group(
    const puppet_winograd *w, puppet_range places, puppet_range blocks, float *scratch, const bool upsampled,
    const bool integers) {
    const puppet_conv2d *p = &w->convolution;
    const int side = upsampled ? 5 : 6, input_side = upsampled ? 4 : 6;
    const ptrdiff_t count = (ptrdiff_t)p->input.blocks * places.count;
    const ptrdiff_t v_bytes = integers ? position_stride_of_bytes(count) : position_stride(count) * (ptrdiff_t)sizeof(float);
    const ptrdiff_t m_stride = position_stride((ptrdiff_t)TILE_BLOCKS * places.count);
    uint8_t *const v = (uint8_t *)scratch;
    float *const m = (float *)(v + input_side * input_side * v_bytes);
    winograd_input(w, places, v, upsampled, integers ? WINOGRAD_INTEGERS : WINOGRAD_FLOATS);
    for (int32_t block = blocks.first; block < end_of(blocks); block += TILE_BLOCKS) {
        const puppet_range together = blocks_together(block, end_of(blocks));
        for (int position = 0; position < side * side; position++) {
            const int next = (position + 1) % (side * side);
            multiply_position(
                p, position, together, places.count, v + winograd_source(position, upsampled) * v_bytes,
                v + winograd_source(next, upsampled) * v_bytes, m + position * m_stride);
        }
        winograd_output(w, together, places, m, upsampled);
    }
}

static void winograd_tiles(const puppet_winograd *w, puppet_range places, puppet_range blocks, float *scratch) {
    if (w->convolution.weights.type == PUPPET_INT8) {
        if (w->upsampled) winograd_group(w, places, blocks, scratch, true, true);
        else winograd_group(w, places, blocks, scratch, false, true);
    } else {
        if (w->upsampled) winograd_group(w, places, blocks, scratch, true, false);
        else winograd_group(w, places, blocks, scratch, false, false);
    }
}

static void winograd_ranges(const puppet_winograd *w, puppet_range places, float *ranges) {
    if (w->upsampled) winograd_input(w, places, ranges, true, WINOGRAD_RANGES);
    else winograd_input(w, places, ranges, false, WINOGRAD_RANGES);
}
