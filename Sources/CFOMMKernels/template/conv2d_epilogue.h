// What a convolution does with a finished sum while it is still in a register.
#pragma once
#include "tensor.h"
#ifdef TILE_PIXELS
#include "int8.h"
#endif

// Whether nothing is done to a sum but that the bias is added.
INLINE bool is_finished(const puppet_conv2d *p) {
    return !p->residual && !p->relu && !p->next.activated && !p->output_integers.values;
}

// One pixel of one output block: the epilogue described at puppet_conv2d.
INLINE void finish_pixel(const puppet_conv2d *p, int32_t block, ptrdiff_t offset, v16 v) {
    offset += block * p->output.block_stride;
    v += load16(p->bias + block * PUPPET_BLOCK);
    if (p->residual) v += load16(p->residual + offset);
    const v16 value = p->relu ? relu16(v) : v;
#ifdef TILE_PIXELS
    if (p->output_integers.values)
        store16_bytes(
            p->output_integers.values + offset,
            quantise16_unsigned(value, load16(p->output_integers.per_unit + block * PUPPET_BLOCK)));
    else
#endif
        store16(p->output.data + offset, value);
    if (p->next.activated) store_preactivation(&p->next, block, offset, v);
}
