// AVX-512 F, BW, DQ, VL: 32 registers of 16 floats. 2 blocks x 14 pixels of sums take 28, the weights 2 and the
// broadcast 1.
#if defined(__x86_64__)
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <math.h>
#include <immintrin.h>
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), apply_to = function)
#define PUPPET_NAME "avx512"
#define PUPPET_TABLE puppet_kernels_avx512
#define PUPPET_VECTOR_BYTES 64
#define TILE_BLOCKS 2
#define TILE_PIXELS 14
#include "../template/table.h"
#pragma clang attribute pop
#endif
