// 8-bit integers for convolutions: from float32, and the sum of four products in each of 16 lanes.
#pragma once
#include "tensor.h"

// INT8_LEVELS is how far a value may be from INT8_ZERO, on either side; INT8_UNSIGNED_LEVELS how far from 0 where none is
// negative. NEON multiplies signed bytes. VNNI adds the four products of unsigned and signed bytes without a loss. AVX2 adds
// them in pairs of 16 bits, which hold 2 * 127 * 127 but not 2 * 255 * 127.
#if defined(__aarch64__)
#define INT8_LEVELS 127
#define INT8_ZERO 0
#define INT8_UNSIGNED_LEVELS 127
#else
#ifdef PUPPET_VNNI
#define INT8_LEVELS 127
#else
#define INT8_LEVELS 63
#endif
#define INT8_ZERO (INT8_LEVELS + 1)
#define INT8_UNSIGNED_LEVELS (2 * INT8_LEVELS + 1)
#endif

// Channels of an output whose weights lie together.
#ifdef PUPPET_I8MM
#define INT8_TOGETHER 8
#else
#define INT8_TOGETHER 4
#endif

// Values in units of a step, rounded to the nearest integer, with zero at ZERO; what is not in LOWEST...HIGHEST is clamped.
//
// Adding 1.5 * 2^23 leaves a float whose lowest bits are the integer, and floats above 0 are ordered like their bits.
INLINE v16b quantise16(v16 v, v16 per_unit, const int32_t ZERO, const int32_t LOWEST, const int32_t HIGHEST) {
    const int32_t base = 0x4B400000;
    const v16i bits = (v16i)(v * per_unit + (12582912.0f + (float)ZERO));
    const v16i clamped = __builtin_elementwise_min(
        __builtin_elementwise_max(bits, splat_int(base + LOWEST)), splat_int(base + HIGHEST));
    return __builtin_convertvector(clamped, v16b);
}

// Of both signs.
INLINE v16b quantise16_signed(v16 v, v16 per_unit) {
    return quantise16(v, per_unit, INT8_ZERO, INT8_ZERO - INT8_LEVELS, INT8_ZERO + INT8_LEVELS);
}

// None of them negative.
INLINE v16b quantise16_unsigned(v16 v, v16 per_unit) { return quantise16(v, per_unit, 0, 0, INT8_UNSIGNED_LEVELS); }

INLINE void store16_bytes(uint8_t *p, v16b v) { *(v16b *)p = v; }

// sum += the products of four bytes, the same in all lanes of `values`, and four signed bytes a lane.
#if defined(__aarch64__)
INLINE int32x4_t add_products_of_quarter(int32x4_t sum, int8x16_t values, int8x16_t weights) {
#ifdef PUPPET_DOT
    return vdotq_s32(sum, values, weights);
#else
    const int16x8_t low = vmull_s8(vget_low_s8(values), vget_low_s8(weights));
    const int16x8_t high = vmull_high_s8(values, weights);
    return vaddq_s32(sum, vpaddq_s32(vpaddlq_s16(low), vpaddlq_s16(high)));
#endif
}

INLINE v16i add_products(v16i sum, v16i values, v16i weights) {
    int32x4_t sums[4];
    int8x16_t bytes[2][4];
    memcpy(sums, &sum, sizeof sums);
    memcpy(bytes[0], &values, sizeof bytes[0]);
    memcpy(bytes[1], &weights, sizeof bytes[1]);
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) sums[i] = add_products_of_quarter(sums[i], bytes[0][i], bytes[1][i]);
    memcpy(&sum, sums, sizeof sum);
    return sum;
}
#elif PUPPET_VECTOR_BYTES == 64
INLINE v16i add_products(v16i sum, v16i values, v16i weights) {
#ifdef PUPPET_VNNI
    return (v16i)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)values, (__m512i)weights);
#else
    const __m512i pairs = _mm512_maddubs_epi16((__m512i)values, (__m512i)weights);
    return sum + (v16i)_mm512_madd_epi16(pairs, _mm512_set1_epi16(1));
#endif
}
#else
typedef int32_t v8i __attribute__((vector_size(32)));

INLINE v8i add_products_of_half(v8i sum, v8i values, v8i weights) {
#ifdef PUPPET_VNNI
    return (v8i)_mm256_dpbusd_avx_epi32((__m256i)sum, (__m256i)values, (__m256i)weights);
#else
    const __m256i pairs = _mm256_maddubs_epi16((__m256i)values, (__m256i)weights);
    return sum + (v8i)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
#endif
}

INLINE v16i add_products(v16i sum, v16i values, v16i weights) {
#define HALF(v, first) __builtin_shufflevector(v, v, first, first + 1, first + 2, first + 3, first + 4, first + 5, first + 6, first + 7)
    const v8i low = add_products_of_half(HALF(sum, 0), HALF(values, 0), HALF(weights, 0));
    const v8i high = add_products_of_half(HALF(sum, 8), HALF(values, 8), HALF(weights, 8));
#undef HALF
    return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}
#endif

static void quantise(puppet_tensor input, const float *per_unit, uint8_t *output) {
    for (int32_t block = 0; block < input.blocks; block++) {
        const v16 block_per_unit = load16(per_unit + block * PUPPET_BLOCK);
        for (int32_t row = 0; row < input.height; row++) {
            const float *pixel = pixel_at(&input, block, row, 0);
            for (int32_t x = 0; x < input.width; x++, output += PUPPET_BLOCK)
                store16_bytes(output, quantise16_unsigned(load16(pixel + x * PUPPET_BLOCK), block_per_unit));
        }
    }
}

static void channel_ranges(puppet_tensor input, float *ranges) {
    for (int32_t block = 0; block < input.blocks; block++) {
        v16 range = load16(ranges + block * PUPPET_BLOCK);
        for (int32_t row = 0; row < input.height; row++) {
            const float *pixel = pixel_at(&input, block, row, 0);
            for (int32_t x = 0; x < input.width; x++) {
                const v16 v = load16(pixel + x * PUPPET_BLOCK);
                range = max16(range, max16(v, -v));
            }
        }
        store16(ranges + block * PUPPET_BLOCK, range);
    }
}
