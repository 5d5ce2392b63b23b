// What turns a head's convolution into an answer: heatmaps and their moments, the final picture.
#pragma once
#include "vector.h"

static float dot(const float *a, const float *b, ptrdiff_t count) {
    v16 sums = {};
    ptrdiff_t i = 0;
    for (; i + PUPPET_BLOCK <= count; i += PUPPET_BLOCK) sums += load16_unaligned(a + i) * load16_unaligned(b + i);
    float sum = sum16(sums);
    for (; i < count; i++) sum += a[i] * b[i];
    return sum;
}

// exp of `values` in place; the last, shorter vector is padded through a buffer.
INLINE void exp_in_place(float *values, ptrdiff_t count) {
    ptrdiff_t i = 0;
    for (; i + PUPPET_BLOCK <= count; i += PUPPET_BLOCK)
        store16_unaligned(values + i, exp16(load16_unaligned(values + i)));
    if (i < count) {
        v16 rest = {};
        memcpy(&rest, values + i, (size_t)(count - i) * sizeof *values);
        rest = exp16(rest);
        memcpy(values + i, &rest, (size_t)(count - i) * sizeof *values);
    }
}

static void softmax(float *values, ptrdiff_t count, float scale) {
    float max = values[0], sum = 0;
    for (ptrdiff_t i = 1; i < count; i++) max = values[i] > max ? values[i] : max;
    for (ptrdiff_t i = 0; i < count; i++) values[i] = (values[i] - max) * scale;
    exp_in_place(values, count);
    v16 sums = {};
    ptrdiff_t i = 0;
    for (; i + PUPPET_BLOCK <= count; i += PUPPET_BLOCK) sums += load16_unaligned(values + i);
    sum = sum16(sums);
    for (; i < count; i++) sum += values[i];
    const float reciprocal = 1.0f / sum;
    for (i = 0; i < count; i++) values[i] *= reciprocal;
}

static void weighted_mean(
    const float *weights, const float *columns, const float *rows, int32_t height, int32_t width, float *x, float *y) {
    float mean_x = 0, mean_y = 0;
    for (int32_t row = 0; row < height; row++) {
        const float *line = weights + row * width;
        float along = 0, total = 0;
        for (int32_t column = 0; column < width; column++) {
            along += line[column] * columns[column];
            total += line[column];
        }
        mean_x += along;
        mean_y += total * rows[row];
    }
    *x = mean_x;
    *y = mean_y;
}

static void gaussian(const float *positions, ptrdiff_t count, float centre, float variance, float *output) {
    for (ptrdiff_t i = 0; i < count; i++) {
        const float distance = positions[i] - centre;
        output[i] = -0.5f * distance * distance / variance;
    }
    exp_in_place(output, count);
}

static void sum_columns_sigmoid(
    const float *partials, ptrdiff_t block_stride, int32_t kernel_width, int32_t channels, const float *bias,
    int32_t width, float *output, ptrdiff_t output_plane_stride) {
    for (int32_t x = 0; x < width; x++) {
        v4 sum = {bias[0], bias[1], bias[2], bias[3]};
        for (int32_t kx = 0; kx < kernel_width; kx++)
            sum += load4(partials + kx / 4 * block_stride + (x + kx) * PUPPET_BLOCK + kx % 4 * 4);
        for (int32_t c = 0; c < channels; c++) output[c * output_plane_stride + x] = sum[c];
    }
    for (int32_t c = 0; c < channels; c++) {
        float *line = output + c * output_plane_stride;
        for (int32_t x = 0; x < width; x++) line[x] = -line[x];
        exp_in_place(line, width);
        for (int32_t x = 0; x < width; x++) line[x] = 1.0f / (1.0f + line[x]);
    }
}
