// What a convolution does with a finished sum while it is still in a register.
#pragma once
#include "tensor.h"

// Whether nothing is done to a sum but that the bias is added.
INLINE bool is_finished(const puppet_conv2d *p) { return !p->residual && !p->relu && !p->next.activated; }

// One pixel of one output block: the epilogue described at puppet_conv2d.
INLINE void finish_pixel(const puppet_conv2d *p, int32_t block, ptrdiff_t offset, v16 v) {
    offset += block * p->output.block_stride;
    v += load16(p->bias + block * PUPPET_BLOCK);
    if (p->residual) v += load16(p->residual + offset);
    store16(p->output.data + offset, p->relu ? relu16(v) : v);
    if (p->next.activated) store_preactivation(&p->next, block, offset, v);
}
