// Sixteen float lanes, the channel block, as a Clang vector: one ZMM, two YMM or four XMM/NEON registers.
#pragma once
#include "CFOMMKernels.h"
#include <math.h>
#include <string.h>

// Vectors wider than a folder's registers have no stable calling convention; every function here is inlined, so none
// is ever passed.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float v16 __attribute__((vector_size(64)));
typedef int32_t v16i __attribute__((vector_size(64)));
typedef uint8_t v16b __attribute__((vector_size(16)));
typedef float v4 __attribute__((vector_size(16)));

#define INLINE static inline __attribute__((always_inline))

INLINE v16 load16(const float *p) { return *(const v16 *)p; }
INLINE void store16(float *p, v16 v) { *(v16 *)p = v; }
INLINE v4 load4(const float *p) { return *(const v4 *)p; }
INLINE void store4(float *p, v4 v) { *(v4 *)p = v; }

INLINE v16 load16_unaligned(const float *p) {
    v16 v;
    memcpy(&v, p, sizeof v);
    return v;
}

// IEEE binary16, in 32 aligned bytes.
INLINE v16 load16_halves(const uint16_t *p) {
    typedef _Float16 v16h __attribute__((vector_size(32)));
    return __builtin_convertvector(*(const v16h *)p, v16);
}

INLINE void store16_unaligned(float *p, v16 v) { memcpy(p, &v, sizeof v); }

INLINE v16 splat(float x) { return (v16){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }
INLINE v16i splat_int(int32_t x) { return (v16i){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }
INLINE v16 max16(v16 a, v16 b) { return __builtin_elementwise_max(a, b); }
INLINE v16 relu16(v16 v) { return max16(v, (v16){}); }

// `v` where `mask` is -1, 0 where it is 0.
INLINE v16 where16(v16i mask, v16 v) { return (v16)(mask & (v16i)v); }

typedef float v8 __attribute__((vector_size(32)));
INLINE v8 low8(v16 v) { return __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7); }
INLINE v8 high8(v16 v) { return __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15); }
INLINE v4 low4(v8 v) { return __builtin_shufflevector(v, v, 0, 1, 2, 3); }
INLINE v4 high4(v8 v) { return __builtin_shufflevector(v, v, 4, 5, 6, 7); }

INLINE float sum16(v16 v) {
    const v8 halves = low8(v) + high8(v);
    const v4 quarters = low4(halves) + high4(halves);
    return (quarters[0] + quarters[2]) + (quarters[1] + quarters[3]);
}

INLINE float largest16(v16 v) {
    const v8 halves = __builtin_elementwise_max(low8(v), high8(v));
    const v4 quarters = __builtin_elementwise_max(low4(halves), high4(halves));
    return fmaxf(fmaxf(quarters[0], quarters[2]), fmaxf(quarters[1], quarters[3]));
}

// exp(x) by Cephes' expf: x = n ln 2 + r with ln 2 in two parts, a degree-5 polynomial in r, 2^n by exponent bits.
// Within 2 ulp for -87.3...88.3 and clamped to that range, so that the result is always finite.
INLINE v16 exp16(v16 x) {
    x = __builtin_elementwise_min(max16(x, splat(-87.336544f)), splat(88.3762f));
    v16 n = __builtin_elementwise_floor(x * 1.44269504088896341f + 0.5f);
    v16 r = x - n * 0.693359375f - n * -2.12194440e-4f;
    v16 p = splat(1.9875691500e-4f);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    v16i exponent = (__builtin_convertvector(n, v16i) + 127) << 23;
    return p * (v16)exponent;
}

INLINE v16 sigmoid16(v16 x) { return 1.0f / (1.0f + exp16(-x)); }

// `function` of `values` in place; the last, shorter vector is padded through a buffer.
INLINE void map_in_place(float *values, ptrdiff_t count, v16 (*const function)(v16)) {
    ptrdiff_t i = 0;
    for (; i + PUPPET_BLOCK <= count; i += PUPPET_BLOCK)
        store16_unaligned(values + i, function(load16_unaligned(values + i)));
    if (i < count) {
        v16 rest = {};
        memcpy(&rest, values + i, (size_t)(count - i) * sizeof *values);
        rest = function(rest);
        memcpy(values + i, &rest, (size_t)(count - i) * sizeof *values);
    }
}
