// How many multiply-adds a core can do.
#pragma once
#include "vector.h"

#ifdef TILE_PIXELS
#define PEAK_SUMS (TILE_BLOCKS * TILE_PIXELS)
#else
#define PEAK_SUMS 2
#endif

static int64_t multiply_adds(int64_t rounds, float *values) {
    v16 sum[PEAK_SUMS];
    const v16 value = load16_unaligned(values), factor = splat(0.5f);
#pragma clang loop unroll(full)
    for (int i = 0; i < PEAK_SUMS; i++) sum[i] = value + (float)i;
    for (int64_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < PEAK_SUMS; i++) sum[i] = sum[i] * factor + value;
    }
    v16 total = {};
#pragma clang loop unroll(full)
    for (int i = 0; i < PEAK_SUMS; i++) total += sum[i];
    store16_unaligned(values, total);
    return rounds * PEAK_SUMS * PUPPET_BLOCK;
}
