// Tiles of 4x4 pixels of a tensor that is made anew for every picture: which of them changed, and what follows from those.
#pragma once
#include "vector.h"

#define TILE_SIDE 4

static void tile_changes(
    const float *fresh, const float *kept, ptrdiff_t block_stride, ptrdiff_t row_stride, int32_t blocks,
    int32_t tiles_across, int32_t first_tile, int32_t tile_count, float *changes,
    float *magnitudes) {
    for (int32_t tile = first_tile; tile < first_tile + tile_count; tile++) {
        const ptrdiff_t corner = tile / tiles_across * TILE_SIDE * row_stride
            + tile % tiles_across * TILE_SIDE * PUPPET_BLOCK;
        v16 sum = {}, magnitude = {};
        for (int32_t b = 0; b < blocks; b++) {
            for (int y = 0; y < TILE_SIDE; y++) {
                const ptrdiff_t row = corner + b * block_stride + y * row_stride;
                for (int x = 0; x < TILE_SIDE; x++) {
                    const v16 v = load16(fresh + row + x * PUPPET_BLOCK);
                    const v16 change = v - load16(kept + row + x * PUPPET_BLOCK);
                    sum += max16(change, -change);
                    magnitude += max16(v, -v);
                }
            }
        }
        changes[tile] = sum16(sum);
        magnitudes[tile] = sum16(magnitude);
    }
}

static void adopt_tiles(
    const float *fresh, float *kept, float *activated, const float *scale, const float *shift, ptrdiff_t block_stride,
    ptrdiff_t row_stride, int32_t blocks, int32_t tiles_across, const int32_t *tiles, int32_t tile_count) {
    for (int32_t i = 0; i < tile_count; i++) {
        const ptrdiff_t corner = tiles[i] / tiles_across * TILE_SIDE * row_stride
            + tiles[i] % tiles_across * TILE_SIDE * PUPPET_BLOCK;
        for (int32_t b = 0; b < blocks; b++) {
            const v16 s = load16(scale + b * PUPPET_BLOCK), t = load16(shift + b * PUPPET_BLOCK);
            for (int y = 0; y < TILE_SIDE; y++) {
                const ptrdiff_t row = corner + b * block_stride + y * row_stride;
                for (int x = 0; x < TILE_SIDE; x++) {
                    const v16 v = load16(fresh + row + x * PUPPET_BLOCK);
                    store16(kept + row + x * PUPPET_BLOCK, v);
                    store16(activated + row + x * PUPPET_BLOCK, relu16(v * s + t));
                }
            }
        }
    }
}
