// Direct convolution on channel-blocked tensors.
//
// The unit of work is a tile: up to TILE_PIXELS output pixels (ROWS x COLUMNS of them) times BLOCKS output blocks, whose
// sums stay in registers over the whole reduction. Per tap, the weights of 16 output channels are one vector load and
// an input value is one broadcast, used for BLOCKS output blocks: with 2 x 14 sums that is 16 loads for 28 multiply-
// adds, so arithmetic and not loading is the limit. Weights are read as one stream per output block, in the order in
// which they lie in memory.
//
// Weights may be float16: they are expanded as they are loaded, and a layer that is bound by reading them takes half the
// time.
//
// Narrow images (the bottom of an hourglass) fill the tile with several rows instead, so that weights, of which there
// are most there, are read as few times as possible.
#pragma once
#include "conv2d_epilogue.h"
#include "int8_conv2d.h"

#if TILE_BLOCKS * TILE_PIXELS > 28
#error "conv2d_tile holds at most 28 sums"
#endif

// BLOCKS, ROWS and COLUMNS are constants at every call, so all loops over them unroll and `sum` lives in registers.
INLINE void conv2d_tile(
    const puppet_conv2d *p, int32_t block, int32_t row, int32_t column, const int BLOCKS, const int ROWS,
    const int COLUMNS, const bool HALVES) {
    v16 sum[28];
#pragma clang loop unroll(full)
    for (int i = 0; i < BLOCKS * ROWS * COLUMNS; i++) sum[i] = (v16){};

    const ptrdiff_t row_stride = p->input_row_stride, weight_stride = p->taps * PUPPET_BLOCK;
    const float *weights = HALVES ? NULL : p->weights + block * weight_stride;
    const uint16_t *halves = HALVES ? (const uint16_t *)p->half_weights + block * weight_stride : NULL;
    const float *origin = p->input + row * row_stride + column * PUPPET_BLOCK;
    for (int32_t in = 0; in < p->input_blocks; in++) {
        const int32_t channels = p->block_channels[in];
        for (int32_t ky = 0; ky < p->kernel_height; ky++) {
            for (int32_t kx = 0; kx < p->kernel_width; kx++) {
                const float *tap = origin + in * p->input_block_stride + ky * row_stride + kx * PUPPET_BLOCK;
                for (int32_t c = 0; c < channels; c++) {
                    v16 weight[2];
#pragma clang loop unroll(full)
                    for (int b = 0; b < BLOCKS; b++)
                        weight[b] = HALVES ? load16_halves(halves + b * weight_stride)
                                           : load16(weights + b * weight_stride);
#pragma clang loop unroll(full)
                    for (int y = 0; y < ROWS; y++) {
#pragma clang loop unroll(full)
                        for (int x = 0; x < COLUMNS; x++) {
                            const v16 value = splat(tap[y * row_stride + x * PUPPET_BLOCK + c]);
#pragma clang loop unroll(full)
                            for (int b = 0; b < BLOCKS; b++) sum[(y * COLUMNS + x) * BLOCKS + b] += weight[b] * value;
                        }
                    }
                    if (HALVES) halves += PUPPET_BLOCK;
                    else weights += PUPPET_BLOCK;
                }
            }
        }
    }

#pragma clang loop unroll(full)
    for (int y = 0; y < ROWS; y++) {
#pragma clang loop unroll(full)
        for (int x = 0; x < COLUMNS; x++) {
            const ptrdiff_t offset = (row + y) * p->output_row_stride + (column + x) * p->output_pixel_stride;
#pragma clang loop unroll(full)
            for (int b = 0; b < BLOCKS; b++) {
                const v16 value = sum[(y * COLUMNS + x) * BLOCKS + b];
                finish_pixel(
                    p, block + b, offset, HALVES ? value * load16(p->unit + (block + b) * PUPPET_BLOCK) : value);
            }
        }
    }
}

#define TILE(BLOCKS, ROWS, COLUMNS)                                                                    \
    static void tile_##BLOCKS##_##ROWS##_##COLUMNS(                                                    \
        const puppet_conv2d *p, int32_t block, int32_t row, int32_t column) {                          \
        conv2d_tile(p, block, row, column, BLOCKS, ROWS, COLUMNS, false);                              \
    }                                                                                                  \
    static void half_tile_##BLOCKS##_##ROWS##_##COLUMNS(                                               \
        const puppet_conv2d *p, int32_t block, int32_t row, int32_t column) {                          \
        conv2d_tile(p, block, row, column, BLOCKS, ROWS, COLUMNS, true);                               \
    }                                                                                                  \
    static void int8_tile_##BLOCKS##_##ROWS##_##COLUMNS(                                               \
        const puppet_conv2d *p, int32_t block, int32_t row, int32_t column) {                          \
        int8_conv2d_tile(p, block, row, column, BLOCKS, ROWS, COLUMNS);                                \
    }
#include "conv2d_tiles.h"
#undef TILE

typedef void (*tile_function)(const puppet_conv2d *p, int32_t block, int32_t row, int32_t column);

enum weight_kind { FLOATS, HALVES, INTEGERS };

// [kind of weights][blocks][rows][columns]; the entries that exist are the ones conv2d_tiles.h lists for this tile size.
static const tile_function tiles[3][3][5][TILE_PIXELS + 1] = {
#define TILE(BLOCKS, ROWS, COLUMNS)                                      \
    [FLOATS][BLOCKS][ROWS][COLUMNS] = tile_##BLOCKS##_##ROWS##_##COLUMNS, \
    [HALVES][BLOCKS][ROWS][COLUMNS] = half_tile_##BLOCKS##_##ROWS##_##COLUMNS, \
    [INTEGERS][BLOCKS][ROWS][COLUMNS] = int8_tile_##BLOCKS##_##ROWS##_##COLUMNS,
#include "conv2d_tiles.h"
#undef TILE
};

static void conv2d_rows(const puppet_conv2d *p, int32_t group, int32_t first_row, int32_t row_count) {
    const int32_t block = group * TILE_BLOCKS;
    const int32_t blocks = p->output_blocks - block < TILE_BLOCKS ? p->output_blocks - block : TILE_BLOCKS;
    const int32_t rows_at_once = p->width <= TILE_PIXELS / 4 ? 4 : p->width <= TILE_PIXELS / 2 ? 2 : 1;
    const enum weight_kind kind = p->int8 ? INTEGERS : p->half_weights ? HALVES : FLOATS;
    const int32_t columns_at_most = TILE_PIXELS / rows_at_once;
    const int32_t tiles_across = (p->width + columns_at_most - 1) / columns_at_most;

    for (int32_t row = first_row; row < first_row + row_count;) {
        const int32_t left = first_row + row_count - row;
        const int32_t rows = left >= rows_at_once ? rows_at_once : left >= 2 && rows_at_once > 2 ? 2 : 1;
        for (int32_t t = 0; t < tiles_across; t++) {
            // Tiles of nearly equal width: a last tile of one pixel would leave the multipliers idle.
            const int32_t column = t * p->width / tiles_across;
            const int32_t columns = (t + 1) * p->width / tiles_across - column;
            tiles[kind][blocks][rows][columns](p, block, row, column);
        }
        row += rows;
    }
}
