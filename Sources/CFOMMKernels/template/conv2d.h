// Direct convolution on channel-blocked tensors.
//
// The unit of work is a tile: up to TILE_PIXELS output pixels (ROWS x COLUMNS of them) times BLOCKS output blocks, whose
// sums stay in registers over the whole reduction. Per tap, the weights of 16 output channels are one vector load and
// an input value is one broadcast, used for BLOCKS output blocks: with 2 x 14 sums that is 16 loads for 28 multiply-
// adds, so arithmetic and not loading is the limit. Weights are read as one stream per output block, in the order in
// which they lie in memory.
//
// Weights come once, from a cache that is far away where there are many. While a tile is computed, a part of those that come
// next is asked for, a line a step, so that they are near when it is their turn. So is the image that comes next, if it is
// another one.
//
// Weights may be float16: they are expanded as they are loaded, and a layer that is bound by reading them takes half the
// time.
//
// On 8-bit integers four channels of a pixel are one 32-bit word, which is broadcast like a float; their weights for 16
// output channels are one vector load; one instruction of AVX-512 VNNI multiplies and adds all 64. Where that takes
// unsigned values their zero is in the middle: what it adds to every sum, zero times the sum of the weights, is what a sum
// starts with, negated.
// All channels of a block are multiplied, used or not, because lanes without a channel have weights of 0.
//
// Narrow images (the bottom of an hourglass) fill the tile with several rows instead, so that weights, of which there
// are most there, are read as few times as possible: 8 columns are two times 4 or three times 3 at most, of two or four rows.
#pragma once
#include "conv2d_ahead.h"
#include "conv2d_epilogue.h"
#include "int8.h"
#ifdef PUPPET_I8MM
#include "conv2d_i8mm.h"
#endif

#if TILE_BLOCKS * TILE_PIXELS > 28
#error "conv2d_tile holds at most 28 sums"
#endif

// Bytes of a step's weights for 16 outputs.
INLINE ptrdiff_t bytes_of_a_step(puppet_weight_type type) { return type == PUPPET_FLOAT16 ? 32 : 64; }

// What a sum stands for; `unit` is not of floats.
INLINE v16 value_of_sum(v16 sum, v16 unit, const puppet_weight_type TYPE) {
    if (TYPE == PUPPET_FLOAT32) return sum;
    return (TYPE == PUPPET_INT8 ? __builtin_convertvector((v16i)sum, v16) : sum) * unit;
}

// BLOCKS, ROWS, COLUMNS and TYPE are constants at every call, so all loops over them unroll and `sum` lives in registers.
// With PUPPET_INT8 vectors hold 32-bit integers, in the type of floats.
INLINE void conv2d_tile(
    const puppet_conv2d *p, int32_t block, int32_t row, int32_t column, const conv2d_ahead *ahead, const int BLOCKS,
    const int ROWS, const int COLUMNS, const puppet_weight_type TYPE) {
    const bool integers = TYPE == PUPPET_INT8;
#ifdef PUPPET_I8MM
    if (integers) {
        conv2d_tile_i8mm(p, block, row, column, ahead, ROWS, COLUMNS);
        return;
    }
#endif
    v16 sum[28];
#pragma clang loop unroll(full)
    for (int i = 0; i < BLOCKS * ROWS * COLUMNS; i++)
        sum[i] = integers ? (v16)*(const v16i *)(p->weights.first_sum + (block + i % BLOCKS) * PUPPET_BLOCK) : (v16){};

    conv2d_ahead next = *ahead;
    // All strides in bytes: a word is a float, or four integers.
    const ptrdiff_t value_size = integers ? 1 : sizeof(float), pixel_stride = PUPPET_BLOCK * value_size;
    const ptrdiff_t row_stride = p->input.row_stride * value_size, block_stride = p->input.block_stride * value_size;
    const ptrdiff_t vector_size = bytes_of_a_step(TYPE), weight_stride = p->weights.steps * vector_size;
    const char *weights = (const char *)p->weights.values + block * weight_stride;
    const char *origin = (integers ? (const char *)p->integers : (const char *)p->input.data) + row * row_stride
        + column * pixel_stride;
    for (int32_t in = 0; in < p->input.blocks; in++) {
        const int32_t words = integers ? PUPPET_BLOCK / 4 : p->block_channels[in];
        for (int32_t ky = 0; ky < p->kernel_height; ky++) {
            for (int32_t kx = 0; kx < p->kernel_width; kx++) {
                const char *pixel = origin + in * block_stride + ky * row_stride + kx * pixel_stride;
                for (int32_t i = 0; i < words; i++) {
                    v16 weight[2];
#pragma clang loop unroll(full)
                    for (int b = 0; b < BLOCKS; b++) {
                        const char *vector = weights + b * weight_stride;
                        weight[b] = TYPE == PUPPET_FLOAT16 ? load16_halves((const uint16_t *)vector)
                                                           : load16((const float *)vector);
                    }
#pragma clang loop unroll(full)
                    for (int y = 0; y < ROWS; y++) {
#pragma clang loop unroll(full)
                        for (int x = 0; x < COLUMNS; x++) {
                            const char *word = pixel + y * row_stride + x * pixel_stride + 4 * i;
#pragma clang loop unroll(full)
                            for (int b = 0; b < BLOCKS; b++) {
                                v16 *const target = &sum[(y * COLUMNS + x) * BLOCKS + b];
                                if (integers)
                                    *target = (v16)add_products(
                                        (v16i)*target, splat_int(*(const int32_t *)word), (v16i)weight[b]);
                                else *target += weight[b] * splat(*(const float *)word);
                            }
                        }
                    }
                    weights += vector_size;
                    prefetch_step(&next, pixel, i);
                }
            }
        }
    }

    // That nothing is done to the sums is asked once: asking for every pixel takes a tenth of the time on integers.
    if (is_finished(p)) {
        const puppet_tensor output = p->output;
        float *const corner = pixel_at(&output, block, row, 0) + column * p->output_pixel_stride;
#pragma clang loop unroll(full)
        for (int b = 0; b < BLOCKS; b++) {
            const v16 bias = load16(p->bias + (block + b) * PUPPET_BLOCK);
            const v16 unit = TYPE == PUPPET_FLOAT32 ? (v16){} : load16(p->weights.unit + (block + b) * PUPPET_BLOCK);
#pragma clang loop unroll(full)
            for (int i = 0; i < ROWS * COLUMNS; i++) {
                const ptrdiff_t offset = i / COLUMNS * output.row_stride + i % COLUMNS * p->output_pixel_stride;
                store16(corner + b * output.block_stride + offset, value_of_sum(sum[i * BLOCKS + b], unit, TYPE) + bias);
            }
        }
        return;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        const ptrdiff_t offset =
            (row + i / COLUMNS) * p->output.row_stride + (column + i % COLUMNS) * p->output_pixel_stride;
#pragma clang loop unroll(full)
        for (int b = 0; b < BLOCKS; b++) {
            const v16 unit = TYPE == PUPPET_FLOAT32 ? (v16){} : load16(p->weights.unit + (block + b) * PUPPET_BLOCK);
            finish_pixel(p, block + b, offset, value_of_sum(sum[i * BLOCKS + b], unit, TYPE));
        }
    }
}

// Every tile there is, TILE_OF(type of weights, blocks, rows, columns).
#define TILE(BLOCKS, ROWS, COLUMNS)                \
    TILE_OF(PUPPET_FLOAT32, BLOCKS, ROWS, COLUMNS) \
    TILE_OF(PUPPET_FLOAT16, BLOCKS, ROWS, COLUMNS) \
    TILE_OF(PUPPET_INT8, BLOCKS, ROWS, COLUMNS)

#define TILE_OF(TYPE, BLOCKS, ROWS, COLUMNS)                                                             \
    static void tile_##TYPE##_##BLOCKS##_##ROWS##_##COLUMNS(                                             \
        const puppet_conv2d *p, int32_t block, int32_t row, int32_t column, const conv2d_ahead *ahead) { \
        conv2d_tile(p, block, row, column, ahead, BLOCKS, ROWS, COLUMNS, TYPE);                          \
    }
#include "conv2d_tiles.h"
#undef TILE_OF

typedef void (*tile_function)(
    const puppet_conv2d *p, int32_t block, int32_t row, int32_t column, const conv2d_ahead *ahead);

// [type of weights][blocks][rows][columns]; the entries that exist are the ones conv2d_tiles.h lists for this tile size.
static const tile_function tiles[3][3][5][TILE_PIXELS + 1] = {
#define TILE_OF(TYPE, BLOCKS, ROWS, COLUMNS) \
    [TYPE][BLOCKS][ROWS][COLUMNS] = tile_##TYPE##_##BLOCKS##_##ROWS##_##COLUMNS,
#include "conv2d_tiles.h"
#undef TILE_OF
#undef TILE
};

// 1, 2 or 4: of how many rows a tile of an image holds most pixels.
INLINE int32_t rows_of_a_tile(int32_t width, int32_t height) {
    int32_t best = 1, best_tiles = 0;
    for (int32_t rows = 1; rows <= 4 && rows <= height; rows *= 2) {
        const int32_t columns = TILE_PIXELS / rows, tiles = (width + columns - 1) / columns;
        // More pixels a tile than the best so far, rows * width / tiles > best * width / best_tiles.
        if (best_tiles == 0 || rows * best_tiles > best * tiles) best = rows, best_tiles = tiles;
    }
    return best;
}

// `next`: where the weights that come next are, as many as these; `next_input`: bytes from the image to the next one.
static void conv2d_rows_ahead(
    const puppet_conv2d *p, int32_t group, puppet_range rows, const char *next, ptrdiff_t next_input) {
    const int32_t block = group * TILE_BLOCKS, left = p->output.blocks - block, width = p->output.width;
    const int32_t blocks = left < TILE_BLOCKS ? left : TILE_BLOCKS;
    const int32_t rows_at_once = rows_of_a_tile(width, rows.count);
    const int32_t columns_at_most = TILE_PIXELS / rows_at_once;
    const int32_t tiles_across = (width + columns_at_most - 1) / columns_at_most;
    // Tiles of nearly equal width: a last tile of one pixel would leave the multipliers idle.
    const int32_t least_columns = width / tiles_across, wider = width % tiles_across;

    const char *const end = next + blocks * p->weights.steps * bytes_of_a_step(p->weights.type);
    for (int32_t row = rows.first; row < end_of(rows);) {
        const int32_t rows_left = end_of(rows) - row;
        const int32_t height = rows_left >= rows_at_once ? rows_at_once : rows_left >= 2 && rows_at_once > 2 ? 2 : 1;
        for (int32_t t = 0, column = 0; t < tiles_across; t++) {
            const int32_t columns = least_columns + (t < wider);
            const ptrdiff_t step = end - next >= p->weights.steps * CACHE_LINE ? CACHE_LINE : 0;
            const conv2d_ahead ahead = {next, step, next_input};
            tiles[p->weights.type][blocks][height][columns](p, block, row, column, &ahead);
            next += p->weights.steps * step;
            column += columns;
        }
        row += height;
    }
}

static void conv2d_rows(const puppet_conv2d *p, int32_t group, puppet_range rows) {
    const ptrdiff_t of_a_block = p->weights.steps * bytes_of_a_step(p->weights.type);
    conv2d_rows_ahead(
        p, group, rows, (const char *)p->weights.values + (ptrdiff_t)(group + 1) * TILE_BLOCKS * of_a_block, 0);
}
