// Where the pixels of a tensor are, and what is done to each in more than one kernel.
//
// Kernels that store in their innermost loop begin with a copy of their description: a vector that is stored may alias
// anything, so fields behind a pointer would be read again after every store.
#pragma once
#include "vector.h"

INLINE int32_t end_of(puppet_range range) { return range.first + range.count; }

typedef struct {
    int32_t row, column;
} pixel_position;

// Floats from pixel (0, 0) of block 0 to another pixel.
INLINE ptrdiff_t offset_of(const puppet_tensor *t, int32_t block, int32_t row, int32_t column) {
    return block * t->block_stride + row * t->row_stride + column * PUPPET_BLOCK;
}

INLINE float *pixel_at(const puppet_tensor *t, int32_t block, int32_t row, int32_t column) {
    return t->data + offset_of(t, block, row, column);
}

// `offset`: of the value in its tensor.
INLINE void store_preactivation(const puppet_preactivation *next, int32_t block, ptrdiff_t offset, v16 v) {
    const v16 scale = load16(next->scale + block * PUPPET_BLOCK), shift = load16(next->shift + block * PUPPET_BLOCK);
    store16(next->activated + offset, relu16(v * scale + shift));
}
