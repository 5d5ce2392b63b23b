// What turns a head's convolution into an answer: heatmaps and their moments, the final picture.
#pragma once
#include "tensor.h"

static float dot(const float *a, const float *b, ptrdiff_t count) {
    v16 sums = {};
    ptrdiff_t i = 0;
    for (; i + PUPPET_BLOCK <= count; i += PUPPET_BLOCK) sums += load16_unaligned(a + i) * load16_unaligned(b + i);
    float sum = sum16(sums);
    for (; i < count; i++) sum += a[i] * b[i];
    return sum;
}

static float largest(const float *values, ptrdiff_t count) {
    float max = values[0];
    ptrdiff_t i = 0;
    v16 maxima = splat(max);
    for (; i + PUPPET_BLOCK <= count; i += PUPPET_BLOCK) maxima = max16(maxima, load16_unaligned(values + i));
    max = largest16(maxima);
    for (; i < count; i++) max = values[i] > max ? values[i] : max;
    return max;
}

static void softmax(float *values, ptrdiff_t count, float scale) {
    const float max = largest(values, count);
    float sum = 0;
    for (ptrdiff_t i = 0; i < count; i++) values[i] = (values[i] - max) * scale;
    map_in_place(values, count, exp16);
    v16 sums = {};
    ptrdiff_t i = 0;
    for (; i + PUPPET_BLOCK <= count; i += PUPPET_BLOCK) sums += load16_unaligned(values + i);
    sum = sum16(sums);
    for (; i < count; i++) sum += values[i];
    const float reciprocal = 1.0f / sum;
    for (i = 0; i < count; i++) values[i] *= reciprocal;
}

static puppet_point weighted_mean(const float *weights, puppet_grid grid) {
    puppet_point mean = {};
    v16 sums_x = {}, sums_y = {};
    for (int32_t row = 0; row < grid.height; row++) {
        const float *line = weights + row * grid.width;
        const float y = grid.rows[row];
        int32_t column = 0;
        for (; column + PUPPET_BLOCK <= grid.width; column += PUPPET_BLOCK) {
            const v16 values = load16_unaligned(line + column);
            sums_x += values * load16_unaligned(grid.columns + column);
            sums_y += values * y;
        }
        for (; column < grid.width; column++) {
            mean.x += line[column] * grid.columns[column];
            mean.y += line[column] * y;
        }
    }
    return (puppet_point){mean.x + sum16(sums_x), mean.y + sum16(sums_y)};
}

static void gaussian(const float *positions, ptrdiff_t count, float centre, float variance, float *output) {
    for (ptrdiff_t i = 0; i < count; i++) {
        const float distance = positions[i] - centre;
        output[i] = -0.5f * distance * distance / variance;
    }
    map_in_place(output, count, exp16);
}

static void sum_columns_sigmoid(const puppet_column_sum *column_sum, puppet_range rows, puppet_range columns) {
    const puppet_column_sum p = *column_sum;
    const ptrdiff_t plane = (ptrdiff_t)p.partials.height * p.partials.width;
    for (int32_t row = rows.first; row < end_of(rows); row++) {
        const float *partials = pixel_at(&p.partials, 0, row, columns.first - p.kernel_width / 2);
        float *output = p.output + (ptrdiff_t)row * p.partials.width + columns.first;
        for (int32_t x = 0; x < columns.count; x++) {
            v4 sum = {p.bias[0], p.bias[1], p.bias[2], p.bias[3]};
            for (int32_t kx = 0; kx < p.kernel_width; kx++)
                sum += load4(partials + kx / 4 * p.partials.block_stride + (x + kx) * PUPPET_BLOCK + kx % 4 * 4);
            for (int32_t c = 0; c < p.channels; c++) output[c * plane + x] = sum[c];
        }
        for (int32_t c = 0; c < p.channels; c++) map_in_place(output + c * plane, columns.count, sigmoid16);
    }
}
