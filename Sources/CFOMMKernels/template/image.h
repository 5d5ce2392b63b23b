// Pictures and feature maps that keep their values: layout, pooling, the anti-aliased reduction.
#pragma once
#include "tensor.h"

static void unpack(puppet_tensor input, puppet_range channels, float *output) {
    for (int32_t c = channels.first; c < end_of(channels); c++) {
        const float *lane = input.data + c / PUPPET_BLOCK * input.block_stride + c % PUPPET_BLOCK;
        for (int32_t y = 0; y < input.height; y++)
            for (int32_t x = 0; x < input.width; x++) *output++ = lane[y * input.row_stride + x * PUPPET_BLOCK];
    }
}

static void load_rgb8(const uint8_t *input, puppet_tensor output) {
    for (int32_t y = 0; y < output.height; y++) {
        float *pixel = pixel_at(&output, 0, y, 0);
        for (int32_t x = 0; x < output.width; x++, input += 3, pixel += PUPPET_BLOCK) {
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

static void average_pool_rows(const puppet_average_pool *pool, puppet_range rows) {
    const puppet_average_pool p = *pool;
    for (int32_t block = 0; block < p.output.blocks; block++) {
        for (int32_t y = rows.first; y < end_of(rows); y++) {
            const float *upper = pixel_at(&p.input, block, 2 * y, 0), *lower = upper + p.input.row_stride;
            float *pixel = pixel_at(&p.output, block, y, 0);
            for (int32_t x = 0; x < p.output.width; x++) {
                const v16 sum =
                    load16(upper) + load16(upper + PUPPET_BLOCK) + load16(lower) + load16(lower + PUPPET_BLOCK);
                store16(pixel, sum * 0.25f);
                upper += 2 * PUPPET_BLOCK;
                lower += 2 * PUPPET_BLOCK;
                pixel += PUPPET_BLOCK;
            }
        }
    }
}

// The weights that lie over pixels, of those whose first lies at `start` of `size` pixels.
INLINE puppet_range weights_inside(int32_t start, int32_t weight_count, int32_t size) {
    const int32_t first = start < 0 ? -start : 0, end = start + weight_count > size ? size - start : weight_count;
    return (puppet_range){first, end - first};
}

// Down the columns first, into one row of scratch; then along it, only at the pixels that are kept.
static void downsample_rows(const puppet_downsample *downsample, puppet_range rows, float *scratch) {
    const puppet_downsample p = *downsample;
    const int32_t radius = p.weight_count / 2;
    for (int32_t block = 0; block < p.output.blocks; block++) {
        for (int32_t y = rows.first; y < end_of(rows); y++) {
            const int32_t top = y * p.step - radius;
            const puppet_range down = weights_inside(top, p.weight_count, p.input.height);
            for (int32_t x = 0; x < p.input.width; x++) {
                const float *pixel = pixel_at(&p.input, block, top, x);
                v16 sum = {};
                for (int32_t i = down.first; i < end_of(down); i++)
                    sum += p.weights[i] * load16(pixel + i * p.input.row_stride);
                store16(scratch + x * PUPPET_BLOCK, sum);
            }
            for (int32_t x = 0; x < p.output.width; x++) {
                const int32_t left = x * p.step - radius;
                const puppet_range along = weights_inside(left, p.weight_count, p.input.width);
                v16 sum = {};
                for (int32_t i = along.first; i < end_of(along); i++)
                    sum += p.weights[i] * load16(scratch + (left + i) * PUPPET_BLOCK);
                store16(pixel_at(&p.output, block, y, x), sum);
            }
        }
    }
}

static void resize_bilinear(puppet_image input, puppet_image output) {
    const int32_t height = input.height, width = input.width, channels = input.channels;
    const float scale_x = (float)width / (float)output.width, scale_y = (float)height / (float)output.height;
    float *value = output.data;
    for (int32_t y = 0; y < output.height; y++) {
        const float source_y = fmaxf(((float)y + 0.5f) * scale_y - 0.5f, 0.0f);
        const int32_t y0 = (int32_t)source_y, y1 = y0 + 1 < height ? y0 + 1 : height - 1;
        const float fy = source_y - (float)y0;
        const float *upper = input.data + y0 * width * channels, *lower = input.data + y1 * width * channels;
        for (int32_t x = 0; x < output.width; x++) {
            const float source_x = fmaxf(((float)x + 0.5f) * scale_x - 0.5f, 0.0f);
            const int32_t x0 = (int32_t)source_x, x1 = x0 + 1 < width ? x0 + 1 : width - 1;
            const float fx = source_x - (float)x0;
            for (int32_t c = 0; c < channels; c++) {
                const float a = upper[x0 * channels + c], b = upper[x1 * channels + c];
                const float d = lower[x0 * channels + c], e = lower[x1 * channels + c];
                *value++ = (a * (1 - fx) + b * fx) * (1 - fy) + (d * (1 - fx) + e * fx) * fy;
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
