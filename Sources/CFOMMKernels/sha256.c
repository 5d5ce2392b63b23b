// SHA-256 by the instructions that x86 has for it: a checkpoint of 700 MB is hashed in half a second instead of three.
//
// They keep the eight words of the state as two vectors, (A B E F) and (C D G H), and make two rounds at a time, the message
// schedule four words at a time. Source: Gulley, Gopal, Yap, Feghali, Guilford, Wolrich, "Intel SHA Extensions", 2013.
#include "CFOMMKernels.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

static bool has_sha(void) {
    uint32_t a, b, c, d;
    return __builtin_cpu_supports("sse4.1") && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

__attribute__((target("sha,sse4.1")))
static void compress(uint32_t *state, const uint32_t *constants, const uint8_t *block, ptrdiff_t count) {
    const __m128i big_endian = _mm_set_epi64x(0x0C0D0E0F08090A0B, 0x0405060700010203);
    const __m128i dcba = _mm_loadu_si128((const __m128i *)state), hgfe = _mm_loadu_si128((const __m128i *)(state + 4));
    const __m128i cdab = _mm_shuffle_epi32(dcba, 0xB1), efgh = _mm_shuffle_epi32(hgfe, 0x1B);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8), cdgh = _mm_blend_epi16(efgh, cdab, 0xF0);

    for (; count > 0; count--, block += 64) {
        const __m128i first = abef, second = cdgh;
        __m128i words[4];
        for (int i = 0; i < 4; i++)
            words[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(block + 16 * i)), big_endian);
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; i++) {
            __m128i *const now = &words[i % 4];
            const __m128i next = words[(i + 1) % 4], after = words[(i + 2) % 4], last = words[(i + 3) % 4];
            const __m128i input = _mm_add_epi32(*now, _mm_loadu_si128((const __m128i *)(constants + 4 * i)));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, input);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(input, 0x0E));
            if (i < 12) {
                const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(*now, next), _mm_alignr_epi8(last, after, 4));
                *now = _mm_sha256msg2_epu32(sum, last);
            }
        }
        abef = _mm_add_epi32(abef, first);
        cdgh = _mm_add_epi32(cdgh, second);
    }

    const __m128i feba = _mm_shuffle_epi32(abef, 0x1B), dchg = _mm_shuffle_epi32(cdgh, 0xB1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}
#endif

bool puppet_sha256_blocks(uint32_t *state, const uint32_t *constants, const void *blocks, ptrdiff_t count) {
#if defined(__x86_64__)
    if (has_sha()) {
        compress(state, constants, blocks, count);
        return true;
    }
#endif
    return false;
}
