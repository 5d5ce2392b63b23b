// Pictures and feature maps that keep their values: layout, pooling, the anti-aliased reduction.
#pragma once
#include "vector.h"

static void unpack(
    const float *input, ptrdiff_t block_stride, ptrdiff_t row_stride, int32_t channels, int32_t height, int32_t width,
    float *output) {
    for (int32_t c = 0; c < channels; c++) {
        const float *lane = input + c / PUPPET_BLOCK * block_stride + c % PUPPET_BLOCK;
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++) *output++ = lane[y * row_stride + x * PUPPET_BLOCK];
    }
}

static void load_rgb8(const uint8_t *input, int32_t height, int32_t width, float *output, ptrdiff_t row_stride) {
    for (int32_t y = 0; y < height; y++) {
        float *pixel = output + y * row_stride;
        for (int32_t x = 0; x < width; x++, input += 3, pixel += PUPPET_BLOCK) {
            pixel[0] = input[0] / 255.0f;
            pixel[1] = input[1] / 255.0f;
            pixel[2] = input[2] / 255.0f;
        }
    }
}

static void store_rgb8(const float *input, ptrdiff_t count, uint8_t *output) {
    for (ptrdiff_t i = 0; i < count; i++) {
        for (int c = 0; c < 3; c++) {
            const float level = input[c * count + i] * 255.0f + 0.5f;
            output[3 * i + c] = !(level > 0.0f) ? 0 : level >= 255.0f ? 255 : (uint8_t)level;  // not a number: 0
        }
    }
}

static void average_pool_rows(
    const float *input, ptrdiff_t input_row_stride, float *output, ptrdiff_t output_row_stride, int32_t width,
    int32_t first_row, int32_t row_count) {
    for (int32_t y = first_row; y < first_row + row_count; y++) {
        const float *upper = input + 2 * y * input_row_stride, *lower = upper + input_row_stride;
        float *pixel = output + y * output_row_stride;
        for (int32_t x = 0; x < width; x++) {
            const v16 sum = load16(upper) + load16(upper + PUPPET_BLOCK) + load16(lower) + load16(lower + PUPPET_BLOCK);
            store16(pixel, sum * 0.25f);
            upper += 2 * PUPPET_BLOCK;
            lower += 2 * PUPPET_BLOCK;
            pixel += PUPPET_BLOCK;
        }
    }
}

// Down the columns first, into one row of scratch; then along it, only at the pixels that are kept.
static void downsample_rows(
    const float *input, ptrdiff_t input_row_stride, int32_t height, int32_t width, const float *weights, int32_t taps,
    int32_t step, float *output, ptrdiff_t output_row_stride, int32_t first_row, int32_t row_count, float *scratch) {
    const int32_t radius = taps / 2, output_width = (width + step - 1) / step;
    for (int32_t y = first_row; y < first_row + row_count; y++) {
        const int32_t top = y * step - radius;
        const int32_t first = top < 0 ? -top : 0, last = top + taps > height ? height - top : taps;
        for (int32_t x = 0; x < width; x++) {
            v16 sum = {};
            for (int32_t t = first; t < last; t++)
                sum += weights[t] * load16(input + (top + t) * input_row_stride + x * PUPPET_BLOCK);
            store16(scratch + x * PUPPET_BLOCK, sum);
        }
        for (int32_t x = 0; x < output_width; x++) {
            const int32_t left = x * step - radius;
            const int32_t from = left < 0 ? -left : 0, to = left + taps > width ? width - left : taps;
            v16 sum = {};
            for (int32_t t = from; t < to; t++) sum += weights[t] * load16(scratch + (left + t) * PUPPET_BLOCK);
            store16(output + y * output_row_stride + x * PUPPET_BLOCK, sum);
        }
    }
}

static void resize_bilinear(
    const float *input, int32_t channels, int32_t height, int32_t width, float *output, int32_t output_height,
    int32_t output_width) {
    const float scale_x = (float)width / (float)output_width, scale_y = (float)height / (float)output_height;
    for (int32_t y = 0; y < output_height; y++) {
        const float source_y = fmaxf(((float)y + 0.5f) * scale_y - 0.5f, 0.0f);
        const int32_t y0 = (int32_t)source_y, y1 = y0 + 1 < height ? y0 + 1 : height - 1;
        const float fy = source_y - (float)y0;
        for (int32_t x = 0; x < output_width; x++) {
            const float source_x = fmaxf(((float)x + 0.5f) * scale_x - 0.5f, 0.0f);
            const int32_t x0 = (int32_t)source_x, x1 = x0 + 1 < width ? x0 + 1 : width - 1;
            const float fx = source_x - (float)x0;
            for (int32_t c = 0; c < channels; c++) {
                const float a = input[(y0 * width + x0) * channels + c], b = input[(y0 * width + x1) * channels + c];
                const float d = input[(y1 * width + x0) * channels + c], e = input[(y1 * width + x1) * channels + c];
                *output++ = (a * (1 - fx) + b * fx) * (1 - fy) + (d * (1 - fx) + e * fx) * fy;
            }
        }
    }
}

static void expand_float16(const void *input, ptrdiff_t count, float *output) {
    for (ptrdiff_t i = 0; i < count; i++) {
        _Float16 half;
        memcpy(&half, (const char *)input + i * (ptrdiff_t)sizeof half, sizeof half);
        output[i] = (float)half;
    }
}
