// AVX2 + FMA + F16C: 16 registers of 8 floats. A block of 16 channels is two of them, so 1 block x 6 pixels of sums
// take 12, the weights 2 and the broadcast 1.
#if defined(__x86_64__)
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <math.h>
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define PUPPET_NAME "avx2"
#define PUPPET_TABLE puppet_kernels_avx2
#define PUPPET_VECTOR_BYTES 32
#define TILE_BLOCKS 1
#define TILE_PIXELS 6
#include "../template/table.h"
#pragma clang attribute pop
#endif
