// Tiles of 4x4 pixels of a tensor that is made anew for every picture: which of them changed, and what follows from those.
#pragma once
#include "tensor.h"

#define TILE_SIDE 4

// Floats from the tensor's pixel (0, 0) to the upper left pixel of a tile.
INLINE ptrdiff_t tile_corner(const puppet_tensor *t, int32_t tile) {
    const int32_t tiles_across = t->width / TILE_SIDE;
    return offset_of(t, 0, tile / tiles_across * TILE_SIDE, tile % tiles_across * TILE_SIDE);
}

static void tile_changes(const puppet_tile_changes *p, puppet_range tiles) {
    for (int32_t tile = tiles.first; tile < end_of(tiles); tile++) {
        const ptrdiff_t corner = tile_corner(&p->fresh, tile);
        v16 sum = {}, magnitude = {};
        for (int32_t b = 0; b < p->fresh.blocks; b++) {
            for (int y = 0; y < TILE_SIDE; y++) {
                const ptrdiff_t row = corner + offset_of(&p->fresh, b, y, 0);
                for (int x = 0; x < TILE_SIDE; x++) {
                    const v16 v = load16(p->fresh.data + row + x * PUPPET_BLOCK);
                    const v16 change = v - load16(p->kept + row + x * PUPPET_BLOCK);
                    sum += max16(change, -change);
                    magnitude += max16(v, -v);
                }
            }
        }
        p->changes[tile] = sum16(sum);
        p->magnitudes[tile] = sum16(magnitude);
    }
}

static void adopt_tiles(const puppet_tile_adoption *adoption, puppet_range places) {
    const puppet_tile_adoption p = *adoption;
    for (int32_t place = places.first; place < end_of(places); place++) {
        const ptrdiff_t corner = tile_corner(&p.fresh, p.tiles[place]);
        for (int32_t b = 0; b < p.fresh.blocks; b++) {
            for (int y = 0; y < TILE_SIDE; y++) {
                for (int x = 0; x < TILE_SIDE; x++) {
                    const ptrdiff_t offset = corner + offset_of(&p.fresh, b, y, x);
                    const v16 v = load16(p.fresh.data + offset);
                    store16(p.kept + offset, v);
                    store_preactivation(&p.next, b, offset, v);
                }
            }
        }
    }
}
