// What a convolution does with a finished sum while it is still in a register.
#pragma once
#include "vector.h"

// One pixel of one output block: the epilogue described at puppet_conv2d.
INLINE void finish_pixel(const puppet_conv2d *p, int32_t block, ptrdiff_t offset, v16 v) {
    offset += block * p->output_block_stride;
    v += load16(p->bias + block * PUPPET_BLOCK);
    if (p->residual) v += load16(p->residual + offset);
    store16(p->output + offset, p->relu ? relu16(v) : v);
    if (p->activated) {
        v16 scale = load16(p->scale + block * PUPPET_BLOCK), shift = load16(p->shift + block * PUPPET_BLOCK);
        store16(p->activated + offset, relu16(v * scale + shift));
    }
}
