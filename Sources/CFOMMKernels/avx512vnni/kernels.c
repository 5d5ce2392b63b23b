// AVX-512 F, BW, DQ, VL, VNNI: avx512/ with an instruction for 8-bit integers.
#if defined(__x86_64__)
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <math.h>
#include <immintrin.h>
#pragma clang attribute push( \
    __attribute__((target("avx512vnni,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), apply_to = function)
#define PUPPET_NAME "avx512vnni"
#define PUPPET_TABLE puppet_kernels_avx512vnni
#define PUPPET_VECTOR_BYTES 64
#define PUPPET_VNNI
#define TILE_BLOCKS 2
#define TILE_PIXELS 14
#include "../template/table.h"
#pragma clang attribute pop
#endif
